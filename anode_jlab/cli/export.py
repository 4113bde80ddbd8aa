"""``anode-jlab export``: a notebook or text out of its log, as a file anywhere."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, log_of, store_of
from anode_jlab.documents.history import notebook_at, text_at
from anode_jlab.errors import BadRequest
from anode_jlab.events.document import Kind
from anode_jlab.ids import Seq

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

INDENT = 1
"""As Jupyter writes its notebooks."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("export", help="write what a notebook's log holds into a file")
    parser.add_argument("--seq", type=int, help="as it was after this event (now)")
    parser.add_argument("--output", "-o", metavar="FILE", help="a new file (standard output)")
    parser.add_argument("notebook", help=NOTEBOOK_HELP)
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    async with store_of(config_of(options)) as (store, catalogue):
        notebook = await find(catalogue, options.notebook)
        entry = await catalogue.get(notebook)
        async with log_of(store, notebook) as log:
            seq = Seq((await log.load()).head if options.seq is None else options.seq)
            if entry is not None and entry.kind is Kind.TEXT:
                text = await text_at(log, seq)
            else:
                content = await notebook_at(log, seq)
                text = json.dumps(content, indent=INDENT, ensure_ascii=False) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return 0
    _write(Path(options.output), text)
    print(f"{options.output} holds {notebook} after event {seq}.")
    return 0


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise BadRequest(
            f"{file} is there already; nothing was written.", hint="Choose another name."
        ) from None
    except OSError as error:
        raise BadRequest(
            f"{file} cannot be written: {error.strerror}.", hint="Choose another place."
        ) from error
