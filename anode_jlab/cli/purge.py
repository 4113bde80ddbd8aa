"""``anode-jlab purge``: a notebook forgets what it was, up to a moment."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.artifacts.garbage import GRACE_SECONDS, leftovers
from anode_jlab.cli.command import NOTEBOOK_HELP, config_of, find, held, log_of, store_of, user
from anode_jlab.cli.gc import collect
from anode_jlab.clock import SystemClock
from anode_jlab.documents.purging import carry_out, purges_of, wanted_purge
from anode_jlab.eventlog.mentions import mentioned
from anode_jlab.eventlog.shelf import FolderShelf
from anode_jlab.eventlog.sqlite_recovery import kept_logs
from anode_jlab.events.event import Record
from anode_jlab.ids import RandomIds, Seq
from anode_jlab.rooms.copies import Copies, CopyRules

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("purge", help="remove the history of a notebook for good")
    parser.add_argument(
        "--from", dest="first", metavar="SEQ", type=int, default=1, help="the first event (1)"
    )
    last = parser.add_mutually_exclusive_group(required=True)
    last.add_argument("--to", dest="last", metavar="SEQ", type=int, help="the last event")
    last.add_argument("--all", action="store_true", help="all but the notebook as it is now")
    parser.add_argument("notebook", help=NOTEBOOK_HELP)
    parser.set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    clock, ids = SystemClock(), RandomIds()
    config = config_of(options)
    async with store_of(config) as (store, catalogue):
        notebook = await find(catalogue, options.notebook)
        async with log_of(store, notebook) as log, held(log, "purge") as lease:
            head = (await log.load()).head
            purge = wanted_purge(options.first, head if options.all else options.last, head=head)
            record = Record(event=purge, actor=user(), time=clock.now())
            await log.append([record], epoch=lease.epoch, expect_head=Seq(head))
            count = 0
            for begun in await purges_of(log):
                count += await carry_out(log, begun, epoch=lease.epoch, ids=ids)
            await log.reclaim(epoch=lease.epoch, thorough=True)
            kept = kept_logs(store.path_of(notebook).parent)
            gone = []
            if not kept:
                artifacts = FolderArtifacts(Path(config.store_dir))
                before = clock.now() - GRACE_SECONDS
                left = await leftovers(artifacts, notebook, await mentioned(log), before)
                gone = await collect(artifacts, notebook, left, before, log, lease)
        copies = Copies(FolderShelf(Path(config.store_dir), "copies"), CopyRules())
        await copies.forget(notebook, purge.first, purge.last)
    print(f"{count} changes up to event {purge.last} of {notebook} were purged.")
    if gone:
        print(f"{len(gone)} large outputs that only they had were removed.")
    for folder in kept:
        print(f"An old log may still hold them: {folder}")
    return 0
