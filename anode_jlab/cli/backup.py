"""``anode-jlab backup``: whole copies of the logs, also while servers write to them."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from anode_jlab.cli import manifest
from anode_jlab.cli.artifacts import copy_artifacts
from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, log_of, store_of
from anode_jlab.cli.manifest import BackedUp, Manifest
from anode_jlab.clock import SystemClock
from anode_jlab.config import AnodeConfig
from anode_jlab.errors import AnodeError, BadRequest
from anode_jlab.eventlog.sqlite_making import sync_folder

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("backup", help="copy event logs into a new folder")
    parser.add_argument("folder", type=Path, help="the folder to make")
    parser.add_argument("notebooks", nargs="*", help=f"{NOTEBOOK_HELP}; all when none is given")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    folder, unfinished = _new_folder(options.folder)
    found, failed = await _copy(config_of(options), options.notebooks, unfinished)
    manifest.write(unfinished, Manifest(time=SystemClock().now(), notebooks=tuple(found)))
    os.rename(unfinished, folder)
    sync_folder(folder.parent)
    print(f"{len(found)} notebooks were copied into {folder}.")
    return 1 if failed else 0


def _new_folder(wanted: Path) -> tuple[Path, Path]:
    """Its absolute name, and where it is made ready. Raises BadRequest when it is there."""
    folder = wanted.absolute()
    if folder.exists():
        raise BadRequest(f"{folder} is there already.", hint="Choose the name of a new folder.")
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    return folder, unfinished


async def _copy(config: AnodeConfig, names: list[str], folder: Path) -> tuple[list[BackedUp], int]:
    """What was copied, and how many logs could not be."""
    copied, failed = [], 0
    async with store_of(config) as (store, catalogue):
        paths = {entry.notebook: entry.path for entry in await catalogue.all()}
        wanted = [await find(catalogue, name) for name in names] or await store.notebooks()
        for notebook in wanted:
            path = paths.get(notebook, "")
            try:
                async with log_of(store, notebook) as log:
                    seq = await log.copy_to(folder / f"{notebook}.db")
                await copy_artifacts(Path(config.store_dir), folder, notebook)
            except AnodeError as error:
                (folder / f"{notebook}.db").unlink(missing_ok=True)
                print(f"not copied: {path} ({notebook}): {error.message}", file=sys.stderr)
                failed += 1
            else:
                copied.append(BackedUp(id=notebook, path=path, seq=seq))
    return copied, failed
