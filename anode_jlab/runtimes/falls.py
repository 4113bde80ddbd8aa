"""Which processes of kernels died by themselves, when their managers start others at once.

A manager looks after its kernel every few seconds and restarts a dead one. Whoever looks afterwards
sees only that another process is there, as after a restart that somebody asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from anode_jlab.runtimes.kernel import Fall


class Falls:
    """Asks each manager to be told."""

    def __init__(self) -> None:
        self._followed: WeakSet[Any] = WeakSet()
        self._falls: dict[str, Fall] = {}

    def follow(self, kernel_id: str, manager: Any) -> None:
        """Note the deaths of this kernel from now on."""
        add: Callable[..., None] | None = getattr(manager, "add_restart_callback", None)
        if add is None or manager in self._followed:
            return
        self._followed.add(manager)

        def note() -> None:
            provisioner = getattr(manager, "provisioner", None)
            process = getattr(provisioner, "pid", None)
            if process is not None:
                code = getattr(getattr(provisioner, "process", None), "returncode", None)
                self._falls[kernel_id] = Fall(process, code)

        # Called when a kernel was found dead, before it is restarted.
        add(note, "restart")

    def of(self, kernel_id: str) -> Fall | None:
        """The last death of this kernel."""
        return self._falls.get(kernel_id)

    def forget(self, kernel_id: str) -> None:
        """The kernel has ended for good."""
        self._falls.pop(kernel_id, None)
