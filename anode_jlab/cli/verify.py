"""``anode-jlab verify``: reads whole logs and checks every checksum and the chain of hashes."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, log_of, store_of
from anode_jlab.config import AnodeConfig
from anode_jlab.errors import AnodeError
from anode_jlab.ids import NotebookId

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about one log. ``path`` is empty when its file is gone."""

    notebook: NotebookId
    path: str
    found: str
    is_good: bool

    def __str__(self) -> str:
        return f"{self.path or '(no file)'} ({self.notebook}): {self.found}"


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("verify", help="check the event logs from end to end")
    parser.add_argument("notebooks", nargs="*", help=f"{NOTEBOOK_HELP}; all when none is given")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    config = config_of(options)
    bad = False
    async for verdict in verdicts(config, options.notebooks):
        print(f"{'ok' if verdict.is_good else 'damaged':9} {verdict}")
        bad = bad or not verdict.is_good
    return 1 if bad else 0


async def verdicts(config: AnodeConfig, names: Collection[str] = ()) -> AsyncIterator[Verdict]:
    """Check the logs of these notebooks, or all that are in the store, one after the other.

    Nothing is changed or repaired; a server may have them open.
    """
    async with store_of(config) as (store, catalogue):
        paths = {entry.notebook: entry.path for entry in await catalogue.all()}
        wanted = [await find(catalogue, name) for name in names] or await store.notebooks()
        for notebook in wanted:
            try:
                async with log_of(store, notebook) as log:
                    found, is_good = f"{await log.verify()} events", True
            except AnodeError as error:
                found, is_good = error.message, False
            yield Verdict(notebook, paths.get(notebook, ""), found, is_good)
