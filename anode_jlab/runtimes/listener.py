"""Whom a runtime tells what happens to it."""

from __future__ import annotations

from typing import Protocol

from anode_jlab.events.event import Event
from anode_jlab.events.runtime import Termination
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.kernel import KernelMessage


class RuntimeListener(Protocol):
    """Whom a runtime tells. Calls come on the loop and must not raise."""

    def on_runtime(self, events: list[Event]) -> None:
        """Something happened to the runtime."""
        ...

    def on_session_ended(self, session_id: SessionId, reason: Termination, detail: str) -> None:
        """What this session was running will not end any more; told after the event."""
        ...

    def on_message(self, message: KernelMessage) -> None:
        """The kernel said something."""
        ...
