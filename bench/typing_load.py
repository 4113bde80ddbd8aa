"""People who type in one or many notebooks, and how long each key takes to reach the others."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from bench.contenders import Contender
from bench.lib0 import UPDATE, sync_frame
from bench.machine import Usage
from bench.notebooks import TYPING_CELLS, Typist, document_of, write_notebook
from bench.seat import Seat, Watch, seats
from bench.server import Server
from bench.stats import percentile

FIRST_CLIENT = 1_000_000
"""Yjs client ids of the typists; none of the servers draws one in this run with any likelihood."""

ARRIVAL_SECONDS = 20.0
"""What has not arrived by then counts as lost, and a lost keystroke fails the measure."""


KEYS_PER_SECOND = 6.0
BURST_KEYS = 12
"""People type some words, then think. The pause matters: servers write files in it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """``notebooks`` with ``people`` in each, who type ``bursts`` bursts of keys with pauses."""

    notebooks: int
    people: int
    pause_seconds: float
    bursts: int
    rest_seconds: float = 3.0
    """After the last key: saving that the typing caused belongs to its cost."""

    @property
    def cycle(self) -> float:
        """Seconds from the beginning of a burst to that of the next."""
        return BURST_KEYS / KEYS_PER_SECOND + self.pause_seconds

    @property
    def keystrokes(self) -> int:
        """Of one person."""
        return self.bursts * BURST_KEYS

    @property
    def total(self) -> int:
        """Of all people."""
        return self.notebooks * self.people * self.keystrokes

    @property
    def per_second(self) -> float:
        """Keys of all people, on average."""
        return self.notebooks * self.people * BURST_KEYS / self.cycle

    def due(self, person: int, key: int) -> float:
        """When a person types a key, in seconds from the beginning."""
        burst, place = divmod(key, BURST_KEYS)
        phase = person * GOLDEN % 1.0
        return (phase + burst) * self.cycle + place / KEYS_PER_SECOND


GOLDEN = 0.618034
"""Multiples of it, less their whole part, spread evenly: everybody has a beat of their own."""


@dataclass(kw_only=True)
class TypingResult:
    """One run of a scene on one server."""

    delays: list[float] = field(repr=False)
    acked: list[float] = field(repr=False)
    expected: int
    lateness: float
    """p95 of how much later than planned a key was sent, in seconds: the generator's own limit."""
    usage: Usage
    keystrokes: int

    @property
    def p50(self) -> float:
        return percentile(self.delays, 50)

    @property
    def p95(self) -> float:
        return percentile(self.delays, 95)

    @property
    def p99(self) -> float:
        return percentile(self.delays, 99)

    @property
    def cpu_per_1000(self) -> float:
        """Seconds of the server's processor time for a thousand keystrokes."""
        return self.usage.server / self.keystrokes * 1000


class Crowd:
    """The clients of a scene, seated, each with its keystrokes made beforehand."""

    def __init__(
        self, scene: Scene, seated: Sequence[Seat], has_document: bool, first_client: int
    ) -> None:
        self.watch = Watch()
        self._scene = scene
        self._seated = seated
        self._frames: list[list[bytes]] = []
        self._clients = [first_client + number for number in range(len(seated))]
        for number, (seat, client) in enumerate(zip(seated, self._clients, strict=True)):
            document = seat.document if has_document else document_of(TYPING_CELLS)
            typist = Typist(document, client=client, cell=number)
            frames = [sync_frame(UPDATE, update) for update in typist.type(scene.keystrokes)]
            self._frames.append(frames)
            self.watch.typist(client)
            seat.on_update = self.watch.reader()
            seat.on_ack = self.watch.writer(client)

    @property
    def expected(self) -> int:
        """Arrivals, one for each keystroke and other person in its notebook."""
        return self._scene.total * (self._scene.people - 1)

    async def type(self) -> list[float]:
        """Send everything on time; how late each key was."""
        plan = sorted(
            (self._scene.due(person, key), person, key)
            for person in range(len(self._seated))
            for key in range(self._scene.keystrokes)
        )
        late: list[float] = []
        begun = monotonic()
        for due, person, key in plan:
            await asyncio.sleep(max(0.0, begun + due - monotonic()))
            late.append(monotonic() - begun - due)
            self.watch.sent(self._clients[person])
            self._seated[person].socket.send(self._frames[person][key])
        return late

    async def arrived(self) -> None:
        """Wait until everybody has everything, or too long."""
        await self.watch.until(self.expected, ARRIVAL_SECONDS)


async def play(contender: Contender, server: Server, scene: Scene, run: str) -> TypingResult:
    """One run on a server that is up, in notebooks that nobody has opened before."""
    paths = [f"{run}-{number}.ipynb" for number in range(scene.notebooks)]
    for path in paths:
        write_notebook(server.root, path, TYPING_CELLS)
    return await play_in(contender, server, scene, paths)


async def play_in(
    contender: Contender,
    server: Server,
    scene: Scene,
    paths: Sequence[str],
    *,
    first_client: int = FIRST_CLIENT,
) -> TypingResult:
    """The same in these notebooks, one for each of the scene's; nobody may have typed in them with
    the Yjs client ids from ``first_client`` on."""
    everybody = [path for path in paths for _ in range(scene.people)]
    async with seats(contender, server, everybody) as seated:
        crowd = Crowd(scene, seated, contender.has_document, first_client)
        gc.collect()
        gc.disable()
        usage = Usage([server])
        try:
            late = await crowd.type()
            await crowd.arrived()
            await asyncio.sleep(scene.rest_seconds)
        finally:
            gc.enable()
        usage.stop()
    if len(crowd.watch.delays) < crowd.expected:
        missing = crowd.expected - len(crowd.watch.delays)
        raise LostKeystrokesError(f"{contender.name}: {missing} of {crowd.expected} never arrived")
    return TypingResult(
        delays=crowd.watch.delays,
        acked=crowd.watch.acked,
        expected=crowd.expected,
        lateness=percentile(late, 95),
        usage=usage,
        keystrokes=scene.total,
    )


class LostKeystrokesError(RuntimeError):
    """A server lost or held back what was typed."""
