"""``anode-jlab gc``: removes large outputs that nothing refers to any more."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.artifacts.garbage import GRACE_SECONDS, Leftover, leftovers, remove
from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, held, log_of, store_of, user
from anode_jlab.clock import SystemClock
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.base import EventLog, Lease
from anode_jlab.eventlog.mentions import mentioned
from anode_jlab.eventlog.sqlite_recovery import kept_logs
from anode_jlab.events.artifacts import ArtifactReleased
from anode_jlab.events.event import Record
from anode_jlab.ids import NotebookId
from anode_jlab.materializers.loading import state_of

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

MINUTE_SECONDS = 60.0

OLD_LOGS = "an old log that was set aside may still refer to them"


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("gc", help="remove large outputs that nothing refers to any more")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be removed")
    parser.add_argument(
        "--grace-minutes",
        metavar="N",
        type=float,
        default=GRACE_SECONDS / MINUTE_SECONDS,
        help="leave alone what was stored in the last N minutes (10)",
    )
    parser.add_argument("notebooks", nargs="*", help=f"{NOTEBOOK_HELP}; all when none is given")
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    config, clock = config_of(options), SystemClock()
    artifacts = FolderArtifacts(Path(config.store_dir))
    before = clock.now() - options.grace_minutes * MINUTE_SECONDS
    is_whole = True
    async with store_of(config) as (store, catalogue):
        names = [await find(catalogue, name) for name in options.notebooks]
        for notebook in names or await store.notebooks():
            try:
                async with log_of(store, notebook) as log, held(log, "gc") as lease:
                    if kept_logs(store.path_of(notebook).parent):
                        print(f"{notebook}: left alone, {OLD_LOGS}.")
                        continue
                    left = await leftovers(artifacts, notebook, await mentioned(log), before)
                    if not options.dry_run:
                        left = await collect(artifacts, notebook, left, before, log, lease)
            except AnodeError as error:
                print(f"{notebook}: left alone. {error.message} {error.advice}")
                is_whole = False
                continue
            print(_told(notebook, left, is_dry=options.dry_run))
    return 0 if is_whole else 1


async def collect(
    artifacts: FolderArtifacts,
    notebook: NotebookId,
    left: list[Leftover],
    before: float,
    log: EventLog,
    lease: Lease,
) -> list[Leftover]:
    """Remove them and log it; what was removed."""
    gone = await remove(artifacts, notebook, left, before)
    loaded = await log.load()
    known = {artifact.sha256 for artifact in (await state_of(log, loaded)).artifacts}
    now = SystemClock().now()
    records = [
        Record(event=ArtifactReleased(sha256=one.sha256), actor=user(), time=now)
        for one in gone
        if one.sha256 in known
    ]
    if records:
        await log.append(records, epoch=lease.epoch, expect_head=loaded.head)
    return gone


def _told(notebook: NotebookId, left: list[Leftover], *, is_dry: bool) -> str:
    size = sum(one.size for one in left) / 1e6
    what = f"{len(left)} large outputs, {size:.1f} MB"
    return f"{notebook}: {what} {'would be removed' if is_dry else 'were removed'}."
