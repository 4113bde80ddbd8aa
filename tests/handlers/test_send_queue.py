"""The send queue on a socket whose other side takes bytes only when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from anode_jlab.handlers import send_queue
from anode_jlab.handlers.send_queue import Flow, SendQueue

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

LIMIT = 100


class Line:
    """A transport that holds every frame until ``take``."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.held: list[tuple[bytes, asyncio.Future[None]]] = []
        self.closed: tuple[int, str] | None = None
        self.ended = asyncio.Event()
        self.free = True
        self.lost: list[bytes] = []
        self.drains = 0

    def busy(self) -> bool:
        return bool(self.held)

    def write(self, frame: bytes) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.free:
            self.taken.append(frame)
            asyncio.get_running_loop().call_soon(future.set_result, None)
        else:
            self.held.append((frame, future))
        return future

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self.ended.set()

    def take(self) -> None:
        frame, future = self.held.pop(0)
        self.taken.append(frame)
        future.set_result(None)

    async def take_all(self) -> None:
        self.free = True
        while self.held:
            self.take()
        await settle()

    def overflowed(self, dropped: Sequence[bytes]) -> None:
        self.lost.extend(dropped)

    def drained(self) -> None:
        self.drains += 1


async def settle() -> None:
    """Let every task that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


def flow_of(queue: SendQueue) -> Flow:
    """Read anew: a type checker would remember the last answer."""
    return queue.flow


@asynccontextmanager
async def queue_on(line: Line) -> AsyncIterator[SendQueue]:
    queue = SendQueue(line, limit_bytes=LIMIT, overflowed=line.overflowed, drained=line.drained)
    async with queue:
        yield queue


async def test_frames_to_a_ready_client_go_out_at_once_in_order() -> None:
    line = Line()
    async with queue_on(line) as queue:
        for number in range(5):
            queue.send(bytes([number]))
        assert line.taken == [bytes([number]) for number in range(5)]
        assert queue.waiting_bytes == 0


async def test_frames_to_a_slow_client_wait_and_keep_their_order() -> None:
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        queue.bound()
        for number in range(5):
            queue.send(bytes([number]) * 10)
        assert queue.waiting_bytes == 40
        line.take()
        await settle()
        queue.send(b"last")
        await line.take_all()
        assert [frame[:1] for frame in line.taken] == [b"\0", b"\1", b"\2", b"\3", b"\4", b"l"]
        assert queue.waiting_bytes == 0
        assert line.lost == []


async def test_too_much_waiting_gives_way_until_the_client_took_what_is_under_way() -> None:
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        queue.bound()
        frames = [bytes([number]) * 40 for number in range(4)]
        for frame in frames:
            queue.send(frame)
        assert line.lost == frames[1:], "all that waited, and the one too many, in order"
        assert flow_of(queue) is Flow.LAGGING
        queue.send(b"nobody misses it")
        assert line.drains == 0
        await line.take_all()
        assert line.drains == 1
        assert line.taken == frames[:1]
        queue.send(b"after")
        assert line.taken[-1] == b"after"


async def test_the_frames_of_the_connect_do_not_overflow() -> None:
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        for _ in range(3):
            queue.send(bytes(LIMIT))
        assert line.lost == []
        queue.bound()
        queue.send(b"too much now")
        assert len(line.lost) == 3


async def test_a_frame_larger_than_the_limit_goes_when_nothing_waits() -> None:
    line = Line()
    async with queue_on(line) as queue:
        queue.bound()
        queue.send(bytes(LIMIT * 2))
        assert len(line.taken) == 1
        assert flow_of(queue) is Flow.OPEN


async def test_closing_sends_what_waits_first() -> None:
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        queue.send(b"one")
        queue.send(b"two")
        queue.close(4403, "read_only")
        queue.close(1012, "restart")
        queue.send(b"not any more")
        assert line.closed is None
        await line.take_all()
        assert line.taken == [b"one", b"two"]
        assert line.closed == (4403, "read_only")


async def test_closing_an_idle_connection_is_immediate() -> None:
    line = Line()
    async with queue_on(line) as queue:
        queue.send(b"one")
        queue.close(1012, "restart")
        assert line.closed == (1012, "restart")


async def test_a_frozen_client_does_not_keep_the_close_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(send_queue, "CLOSE_GRACE_SECONDS", 0.01)
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        queue.send(b"one")
        queue.send(b"two")
        queue.close(1012, "restart")
        async with asyncio.timeout(60):
            await line.ended.wait()
        assert line.closed == (1012, "restart")
        assert line.taken == []


async def test_leaving_ends_the_task_even_when_the_client_is_frozen() -> None:
    line = Line()
    line.free = False
    async with queue_on(line) as queue:
        queue.send(b"one")
        queue.send(b"two")
        await settle()
    queue.send(b"nowhere")
    assert len(line.held) == 1
    assert queue.waiting_bytes == 0
