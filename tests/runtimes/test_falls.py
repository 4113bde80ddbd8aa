"""A kernel that died and was restarted by its manager is told from one that was restarted."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from anode_jlab.events.runtime import Termination
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.falls import Falls
from anode_jlab.runtimes.kernel import Fall, KernelRef, Pulse
from anode_jlab.runtimes.session import Session


class Manager:
    """As much of a kernel manager as is asked."""

    def __init__(self) -> None:
        self.provisioner = SimpleNamespace(pid=7, process=SimpleNamespace(returncode=-9))
        self.callbacks: list[Callable[[], None]] = []

    def add_restart_callback(self, callback: Callable[[], None], event: str) -> None:
        assert event == "restart"
        self.callbacks.append(callback)


def test_a_fall_is_noted_once_it_is_told() -> None:
    falls, manager = Falls(), Manager()
    for _ in range(2):
        falls.follow("k", manager)
    assert falls.of("k") is None
    (tell,) = manager.callbacks
    tell()
    assert falls.of("k") == Fall(7, -9)
    falls.forget("k")
    assert falls.of("k") is None
    falls.follow("other", object())


def test_why_another_process_is_there() -> None:
    link: Any = None
    session = Session(SessionId("s"), KernelRef("k", "python3"), link, process=7)
    replaced = Pulse(known=True, alive=True, process=8)
    assert session.is_replaced(replaced)
    assert session.replacement(replaced) == (Termination.RESTART, "")
    earlier = Pulse(known=True, alive=True, process=8, fall=Fall(6, 1))
    assert session.replacement(earlier) == (Termination.RESTART, "")
    died = Pulse(known=True, alive=True, process=8, fall=Fall(7, -9))
    assert session.replacement(died) == (Termination.ERROR, "signal 9, SIGKILL")
