"""The catalogue in one small SQLite database beside the logs."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from anode_jlab.errors import StoreTooNew
from anode_jlab.eventlog.catalogue import CatalogueEntry, clean_path, moved_path
from anode_jlab.eventlog.journal import Journal, prepare, settle
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.events.document import Kind
from anode_jlab.ids import Ids, Lineage, NotebookId, Seq

T = TypeVar("T")

CATALOGUE_FORMAT = 2
"""``PRAGMA user_version`` of a catalogue that this code understands.

Format 1 held notebooks only, one at a path.
"""

BUSY_TIMEOUT_SECONDS = 5.0
"""How long a write waits for another server of the same user that writes at this moment."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS notebooks (
    notebook TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    lineage TEXT,
    file_hash TEXT NOT NULL DEFAULT '',
    file_seq INTEGER NOT NULL DEFAULT 0,
    writing TEXT NOT NULL DEFAULT '',
    inode TEXT NOT NULL DEFAULT '',
    former TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'notebook'
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS document_by_path ON notebooks(path, kind) WHERE path <> '';
"""

COLUMNS = "notebook, path, lineage, file_hash, file_seq, writing, inode, former, kind"

VACATE = "UPDATE notebooks SET former = path, path = ''"
"""Take the path from what a WHERE that follows selects."""

LATER_COLUMNS = {
    "former": "ALTER TABLE notebooks ADD COLUMN former TEXT NOT NULL DEFAULT ''",
    "kind": "ALTER TABLE notebooks ADD COLUMN kind TEXT NOT NULL DEFAULT 'notebook'",
}
"""What catalogues of format 1 may lack."""


class SqliteCatalogue:
    """``Catalogue`` at ``<store_dir>/catalogue.db``, made at the first registration."""

    def __init__(self, store_dir: Path, *, ids: Ids, journal: Journal | None = Journal.WAL) -> None:
        self._path = store_dir / "catalogue.db"
        self._journal = journal
        self._ids = ids
        self._database: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="anode-catalogue")

    async def find(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry | None:
        return await self._read(f"kind = '{kind}' AND path = ?", clean_path(path))

    async def get(self, notebook: NotebookId) -> CatalogueEntry | None:
        return await self._read("notebook = ?", notebook)

    async def register(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry:
        cleaned = clean_path(path)
        if not cleaned:
            raise ValueError("a notebook needs a path")
        return await self._change(lambda database: self._register(database, cleaned, kind))

    async def rename(self, old: str, new: str) -> list[CatalogueEntry]:
        before, after = clean_path(old), clean_path(new)
        if before == after or not before or not after:
            return []
        return await self._change(lambda database: _rename(database, before, after))

    async def vacate(self, path: str) -> list[CatalogueEntry]:
        gone = clean_path(path)
        return await self._change(lambda database: _vacate(database, gone)) if gone else []

    async def vacated(self, path: str, kind: Kind = Kind.NOTEBOOK) -> list[CatalogueEntry]:
        former = clean_path(path)
        if not former:
            return []
        where = "path = '' AND former = ? AND kind = ? ORDER BY rowid DESC"
        return await self._run(lambda: self._select(where, (former, kind)))

    async def place(self, notebook: NotebookId, path: str) -> bool:
        cleaned = clean_path(path)
        return await self._change(lambda database: _place(database, notebook, cleaned))

    async def start_lineage(self, notebook: NotebookId, lineage: Lineage) -> None:
        await self._set("lineage = ?", (lineage,), notebook, durable=True)

    async def file_seen(
        self, notebook: NotebookId, *, file_hash: str, seq: Seq, inode: str = ""
    ) -> None:
        values = (file_hash, seq, inode)
        await self._set("file_hash = ?, file_seq = ?, inode = ?, writing = ''", values, notebook)

    async def file_writing(self, notebook: NotebookId, mark: str) -> None:
        await self._set("writing = ?", (mark,), notebook)

    async def put_back(
        self, notebook: NotebookId, path: str, lineage: Lineage, kind: Kind = Kind.NOTEBOOK
    ) -> None:
        """A document was restored from a backup: it is at this path, and its file is to be
        compared afresh. Another one of its kind there loses its path."""
        values = (notebook, clean_path(path), lineage, kind)

        def put(database: sqlite3.Connection) -> None:
            database.execute(f"{VACATE} WHERE path = ? AND kind = ?", (values[1], kind))
            database.execute(
                "INSERT OR IGNORE INTO notebooks (notebook, path) VALUES (?, '')", values[:1]
            )
            database.execute(
                "UPDATE notebooks SET path = ?2, lineage = ?3, file_hash = '', file_seq = 0,"
                " writing = '', inode = '', former = '', kind = ?4 WHERE notebook = ?1",
                values,
            )

        await self._change(put)

    async def all(self) -> list[CatalogueEntry]:
        return await self._run(lambda: self._select("path <> '' ORDER BY path", ()))

    async def gone(self) -> list[CatalogueEntry]:
        where = "path = '' AND former <> '' ORDER BY rowid DESC"
        return await self._run(lambda: self._select(where, ()))

    async def close(self) -> None:
        await self._run(self._disconnect)
        self._thread.shutdown(wait=False)

    async def _read(self, where: str, value: str) -> CatalogueEntry | None:
        if not value:
            return None
        found = await self._run(lambda: self._select(where, (value,)))
        return found[0] if found else None

    async def _set(
        self,
        assignments: str,
        values: tuple[object, ...],
        key: NotebookId,
        *,
        durable: bool = False,
    ) -> None:
        statement = f"UPDATE notebooks SET {assignments} WHERE notebook = ?"
        await self._change(
            lambda database: database.execute(statement, (*values, key)), durable=durable
        )

    async def _change(
        self, change: Callable[[sqlite3.Connection], T], *, durable: bool = True
    ) -> T:
        """Run ``change`` in a transaction of its own.

        What the logs tell as well need not be durable: it spares the disk some waiting.
        """

        def in_transaction() -> T:
            database = self._connect(create=True)
            database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with database:
                database.execute("BEGIN IMMEDIATE")
                return change(database)

        return await self._run(in_transaction)

    async def _run(self, call: Callable[[], T]) -> T:
        def translating() -> T:
            with translated():
                return call()

        return await asyncio.get_running_loop().run_in_executor(self._thread, translating)

    def _select(self, where: str, values: tuple[object, ...]) -> list[CatalogueEntry]:
        if self._database is None and not self._path.exists():
            return []
        query = f"SELECT {COLUMNS} FROM notebooks WHERE {where}"
        return [_entry(row) for row in self._connect(create=False).execute(query, values)]

    def _register(self, database: sqlite3.Connection, path: str, kind: Kind) -> CatalogueEntry:
        query = f"SELECT {COLUMNS} FROM notebooks WHERE path = ? AND kind = ?"
        row = database.execute(query, (path, kind)).fetchone()
        if row is not None:
            return _entry(row)
        entry = CatalogueEntry(notebook=self._ids.notebook(), path=path, kind=kind)
        values = (entry.notebook, path, kind)
        database.execute("INSERT INTO notebooks (notebook, path, kind) VALUES (?, ?, ?)", values)
        return entry

    def _connect(self, *, create: bool) -> sqlite3.Connection:
        if self._database is None:
            if create:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with suppress(FileExistsError):  # its close would cancel SQLite's locks
                    os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            self._database = _open(self._path, self._journal)
        return self._database

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _open(path: Path, journal: Journal | None) -> sqlite3.Connection:
    """Open and, when it is new, lay out a catalogue. Raises StoreTooNew."""
    database = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        prepare(database, journal)
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if found > CATALOGUE_FORMAT:
            raise StoreTooNew(f"The catalogue {path} has format {found}, newer than this version.")
        settle(database, journal)
        if found < CATALOGUE_FORMAT:
            _lay_out(database)
    except BaseException:
        database.close()
        raise
    return database


def _lay_out(database: sqlite3.Connection) -> None:
    """Make the table, or give one of format 1 what it lacks; another server may be quicker."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        names = {row[1] for row in database.execute("PRAGMA table_info(notebooks)")}
        for name, statement in LATER_COLUMNS.items():
            if names and name not in names:
                database.execute(statement)
        database.execute("DROP INDEX IF EXISTS notebook_by_path")
        for statement in SCHEMA.split(";"):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {CATALOGUE_FORMAT}")


