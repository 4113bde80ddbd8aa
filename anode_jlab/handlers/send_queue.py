"""The bounded way out to one client: frames go, or wait, or give way to one fresh difference."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol, Self

CLOSE_GRACE_SECONDS = 2.0
"""How long a closing connection may take for what is queued; a frozen client gets no more."""


class Transport(Protocol):
    """A socket as the queue needs it. ``write`` and ``close`` never raise."""

    def busy(self) -> bool:
        """Whether bytes given earlier still wait for the client."""
        ...

    def write(self, frame: bytes) -> asyncio.Future[None]:
        """Give a frame to the socket; done when its bytes were taken (or never will be)."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Begin to close."""
        ...


class Flow(Enum):
    """What happens to the next frame."""

    OPEN = auto()
    """It goes out, or waits behind others; too much waiting is an overflow."""
    UNBOUNDED = auto()
    """As OPEN, but nothing overflows: what one connect or resync sends belongs together."""
    LAGGING = auto()
    """It is dropped: a resync follows once the client took what is under way."""
    CLOSING = auto()
    """It is dropped: the connection ends."""


class SendQueue:
    """Implements ``rooms.peer.Outbox`` on a transport; owns the one task that empties it.

    ``overflowed(dropped)`` is called at once with the frames that gave way, in order;
    ``drained()`` when the client has taken all that was under way.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        limit_bytes: int,
        overflowed: Callable[[Sequence[bytes]], None],
        drained: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._limit = limit_bytes
        self._overflowed = overflowed
        self._drained = drained
        self._flow = Flow.UNBOUNDED
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._under_way: asyncio.Future[None] | None = None
        self._wake = asyncio.Event()
        self._end: tuple[int, str] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._pump = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._flow = Flow.CLOSING
        self._forget_waiting()
        if self._deadline is not None:
            self._deadline.cancel()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    @property
    def flow(self) -> Flow:
        return self._flow

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def bound(self) -> None:
        """The frames of the connect are given: from here on the limit holds."""
        if self._flow is Flow.UNBOUNDED:
            self._flow = Flow.OPEN

    def send(self, frame: bytes) -> None:
        if self._flow is Flow.LAGGING or self._flow is Flow.CLOSING:
            return
        if not self._waiting and not self._is_under_way():
            self._under_way = self._transport.write(frame)
            return
        if self._flow is Flow.OPEN and self._waiting_bytes + len(frame) > self._limit:
            self._overflow(frame)
            return
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        self._wake.set()

    def close(self, code: int, reason: str) -> None:
        if self._end is not None:
            return
        self._end = (code, reason)
        self._flow = Flow.CLOSING
        if self._waiting or self._is_under_way():
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(CLOSE_GRACE_SECONDS, self._transport.close, *self._end)
            self._wake.set()
        else:
            self._transport.close(code, reason)

    def _is_under_way(self) -> bool:
        # The socket mostly takes a frame at once; its future tells so one turn of the loop later.
        return self._under_way is not None and not self._under_way.done() and self._transport.busy()

    def _overflow(self, frame: bytes) -> None:
        dropped = (*self._waiting, frame)
        self._forget_waiting()
        self._flow = Flow.LAGGING
        self._wake.set()
        self._overflowed(dropped)

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0

    async def _run(self) -> None:
        while self._deadline is None:
            await self._wake.wait()
            self._wake.clear()
            await self._empty()
            if self._flow is Flow.LAGGING:
                self._flow = Flow.UNBOUNDED
                self._drained()
                self.bound()
        await self._empty()
        if self._end is not None and not self._deadline.cancelled():
            self._deadline.cancel()
            self._transport.close(*self._end)

    async def _empty(self) -> None:
        """Until nothing waits and the client has taken the last frame given to the socket."""
        while True:
            if self._under_way is not None and not self._under_way.done():
                await asyncio.wait([self._under_way])
            if not self._waiting:
                return
            frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            self._under_way = self._transport.write(frame)
