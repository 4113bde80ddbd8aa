"""Kernels that are about to start while their server is asked to end.

The kernel manager counts them among those to end, does not find them among those that it has, and
its server's orderly end breaks off: the process stays for ever, its other kernels alive. The same
goes for a kernel whose program is missing, which it never takes off its list. Seen in
``jupyter_client`` 8.10 with ``jupyter_server`` 2.21.
"""

from __future__ import annotations

import asyncio
from typing import Any


async def settle(kernels: Any, seconds: float) -> None:
    """Let the kernels that ``kernels`` is starting get up, for so long; later than that no more."""
    starts = [start for kernel_id, start in _pending(kernels).items() if kernel_id not in kernels]
    if starts:
        _, late = await asyncio.wait(starts, timeout=seconds)
        for start in late:
            start.cancel()
        if late:
            await asyncio.wait(late, timeout=seconds)
    forget_failures(kernels)


def forget_failures(kernels: Any) -> None:
    """Take those off the list that did not start."""
    pending = _pending(kernels)
    for kernel_id, start in tuple(pending.items()):
        if start.done() and kernel_id not in kernels:
            del pending[kernel_id]


def _pending(kernels: Any) -> dict[str, asyncio.Future[None]]:
    """What is about to start or to end; empty for a manager that keeps no such list."""
    return getattr(kernels, "_pending_kernels", {})