def _entry(row: tuple[str, str, str | None, str, int, str, str, str, str]) -> CatalogueEntry:
    notebook, path, lineage, file_hash, file_seq, writing, inode, former, kind = row
    return CatalogueEntry(
        notebook=NotebookId(notebook),
        path=path,
        lineage=None if lineage is None else Lineage(lineage),
        file_hash=file_hash,
        file_seq=Seq(file_seq),
        writing=writing,
        inode=inode,
        former=former,
        kind=Kind(kind),
    )


def _rename(database: sqlite3.Connection, old: str, new: str) -> list[CatalogueEntry]:
    moving = [(e.notebook, moved_path(e.path, old, new)) for e in _below(database, old)]
    for target in {target for _, target in moving}:
        database.execute(f"{VACATE} WHERE path = ?", (target,))
    for notebook, target in moving:
        placing = "UPDATE notebooks SET path = ?, former = '' WHERE notebook = ?"
        database.execute(placing, (target, notebook))
    return [_get(database, notebook) for notebook, _ in moving]


def _vacate(database: sqlite3.Connection, gone: str) -> list[CatalogueEntry]:
    lost = [entry.notebook for entry in _below(database, gone)]
    for notebook in lost:
        database.execute(f"{VACATE} WHERE notebook = ?", (notebook,))
    return [_get(database, notebook) for notebook in lost]


def _place(database: sqlite3.Connection, notebook: NotebookId, path: str) -> bool:
    query = "SELECT notebook FROM notebooks WHERE path = ? AND kind = ?"
    kind = _get(database, notebook).kind
    found = database.execute(query, (path, kind)).fetchone()
    if found is None:
        placing = "UPDATE notebooks SET path = ?, former = '' WHERE notebook = ?"
        database.execute(placing, (path, notebook))
    return found is None or found[0] == notebook


def _below(database: sqlite3.Connection, path: str) -> list[CatalogueEntry]:
    """The notebooks at a path and below it."""
    below = f"{path}/"
    query = (
        f"SELECT {COLUMNS} FROM notebooks WHERE path = ? OR substr(path, 1, ?) = ? ORDER BY path"
    )
    return [_entry(row) for row in database.execute(query, (path, len(below), below)).fetchall()]


def _get(database: sqlite3.Connection, notebook: NotebookId) -> CatalogueEntry:
    query = f"SELECT {COLUMNS} FROM notebooks WHERE notebook = ?"
    return _entry(database.execute(query, (notebook,)).fetchone())
