"""What the commands share: their form, and how they find a store and a notebook in it."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from jupyter_core.application import JupyterApp
from traitlets.config import Config

from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.errors import NotebookNotFound
from anode_jlab.eventlog.base import Lease
from anode_jlab.eventlog.catalogue import CatalogueEntry
from anode_jlab.eventlog.sqlite import SqliteEventLog, SqliteEventStore
from anode_jlab.eventlog.sqlite_catalogue import SqliteCatalogue
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.ids import NotebookId, RandomIds

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

Command: TypeAlias = Callable[[argparse.Namespace], Coroutine[None, None, int]]
"""Does what was asked for; the exit status."""

NOTEBOOK_HELP = "path of the .ipynb, or the notebook's id"

ID_LENGTH = 32


class _Reader(JupyterApp):
    """Reads ``jupyter_server_config.py`` and ``.json`` wherever a server looks for them."""

    name = "jupyter-server"


def config_of(options: argparse.Namespace) -> AnodeConfig:
    """The server's own configuration files, the environment, and the option, which wins."""
    found = jupyter_config()
    if options.store_dir:
        return AnodeConfig(config=found, store_dir=options.store_dir)
    return AnodeConfig(config=found)


def jupyter_config() -> Config:
    """The server's own configuration files."""
    reader = _Reader()
    reader.load_config_file()
    found: Config = reader.config
    return found


@asynccontextmanager
async def store_of(
    config: AnodeConfig,
) -> AsyncIterator[tuple[SqliteEventStore, SqliteCatalogue]]:
    """The configured store and its catalogue."""
    folder = Path(config.store_dir)
    store = SqliteEventStore(
        folder, durability=config.durability, threads=1, clock=SystemClock(), journal=None
    )
    catalogue = SqliteCatalogue(folder, ids=RandomIds(), journal=None)
    try:
        yield store, catalogue
    finally:
        await catalogue.close()
        await store.close()


@asynccontextmanager
async def log_of(store: SqliteEventStore, notebook: NotebookId) -> AsyncIterator[SqliteEventLog]:
    """The log of a notebook. Raises NotebookNotFound when it has none."""
    if not await store.exists(notebook):
        raise NotebookNotFound(f"The notebook {notebook} has no event log.")
    log = await store.open(notebook)
    try:
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def held(log: SqliteEventLog, command: str) -> AsyncIterator[Lease]:
    """The right to write to a log. Raises HeldElsewhere while a server has the notebook open."""
    lease = await log.acquire(f"anode-jlab {command}")
    try:
        yield lease
    finally:
        await log.release(lease)


async def find(catalogue: SqliteCatalogue, name: str) -> NotebookId:
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


def user() -> Actor:
    """Who runs the command, as events are stamped."""
    name = getpass.getuser()
    return Actor(kind=ActorKind.API, id=name, name=name)


def _inode(file: Path) -> str:
    """``device:inode`` as the catalogue keeps it; empty when there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}"
