"""``anode-jlab retire``: leave notebooks to plain JupyterLab, with every file up to date."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from anode_jlab.cli.command import config_of, jupyter_config, store_of
from anode_jlab.errors import BadRequest

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

LEVELS = ("sys-prefix", "user")


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        "retire", help="write every file, then leave notebooks to JupyterLab"
    )
    parser.add_argument(
        "--level", choices=LEVELS, default=LEVELS[0],
        help="whose settings: the Python environment's (sys-prefix) or this user's",
    )  # fmt: skip
    parser.add_argument(
        "--anyway", action="store_true", help="also when a file could not be brought up to date"
    )
    parser.add_argument("--undo", action="store_true", help="come back: switch it on again")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    # Imported here: it loads the server, which no other command needs.
    from anode_jlab.cli.switches import files_in, folder_of, switch

    folder = folder_of(options.level)
    troubles = 0 if options.undo else await _flush(options)
    if troubles and not options.anyway:
        print("Nothing was switched off: mend this, or use --anyway.")
        return 1
    try:
        switch(folder, on=options.undo)
    except OSError as error:
        raise BadRequest(
            f"{error.filename} cannot be written: {error.strerror}.",
            hint="Use --level user, or run it as the owner of the environment.",
        ) from error
    if options.undo:
        print(f"anode_jlab is switched on in {folder}. Start the servers anew.")
        return 0
    print(f"anode_jlab is switched off in {folder}. Start the servers anew.")
    for peer in _peers():
        print(f"{peer} is installed and is in charge from then on.")
    print("`pip uninstall anode_jlab` may follow; `anode-jlab retire --undo` comes back.")
    if options.level != LEVELS[0]:
        print("It leaves these settings of yours, which may go then:")
        for file in files_in(folder):
            print(f"  {file}")
    return 1 if troubles else 0


async def _flush(options: argparse.Namespace) -> int:
    """Write the files; how many could not be brought up to date."""
    from anode_jlab.cli.flushing import flushed

    config = config_of(options)
    seen = written = troubles = 0
    async with store_of(config) as (store, catalogue):
        async for file in flushed(config, jupyter_config(), store, catalogue):
            seen += 1
            if file.trouble:
                troubles += 1
                print(f"NOT WRITTEN {file.path}: {file.trouble}")
            elif file.written:
                written += 1
                print(f"written     {file.path}")
    print(f"{seen} notebooks and texts: {written} files written, {troubles} could not be.")
    print("The files hold nothing of anode_jlab.")
    print(f"The history stays in {config.store_dir}; remove that folder to forget it.")
    return troubles


def _peers() -> list[str]:
    from importlib.util import find_spec

    from anode_jlab.handlers.peers import SERVER_EXTENSIONS

    found = (told for name, told in SERVER_EXTENSIONS.items() if find_spec(name) is not None)
    return list(dict.fromkeys(found))
