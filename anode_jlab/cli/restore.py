"""``anode-jlab restore``: logs out of a backup, each of which goes on in a new lineage."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anode_jlab.cli import manifest
from anode_jlab.cli.artifacts import copy_artifacts
from anode_jlab.cli.command import config_of, held, log_of, store_of
from anode_jlab.cli.manifest import BackedUp, Manifest
from anode_jlab.clock import SystemClock
from anode_jlab.documents.kinds import KINDS
from anode_jlab.errors import AnodeError, NotebookNotFound
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.events.document import Kind, LineageStarted
from anode_jlab.ids import Lineage, RandomIds
from anode_jlab.materializers.loading import state_of
from anode_jlab.rooms.new_lineage import beginning

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

WORKSHOP = "restoring"
"""Folder beside the log for what is not finished."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("restore", help="bring back event logs from a backup")
    parser.add_argument("folder", type=Path, help="the backup")
    parser.add_argument(
        "notebooks", nargs="*", help="path of the .ipynb or its end, or id; all when none is given"
    )
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    wanted = _wanted(manifest.read(folder), options.notebooks)
    failed = False
    config = config_of(options)
    async with store_of(config) as (store, catalogue):
        for one in wanted:
            try:
                await copy_artifacts(folder, Path(config.store_dir), one.id)
                kept = await _restore(folder / f"{one.id}.db", one, store, catalogue)
            except AnodeError as error:
                failed = True
                print(f"not restored: {_words(one)}: {error.message}", file=sys.stderr)
            else:
                print(f"restored: {_words(one)}, {one.seq} events")
                if kept is not None:
                    print(f"The log that was there is kept in {kept}.")
    return 1 if failed else 0


def _words(one: BackedUp) -> str:
    return f"{one.path or '(no file)'} ({one.id})"


def _wanted(found: Manifest, names: Sequence[str]) -> list[BackedUp]:
    """The notebooks of a backup that these names mean. Raises NotebookNotFound."""
    if not names:
        return list(found.notebooks)
    return [_named(found, name) for name in names]


def _named(found: Manifest, name: str) -> BackedUp:
    whole = Path(name).absolute().as_posix().strip("/")
    exact = [
        one for one in found.notebooks if name == one.id or one.path in (name.strip("/"), whole)
    ]
    ending = [one for one in found.notebooks if f"/{one.path}".endswith(f"/{name}")]
    for matching in (exact, ending):
        if len(matching) == 1:
            return matching[0]
    raise NotebookNotFound(f"The backup has no notebook, or more than one, called {name}.")


async def _restore(
    copy: Path, one: BackedUp, store: SqliteEventStore, catalogue: SqliteCatalogue
) -> Path | None:
    """Prepare the log in a store of its own beside its place, then put it there as a whole."""
    folder = store.path_of(one.id).parent
    workshop = folder / WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    prepared = SqliteEventStore(workshop, threads=1, clock=SystemClock())
    try:
        target = prepared.path_of(one.id)
        target.parent.mkdir(mode=0o700, parents=True)
        shutil.copyfile(copy, target)
        lineage, kind = await _begin_anew(prepared, one)
        await prepared.close()
        kept = await store.put_in_place(one.id, target)
        if one.path:
            await catalogue.put_back(one.id, one.path, lineage, kind)
        return kept
    except OSError as error:
        raise NotebookNotFound(f"{copy} cannot be copied: {error.strerror}.") from error
    finally:
        await prepared.close()
        shutil.rmtree(workshop, ignore_errors=True)


async def _begin_anew(prepared: SqliteEventStore, one: BackedUp) -> tuple[Lineage, Kind]:
    """Let the log go on in a new lineage with the content that it ends with.

    A browser that knows more than the backup is then refused, instead of what it holds being taken
    for changes of today.
    """
    async with log_of(prepared, one.id) as log, held(log, "restore") as lease:
        await log.verify()
        loaded = await log.load()
        state = await state_of(log, loaded)
        kind = KINDS[state.kind]
        content = await kind.at(log, loaded.head)
        records = await beginning(kind, content, "", state, ids=RandomIds(), clock=SystemClock())
        await log.append(records, epoch=lease.epoch, expect_head=loaded.head)
        started = records[0].event
        assert isinstance(started, LineageStarted)
        return started.lineage, state.kind
