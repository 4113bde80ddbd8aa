"""The command ``anode-jlab``: what can be asked of the store without a browser."""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from jupyter_core.application import JupyterApp

from anode_jlab._version import __version__
from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.errors import AnodeError, NotebookNotFound
from anode_jlab.eventlog.catalogue import CatalogueEntry
from anode_jlab.eventlog.machine import this_process
from anode_jlab.eventlog.sqlite import SqliteEventLog, SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.events.wire import envelope_to_wire
from anode_jlab.ids import NotebookId, RandomIds, Seq
from anode_jlab.materializers.state import encode, replay

PACKAGES = ("jupyter_server", "jupyterlab", "notebook", "pycrdt", "jupyter_ydoc", "tornado")
"""Whose versions matter when something is reported."""

EVENTS_AT_ONCE = 1000
"""Envelopes read from the store at a time."""

DOCTORS_WRITES = 25
"""Enough durable writes for a median that means something."""

ID_LENGTH = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when something is wrong."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], Coroutine[None, None, int]] = options.command
    try:
        return asyncio.run(command(options))
    except AnodeError as error:
        print(f"{error.message} {error.advice}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our lines has seen enough (`| head`).
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anode-jlab", description=__doc__)
    parser.add_argument("--store-dir", help="the store's folder, instead of the configured one")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    doctor = commands.add_parser("doctor", help="try the store and tell what is installed")
    doctor.set_defaults(command=_doctor)
    events = commands.add_parser("events", help="print the events of a notebook, one per line")
    events.add_argument("--after", type=int, default=0, help="only events with a larger seq")
    events.set_defaults(command=_events)
    rebuild = commands.add_parser("rebuild", help="make the state tables of a notebook anew")
    rebuild.set_defaults(command=_rebuild)
    for command in (events, rebuild):
        command.add_argument("notebook", help="path of the .ipynb, or the notebook's id")
    commands.add_parser("version", help="print the version").set_defaults(command=_version)
    return parser


async def _version(_: argparse.Namespace) -> int:
    print(__version__)
    return 0


async def _doctor(options: argparse.Namespace) -> int:
    """Everything that the extension tries when it starts, and what it depends on."""
    # Imported here: it loads the whole server, which no other command needs.
    from anode_jlab.extension import self_test
    from anode_jlab.handlers.peers import SERVER_EXTENSIONS

    config = _config(options)
    print(f"anode_jlab      {__version__}")
    print(f"python          {platform.python_version()} on {platform.platform()}")
    for package in PACKAGES:
        print(f"{package:15} {_installed(package) or 'not installed'}")
    for package in dict.fromkeys(SERVER_EXTENSIONS):
        if found := _installed(package):
            print(f"{package:15} {found}: switched off while anode_jlab runs")
    probe = self_test(config, SystemClock(), writes=DOCTORS_WRITES)
    print(f"store           {probe.folder} on {probe.file_system or 'an unknown file system'}")
    print(f"sqlite          {probe.sqlite_version}, durability {config.durability}")
    print(f"durable write   {probe.fsync_seconds * 1000:.2f} ms (median)")
    print(f"problem         {probe.problem or 'none found'}")
    damaged = await _damaged(config)
    for line in damaged:
        print(f"damaged         {line}")
    return 1 if damaged else 0


async def _damaged(config: AnodeConfig) -> list[str]:
    """The notebooks whose log fails its checksums or its chain."""
    found = []
    async with _store(config) as (store, catalogue):
        for entry in await catalogue.all():
            if not await store.exists(entry.notebook):
                continue
            try:
                async with _log(store, entry.notebook) as log:
                    await log.verify()
            except AnodeError as error:
                found.append(f"{entry.path} ({entry.notebook}): {error.message}")
    return found


async def _events(options: argparse.Namespace) -> int:
    async with _store(_config(options)) as (store, catalogue):
        notebook = await _find(catalogue, options.notebook)
        async with _log(store, notebook) as log:
            after = Seq(options.after)
            while envelopes := await log.read(after, limit=EVENTS_AT_ONCE):
                for envelope in envelopes:
                    wire = envelope_to_wire(envelope, with_bytes=False)
                    print(msgspec.json.encode(wire).decode())
                after = envelopes[-1].seq
    return 0


async def _rebuild(options: argparse.Namespace) -> int:
    async with _store(_config(options)) as (store, catalogue):
        notebook = await _find(catalogue, options.notebook)
        async with _log(store, notebook) as log:
            lease = await log.acquire(f"anode-jlab rebuild {this_process().pid}")
            try:
                state = replay(await log.read(Seq(0)))
                await log.put_tables(encode(state), epoch=lease.epoch)
            finally:
                await log.release(lease)
    print(f"The state tables of {notebook} were made anew from {state.seq} events.")
    return 0


@asynccontextmanager
async def _store(
    config: AnodeConfig,
) -> AsyncIterator[tuple[SqliteEventStore, SqliteCatalogue]]:
    folder = Path(config.store_dir)
    store = SqliteEventStore(folder, durability=config.durability, threads=1, clock=SystemClock())
    catalogue = SqliteCatalogue(folder, ids=RandomIds())
    try:
        yield store, catalogue
    finally:
        await catalogue.close()
        await store.close()


@asynccontextmanager
async def _log(store: SqliteEventStore, notebook: NotebookId) -> AsyncIterator[SqliteEventLog]:
    if not await store.exists(notebook):
        raise NotebookNotFound(f"The notebook {notebook} has no event log.")
    log = await store.open(notebook)
    try:
        yield log
    finally:
        await log.close()


async def _find(catalogue: SqliteCatalogue, name: str) -> NotebookId:
    """The notebook by id, by its file, by its whole path, or by the end of its path.

    The store is shared by servers with other roots, so its paths are whole ones.
    """
    if len(name) == ID_LENGTH and all(digit in "0123456789abcdef" for digit in name):
        return NotebookId(name)
    entries = await catalogue.all()
    inode = _inode(Path(name))
    for fits in (
        lambda entry: inode != "" and entry.inode == inode,
        lambda entry: entry.path == name.strip("/"),
        lambda entry: entry.path == Path(name).absolute().as_posix().strip("/"),
        lambda entry: f"/{entry.path}".endswith(f"/{name}"),
    ):
        found: list[CatalogueEntry] = [entry for entry in entries if fits(entry)]
        if len(found) == 1:
            return found[0].notebook
        if found:
            paths = ", ".join(entry.path for entry in found)
            raise NotebookNotFound(f"{name} may mean several notebooks: {paths}.")
    raise NotebookNotFound(f"No event log belongs to {name}.")


def _inode(file: Path) -> str:
    """``device:inode`` as the catalogue keeps it; empty when there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"


def _config(options: argparse.Namespace) -> AnodeConfig:
    """The server's own configuration files, the environment, and the option, which wins."""
    reader = JupyterApp(name="jupyter-server")
    reader.load_config_file()
    if options.store_dir:
        return AnodeConfig(config=reader.config, store_dir=options.store_dir)
    return AnodeConfig(config=reader.config)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
