"""The way off the event loop, as a port: a simulation has no threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Offload(Protocol):
    """Runs a function off the loop (``asyncio.to_thread``)."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...
