"""A server that is interrupted with nobody at its terminal ends as one that is asked to end.

jupyter_server handles SIGINT at a terminal, and SIGTERM. Elsewhere a SIGINT is a KeyboardInterrupt
to it: it leaves at once, files are not brought up to date, and kernels are left to themselves.
JupyterHub stops the servers of its local spawners, and so does its culler, with a SIGINT.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType


def end_well(stop: Callable[[], None]) -> None:
    """Let the next SIGINT call ``stop``, unless somebody else handles it or it is ignored. A second
    one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    signal.signal(signal.SIGINT, interrupted)
