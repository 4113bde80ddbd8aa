"""Who wrote what, against histories in which each character was written once.

``ANODE_BLAME_HISTORIES`` is how many random histories are gone through.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter

import pytest

from anode_jlab.documents.blame_loading import begun, caught_up, to_store
from anode_jlab.documents.blaming import BlameWalk
from anode_jlab.documents.purging import carry_out
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import FILE
from anode_jlab.events.document import HistoryPurged
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.materializers.authored import Origin
from anode_jlab.materializers.blame import SAME_SECONDS
from anode_jlab.testing.ids import SeededIds
from tests.documents.histories import ADA, History

pytestmark = pytest.mark.anyio

HISTORIES = int(os.environ.get("ANODE_BLAME_HISTORIES", "12"))

STEPS = 80


async def a_history(seed: int) -> History:
    log = await MemoryEventStore().open(NotebookId("0" * 32))
    lease = await log.acquire("test")
    history = History(log, lease.epoch, seed)
    await history.begin()
    return history


def told(history: History, walk: BlameWalk) -> dict[str, list[tuple[str, Origin]]]:
    """Each character of each cell with its origin."""
    cells: dict[str, list[tuple[str, Origin]]] = {}
    for cell in history.document.to_notebook(with_ids=True)["cells"]:
        kept = walk.cell(cell["id"])
        assert kept is not None
        assert kept.content == "".join(cell["source"])
        origins = [walk.origins.all[run.origin] for run in kept.runs for _ in range(run.length)]
        cells[cell["id"]] = list(zip(kept.content, origins, strict=True))
    return cells


def check(history: History, walk: BlameWalk) -> None:
    for cell_id, row in told(history, walk).items():
        for letter, origin in row:
            if letter == "\n":
                continue
            writing = history.written[letter]
            assert origin.actor == writing.actor, (cell_id, letter)
            assert origin.time > writing.time - SAME_SECONDS


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_every_letter_is_by_who_wrote_it(seed: int) -> None:
    history = await a_history(seed)
    walk = BlameWalk()
    for step in range(STEPS):
        await history.go_on()
        if history.rng.random() < 0.05:
            await history.snapshot()
        if history.rng.random() < 0.1 or step == STEPS - 1:
            walk = await caught_up(history.log, walk, history.head, asyncio.to_thread)
            check(history, walk)
        if history.rng.random() < 0.02:
            walk = await caught_up(history.log, walk, history.head, asyncio.to_thread)
            await history.log.put_derived(to_store(walk), epoch=history.epoch)
            walk.close()
            walk = await begun(history.log, history.head)
    whole = await caught_up(history.log, BlameWalk(), history.head, asyncio.to_thread)
    assert told(history, whole) == told(history, walk)
    letters = Counter(letter for row in told(history, walk).values() for letter, _ in row)
    del letters["\n"]
    assert set(letters.values()) <= {1}  # nothing is doubled on the way


async def test_what_was_purged_is_by_nobody_that_is_known() -> None:
    history = await a_history(0)
    first = Seq(history.head + 1)
    await history.type("cell-0", "\npurged")
    last = history.head
    await history.type("cell-1", "\nafter")
    await history.type("cell-0", "\nkept")
    purge = HistoryPurged(first=first, last=last)
    await history.log_event(purge)
    await carry_out(history.log, purge, epoch=history.epoch, ids=SeededIds())

    walk = await caught_up(history.log, BlameWalk(), history.head, asyncio.to_thread)
    row = told(history, walk)["cell-0"]
    authors = {letter: origin.actor for letter, origin in row}
    assert [authors[letter] for letter in "gt"] == [None, ADA]
    assert row[0][1].actor == FILE
