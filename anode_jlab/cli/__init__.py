"""The command ``anode-jlab``: what can be done with notebooks and the store without a browser."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from anode_jlab._version import __version__
from anode_jlab.cli import (
    backup,
    config,
    doctor,
    events,
    export,
    gc,
    mcp,
    purge,
    rebuild,
    restore,
    retire,
    run,
    verify,
)
from anode_jlab.cli.command import Command
from anode_jlab.errors import AnodeError

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

COMMANDS = (
    doctor, config, events, export, verify, rebuild, purge, gc, backup, restore, run, retire, mcp,
)  # fmt: skip
"""In the order in which the help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when something is wrong."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return asyncio.run(command(options))
    except AnodeError as error:
        print(f"{error.message} {error.advice}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our lines has seen enough (`| head`).
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anode-jlab", description=__doc__)
    parser.add_argument("--store-dir", help="the store's folder, instead of the configured one")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    commands.add_parser("version", help="print the version").set_defaults(command=_version)
    return parser


async def _version(_: argparse.Namespace) -> int:
    print(__version__)
    return 0
