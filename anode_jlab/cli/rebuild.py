"""``anode-jlab rebuild``: the state tables of a log, made anew from its events."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, held, log_of, store_of
from anode_jlab.materializers.loading import rebuild

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("rebuild", help="make the state tables of a notebook anew")
    parser.add_argument("notebook", help=NOTEBOOK_HELP)
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    async with store_of(config_of(options)) as (store, catalogue):
        notebook = await find(catalogue, options.notebook)
        async with log_of(store, notebook) as log, held(log, "rebuild") as lease:
            state = await rebuild(log, epoch=lease.epoch)
    print(f"The state tables of {notebook} were made anew from {state.seq} events.")
    return 0
