"""A seeded world of people, lines, another program and a server with bad days, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError
from anode_jlab.events.actor import SERVER
from anode_jlab.events.event import Envelope
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.testing.clock import VirtualClock
from anode_jlab.testing.ids import SeededIds
from anode_jlab.testing.marks import mark
from anode_jlab.testing.promises import Broken, Promises
from anode_jlab.testing.simulated_client import SimulatedClient
from anode_jlab.testing.simulated_files import OtherProgram, SimulatedFile
from anode_jlab.testing.simulated_process import IDLE_SECONDS, Disks, SimulatedProcess
from anode_jlab.testing.virtual_loop import run_virtually

LONGEST_PAUSE_SECONDS = 0.4
LONG_SLEEP_SECONDS = 10 * IDLE_SECONDS
"""A laptop asleep for so long finds the room closed, and opened anew."""

LONGEST_WORK_SECONDS = 0.05
"""How long a thread may take for what is computed off the loop."""

LARGEST_JUMP_SECONDS = 2 * 24 * 3600.0
"""How far an operator may set the clock, forward or back: nothing is ordered by it."""

QUIET_WITHIN_SECONDS = 180.0
"""After all faults are healed, everybody is in sync within this (virtual) time."""

PATH = "notebook.ipynb"

TESTS = "tests/rooms/test_simulation.py"

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
    """One run. ``play`` raises AssertionError, with the seed, when a promise was broken.

    So many of the people as ``merging`` tells use clients of others, which send all that they did
    offline as one update. Then words may get lost or doubled in cells that were moved; but not in
    the history.
    """

    def __init__(self, seed: int, *, people: int = 3, merging: int = 0, steps: int = 60) -> None:
        self.seed = seed
        self.clock = VirtualClock()
        self.notes: list[str] = []
        self.notebook: NotebookId
        self._chance = chance = random.Random(seed)
        self._ids = SeededIds(seed)
        self._steps = steps
        file = SimulatedFile(PATH, CONTENT)
        self._disks = Disks(clock=self.clock, ids=self._ids, file=file)
        self._other = OtherProgram(file, random.Random(f"{seed}/other"))
        self.server = SimulatedProcess(self._disks, clock=self.clock, ids=self._ids, chance=chance)
        self._people = [
            SimulatedClient(
                f"P{n}", self, random.Random(f"{seed}/{n}"), self._ids, merges=n < merging
            )
            for n in range(people)
        ]
        self._is_strict = not merging
        self._edits = 0
        self._unrest: str | None = None
        self._tasks: asyncio.TaskGroup

    @property
    def promises(self) -> Promises:
        """What the server promised so far."""
        return self._promises

    def events(self) -> Sequence[Envelope]:
        """The whole log."""
        return self._disks.store.stored(self.notebook)

    def note(self, text: str) -> None:
        """Remember what happened, for the one who looks at a failing seed."""
        self.notes.append(f"{self.clock.monotonic():8.3f} {text}")

    def later(self, work: Coroutine[object, object, None]) -> None:
        """Let something happen beside everything else."""
        self._tasks.create_task(work)

    def chance_of_events(self, chance: random.Random) -> Seq | None:
        """Some people follow the events."""
        return Seq(0) if chance.random() < 0.3 else None

    def play(self) -> None:
        """Run to the end and check every promise."""
        try:
            run_virtually(
                self._play(), self.clock, lambda: self._chance.random() * LONGEST_WORK_SECONDS
            )
        except Broken as broken:
            notes = "\n".join(self.notes)
            again = f"ANODE_SIMULATION_FIRST={self.seed} ANODE_SIMULATION_RUNS=1"
            raise AssertionError(
                f"seed {self.seed}: {broken}\n(again: {again} pytest {TESTS})\n{notes}"
            ) from None

    # --- the course of things --------------------------------------------------------------------

    async def _play(self) -> None:
        self.notebook = (await self._disks.catalogue.register(PATH)).notebook
        self._promises = Promises(
            self._disks, self.notebook, self._people, self._other, is_strict=self._is_strict
        )
        async with asyncio.TaskGroup() as self._tasks:
            living = await self._direct()
            room = self.server.rooms.get(self.notebook)
            live = None if room is None else room.state
            self.note("everybody goes home")
            for task in living:
                task.cancel()
            await self._stop()
            await self.clock.sleep(20.0)  # whoever is being buried, or is leaving
        if self._unrest is not None:
            raise Broken(f"long after all faults are over: {self._unrest}")
        if live is not None:
            self._promises.check_live(live)
        self._promises.check_end()

    async def _direct(self) -> list[asyncio.Task[None]]:
        living = [self._tasks.create_task(person.live()) for person in self._people]
        for _ in range(self._steps):
            await self.clock.sleep(self._chance.random() * LONGEST_PAUSE_SECONDS)
            await self._something_happens()
        self._heal()
        began = self.clock.monotonic()
        while (reason := self._promises.unrest()) is not None:
            if self.clock.monotonic() - began > QUIET_WITHIN_SECONDS:
                self._unrest = reason
                break
            await self.clock.sleep(1.0)
        return living

    async def _something_happens(self) -> None:
        person = self._chance.choice(self._people)
        day = self.server.day
        kind = self._chance.random()
        if kind < 0.60:
            person.act()
        elif kind < 0.66:
            person.cut()
        elif kind < 0.70:
            person.say_again()
        elif kind < 0.74:
            person.skip_one()
        elif kind < 0.79:
            await self._other_program()
        elif kind < 0.81:
            await self._crash()
        elif kind < 0.82:
            self.clock.jump(self._chance.uniform(-1.0, 1.0) * LARGEST_JUMP_SECONDS)
        elif kind < 0.85:
            day.refusing = not day.refusing
        elif kind < 0.87:
            day.file_refusing = not day.file_refusing
        elif kind < 0.91:
            day.slow_seconds = self._chance.choice([0.0, 0.02, 1.0])
        elif kind < 0.93:
            day.panic = True
        elif kind < 0.96:
            self.later(self._edit())
        elif kind < 0.975:
            self.note(f"{person.name} sleeps")
            person.sleep(LONG_SLEEP_SECONDS)
        else:
            await self._everybody_leaves()

    async def _other_program(self) -> None:
        """It changes the file; but not what a server wrote and has not noted yet: if it cannot,
        nobody knows what the change began with, see ``docs/explanation/durability.md``."""
        file = self._disks.file
        entry = await self._disks.catalogue.get(self.notebook)
        is_noted = entry is not None and entry.file_hash == file.hash
        if is_noted or not file.is_ours:
            self._other.act()

    async def _crash(self) -> None:
        self.note("the server was killed")
        killed = self.server
        await killed.kill()
        self.later(killed.bury())
        await self.clock.sleep(self._chance.random())
        self._start()
        for person in self._people:
            if self._chance.random() < 0.8:  # the others notice when they hear nothing
                person.cut()
            else:
                self.later(self._cut_later(person))

    async def _cut_later(self, person: SimulatedClient) -> None:
        await self.clock.sleep(2.0)
        person.cut()

    async def _everybody_leaves(self) -> None:
        """For a moment, or for so long that the room is closed; perhaps the server stops too."""
        seconds = self._chance.choice([IDLE_SECONDS, 2 * IDLE_SECONDS, LONG_SLEEP_SECONDS])
        self.note(f"everybody leaves for some {seconds} s")
        for person in self._people:
            person.sleep(self._chance.random() * seconds)
        if self._chance.random() < 0.5:
            return
        await self.clock.sleep(self._chance.random() * 2.0)
        if self._chance.random() < 0.5:
            await self._stop()
            self._start()
        for person in self._chance.sample(self._people, 2):
            person.act()
        await self.clock.sleep(self._chance.random() * seconds)

    async def _stop(self) -> None:
        self.note("the server stops in order")
        await self.server.rooms.close()

    async def _edit(self) -> None:
        """The server writes a mark itself, and believes it only when told that it is durable."""
        self._edits += 1
        word = mark("S0", self._edits)

        def write(document: NotebookDocument) -> None:
            cell = document.cell(document.cell_ids[0])
            assert cell is not None
            cell["source"].insert(0, word)

        server = self.server
        try:
            room = await server.rooms.open(self.notebook)
            await room.edit(SERVER, "test", write)
        except AnodeError as error:
            self.note(f"an edit of the server failed: {error.code}")
        else:
            self._promises.saved(frozenset({word}))

    def _heal(self) -> None:
        self.note("all faults are over")
        day = self.server.day
        day.refusing = day.file_refusing = day.panic = False
        day.slow_seconds = 0.0

    def _start(self) -> None:
        self.server = SimulatedProcess(
            self._disks, clock=self.clock, ids=self._ids, chance=self._chance
        )
