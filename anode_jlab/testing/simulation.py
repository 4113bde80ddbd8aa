"""A seeded world of people, lines and a server with bad days, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

from pycrdt import Array

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from anode_jlab.materializers.state import NotebookState, replay
from anode_jlab.testing.clock import VirtualClock
from anode_jlab.testing.ids import SeededIds
from anode_jlab.testing.simulated_client import MARK, SimulatedClient
from anode_jlab.testing.simulated_server import IDLE_SECONDS, SimulatedServer
from anode_jlab.testing.witness import Witness

LONGEST_PAUSE_SECONDS = 0.4
QUIET_WITHIN_SECONDS = 120.0
"""After all faults are healed, everybody is in sync within this (virtual) time."""

CONTENT: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"cell_type": "markdown", "id": "first", "metadata": {}, "source": "# The beginning"},
        {
            "cell_type": "code",
            "id": "second",
            "metadata": {},
            "source": "x = 1",
            "outputs": [],
            "execution_count": None,
        },
    ],
}


class World:
    """One run. ``play`` raises AssertionError, with the seed, when a promise was broken."""

    def __init__(self, seed: int, *, people: int = 3, steps: int = 60) -> None:
        self.seed = seed
        self.clock = VirtualClock()
        self.notes: list[str] = []
        self._chance = random.Random(seed)
        self._ids = SeededIds(seed)
        self._steps = steps
        self._store = MemoryEventStore(clock=self.clock)
        self.notebook = self._ids.notebook()
        self._witness = Witness(self._store, self.notebook)
        self.witness = self._witness.saw
        self.server = self._start()
        self._people = [
            SimulatedClient(f"p{n}", self, random.Random(f"{seed}/{n}"), self._ids)
            for n in range(people)
        ]
        self._tasks = asyncio.TaskGroup()
        self._edits = 0

    def note(self, text: str) -> None:
        """Remember what happened, for the one who looks at a failing seed."""
        self.notes.append(f"{self.clock.monotonic():8.3f} {text}")

    def events(self) -> Sequence[Envelope]:
        """The whole log."""
        return self._store.stored(self.notebook)

    def told_saved(self, marks: frozenset[str]) -> None:
        """Somebody was told that these marks are durable."""
        if marks:
            text = "".join(self._sources())
            missing = sorted(mark for mark in marks if mark not in text)
            self._witness.complaints += [f"{mark} was acked and is not durable" for mark in missing]

    def later(self, work: Coroutine[object, object, None]) -> None:
        """Let something happen beside everything else."""
        self._tasks.create_task(work)

    def chance_of_events(self, chance: random.Random) -> Seq | None:
        """Some people follow the events."""
        return Seq(0) if chance.random() < 0.3 else None

    def play(self) -> None:
        """Run to the end and check every promise."""
        asyncio.run(self._play())

    # --- the course of things --------------------------------------------------------------------

    async def _play(self) -> None:
        async with self._tasks:
            director = self._tasks.create_task(self._direct())
            while not director.done():
                await self.clock.advance(0.5)
            living = director.result()
            for task in living:
                task.cancel()
            closing = self._tasks.create_task(self.server.rooms.close())
            while not closing.done():
                await self.clock.advance(0.5)
            await self.clock.advance(20.0)  # whoever is being buried, or is leaving
        self._check()

    async def _direct(self) -> list[asyncio.Task[None]]:
        living = [self._tasks.create_task(person.live()) for person in self._people]
        for _ in range(self._steps):
            await self.clock.sleep(self._chance.random() * LONGEST_PAUSE_SECONDS)
            await self._something_happens()
        self._heal()
        waited = 0.0
        while not self._quiet():
            if waited > QUIET_WITHIN_SECONDS:
                self._fail("people are not in sync long after all faults are over")
            await self.clock.sleep(1.0)
            waited += 1.0
        return living

    async def _something_happens(self) -> None:
        person = self._chance.choice(self._people)
        day = self.server.day
        kind = self._chance.random()
        if kind < 0.64:
            person.act()
        elif kind < 0.70:
            person.cut()
        elif kind < 0.75:
            person.say_again()
        elif kind < 0.79:
            person.skip_one()
        elif kind < 0.82:
            await self._crash()
        elif kind < 0.86:
            day.refusing = not day.refusing
        elif kind < 0.91:
            day.slow_seconds = self._chance.choice([0.0, 0.02, 1.0])
        elif kind < 0.94:
            day.panic = True
        elif kind < 0.97:
            self.later(self._edit())
        else:
            await self._everybody_leaves()

    async def _crash(self) -> None:
        self.note("the server was killed")
        killed = self.server
        await killed.kill()
        self.later(killed.bury())
        await self.clock.sleep(self._chance.random())
        self.server = self._start()
        for person in self._people:
            if self._chance.random() < 0.8:  # the others notice when they hear nothing
                person.cut()
            else:
                self.later(self._cut_later(person))

    async def _cut_later(self, person: SimulatedClient) -> None:
        await self.clock.sleep(2.0)
        person.cut()

    async def _everybody_leaves(self) -> None:
        self.note("everybody left")
        for person in self._people:
            person.cut()
        await self.clock.sleep(self._chance.random() * 2 * IDLE_SECONDS)

    async def _edit(self) -> None:
        """The server writes a mark itself, and believes it only when told that it is durable."""
        self._edits += 1
        mark = f"<server:{self._edits}>"

        def write(document: NotebookDocument) -> None:
            cell = document.cell(document.cell_ids[0])
            assert cell is not None
            cell["source"].insert(0, mark)

        server = self.server
        try:
            room = await server.rooms.open(self.notebook)
            await room.edit(SERVER, "test", write)
        except AnodeError as error:
            self.note(f"an edit of the server failed: {error.code}")
        else:
            self.told_saved(frozenset({mark}))

    def _heal(self) -> None:
        self.note("all faults are over")
        day = self.server.day
        day.refusing = day.panic = False
        day.slow_seconds = 0.0

    def _start(self) -> SimulatedServer:
        return SimulatedServer(
            self._store, clock=self.clock, ids=self._ids, chance=self._chance, content=CONTENT
        )

    # --- what must be true -----------------------------------------------------------------------

    def _quiet(self) -> bool:
        sessions = [person.session for person in self._people]
        return all(
            session is not None and session.asked and session.up.is_empty for session in sessions
        ) and all(
            not person.pending and _sources(person.document.cells) == self._sources()
            for person in self._people
        )

    def _sources(self) -> list[str]:
        return _sources(self._witness.document().get("cells", type=Array))

    def _check(self) -> None:
        if self._witness.complaints:
            self._fail(self._witness.complaints[0])
        envelopes = self.events()
        if [envelope.seq for envelope in envelopes] != list(range(1, len(envelopes) + 1)):
            self._fail("the seqs have gaps")
        marks = Counter(MARK.findall("".join(self._sources())))
        doubled = [mark for mark, times in marks.items() if times > 1]
        if doubled:
            self._fail(f"doubled: {doubled}")
        for person in self._people:
            lost = person.acked - marks.keys()
            if lost:
                self._fail(f"acked and lost: {sorted(lost)}")
        self._check_state(replay(envelopes))

    def _check_state(self, state: NotebookState) -> None:
        cells = self._witness.document().get("cells", type=Array)
        if [cell.id for cell in state.cells] != [str(cell["id"]) for cell in cells]:
            self._fail("the state's cells are not those of the document")
        expected = {f"<{p.name}:{n}>" for p in self._people for n in range(1, p.typed + 1)}
        lost = expected - {mark for p in self._people for mark in p.acked}
        if lost:
            self._fail(f"typed and never saved: {sorted(lost)}")

    def _fail(self, what: str) -> None:
        notes = "\n".join(self.notes)
        raise AssertionError(f"seed {self.seed}: {what}\n{notes}")


def _sources(cells: Array[Any]) -> list[str]:
    return [f"{cell['id']}: {cell['source']}" for cell in cells]
