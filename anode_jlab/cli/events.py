"""``anode-jlab events``: the events of a notebook, one JSON object per line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import msgspec

from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, log_of, store_of
from anode_jlab.events.wire import envelope_to_wire
from anode_jlab.ids import Seq

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

READ_AT_ONCE = 1000
"""Envelopes read from the store at a time."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("events", help="print the events of a notebook, one per line")
    parser.add_argument("--after", type=int, default=0, help="only events with a larger seq")
    parser.add_argument("notebook", help=NOTEBOOK_HELP)
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    async with store_of(config_of(options)) as (store, catalogue):
        notebook = await find(catalogue, options.notebook)
        async with log_of(store, notebook) as log:
            after = Seq(options.after)
            while envelopes := await log.read(after, limit=READ_AT_ONCE):
                for envelope in envelopes:
                    wire = envelope_to_wire(envelope, with_bytes=False)
                    print(msgspec.json.encode(wire).decode())
                after = envelopes[-1].seq
    return 0
