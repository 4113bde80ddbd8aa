"""Ends kernels that ran nothing for long; who looks at the notebook does not count."""

from __future__ import annotations

from anode_jlab.clock import Clock
from anode_jlab.events.runtime import SessionStatus, Termination
from anode_jlab.runtimes.runtime import Runtime


class Culling:
    """Watches over one runtime."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        """``seconds`` without a run; 0 for never."""
        self._clock = clock
        self._seconds = seconds
        self._idle_since = clock.monotonic()

    def touch(self) -> None:
        """The kernel began, or ran something."""
        self._idle_since = self._clock.monotonic()

    async def look(self, runtime: Runtime) -> bool:
        """End the kernel if it is time; whether it was."""
        session, idle = runtime.session, self._clock.monotonic() - self._idle_since
        is_idle = session is not None and session.status is SessionStatus.READY
        if not self._seconds or not is_idle or idle < self._seconds:
            return False
        await runtime.stop(Termination.CULLED, f"it ran nothing for {idle / 60:.0f} minutes")
        return True
