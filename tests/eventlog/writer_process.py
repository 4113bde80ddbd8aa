"""A process that appends as fast as it can and tells each acknowledged head, until it is killed."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from anode_jlab.eventlog.journal import Journal
from anode_jlab.ids import Seq
from tests.eventlog.logs import HOLDER, keystroke, opened, start


async def main(folder: Path, seed: int, journal: Journal) -> None:
    rng = random.Random(seed)
    _, log = await opened(folder, journal=journal)
    lease = await log.acquire(HOLDER)
    head = (await log.load()).head
    if head == 0:
        head = (await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))).last
    while True:
        size = rng.randint(1, 4)
        records = [keystroke(head + place) for place in range(size)]
        head = (await log.append(records, epoch=lease.epoch, expect_head=head)).last
        print(head, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), Journal(sys.argv[3])))
