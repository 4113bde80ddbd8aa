"""One thread for long work on whole notebooks that holds the interpreter.

Several such threads would do no more, but each would make the event loop wait for its turn: with
fifty notebooks saved at once a keystroke waited for hundreds of milliseconds. Only pure
computation may go here: what waits for a disk would hold up everybody else's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="anode-workbench")


async def computed(work: Callable[[], T]) -> T:
    """What ``work`` returns, computed off the event loop, one after another."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
