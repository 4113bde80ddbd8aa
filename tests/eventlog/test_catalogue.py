"""Both catalogues do what every catalogue must, and the stored one survives what may happen."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab.errors import StoreDamaged, StoreTooNew, StoreUnavailable
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.eventlog.memory_catalogue import MemoryCatalogue
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.events.document import Kind
from anode_jlab.ids import RandomIds, Seq
from anode_jlab.testing.catalogue_conformance import CatalogueConformance

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[SqliteCatalogue]:
    catalogue = SqliteCatalogue(tmp_path / "store", ids=RandomIds())
    yield catalogue
    await catalogue.close()


class TestMemoryCatalogue(CatalogueConformance):
    @pytest.fixture
    def catalogue(self) -> Catalogue:
        return MemoryCatalogue(ids=RandomIds())


class TestSqliteCatalogue(CatalogueConformance):
    @pytest.fixture
    def catalogue(self, stored: SqliteCatalogue) -> Catalogue:
        return stored


async def test_asking_makes_no_file(stored: SqliteCatalogue, tmp_path: Path) -> None:
    assert await stored.find("a.ipynb") is None
    assert await stored.all() == []
    assert not (tmp_path / "store").exists()


async def test_nobody_else_may_read_it(stored: SqliteCatalogue, tmp_path: Path) -> None:
    await stored.register("a.ipynb")
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700
    for place in (tmp_path / "store").iterdir():
        assert place.stat().st_mode & 0o077 == 0, place


async def test_it_is_there_after_a_restart(stored: SqliteCatalogue, tmp_path: Path) -> None:
    entry = await stored.register("a.ipynb")
    await stored.file_seen(entry.notebook, file_hash="h", seq=Seq(3), inode="1:2")
    known = await stored.get(entry.notebook)
    again = SqliteCatalogue(tmp_path / "store", ids=RandomIds())
    assert await again.get(entry.notebook) == known
    await again.close()


async def test_two_servers_share_it(stored: SqliteCatalogue, tmp_path: Path) -> None:
    other = SqliteCatalogue(tmp_path / "store", ids=RandomIds())
    both = [stored.register(f"{n}.ipynb") for n in range(20)]
    both += [other.register(f"{n}.ipynb") for n in range(20)]
    found = await asyncio.gather(*both)
    assert len({entry.notebook for entry in found}) == 20
    await other.close()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.events.document import Kind
from anode_jlab.ids import RandomIds, Seq

async def main():
    catalogue = SqliteCatalogue(Path(sys.argv[1]), ids=RandomIds())
    for n in range(10):
        entry = await catalogue.register(f"{n}.ipynb")
        await catalogue.file_seen(entry.notebook, file_hash=f"h{n}", seq=Seq(n))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_server_loses_nothing(stored: SqliteCatalogue, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "store")]
    server = await asyncio.create_subprocess_exec(*command)
    assert await server.wait() == -9
    assert {entry.file_hash for entry in await stored.all()} == {f"h{n}" for n in range(10)}


async def test_a_newer_format_is_refused_untouched(tmp_path: Path) -> None:
    place = tmp_path / "catalogue.db"
    with closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA user_version = 99")
    before = place.read_bytes()
    catalogue = SqliteCatalogue(tmp_path, ids=RandomIds())
    for call in (catalogue.register("a.ipynb"), catalogue.all()):
        with pytest.raises(StoreTooNew):
            await call
    await catalogue.close()
    assert place.read_bytes() == before


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_bytes(b"no database " * 1000)
    catalogue = SqliteCatalogue(tmp_path, ids=RandomIds())
    with pytest.raises(StoreDamaged):
        await catalogue.register("a.ipynb")
    await catalogue.close()


async def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    catalogue = SqliteCatalogue(tmp_path / "store", ids=RandomIds())
    with pytest.raises(StoreUnavailable):
        await catalogue.register("a.ipynb")
    await catalogue.close()


@pytest.mark.parametrize("lacking", [("former", "kind"), ("kind",)])
async def test_a_catalogue_of_format_1_goes_on(tmp_path: Path, lacking: tuple[str, ...]) -> None:
    first = SqliteCatalogue(tmp_path, ids=RandomIds())
    entry = await first.register("a.ipynb")
    await first.close()
    with closing(sqlite3.connect(tmp_path / "catalogue.db")) as database:
        database.executescript(
            "DROP INDEX document_by_path;"
            "CREATE UNIQUE INDEX notebook_by_path ON notebooks(path) WHERE path <> '';"
            "PRAGMA user_version = 1;"
        )
        for name in lacking:
            database.execute(f"ALTER TABLE notebooks DROP COLUMN {name}")
    again = SqliteCatalogue(tmp_path, ids=RandomIds())
    assert await again.find("a.ipynb") == entry
    text = await again.register("a.ipynb", Kind.TEXT)
    assert text.notebook != entry.notebook
    assert await again.vacate("a.ipynb")
    assert await again.register("a.ipynb") != entry
    assert await again.place(text.notebook, "b.ipynb")
    assert await again.rename("b.ipynb", "a.ipynb")
    await again.close()
