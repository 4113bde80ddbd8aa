"""Sees to it that kernels do not outlive their server for ever, when no other takes them up."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from anode_jlab.eventlog.machine import this_process

SCRIPT = Path(__file__).with_name("reaper.py")


class Reaper:
    """A small process beside the server, begun with its first kernel.

    It waits until its input ends, as it does however the server ends. With no kernel left it ends
    then.
    """

    def __init__(self, folder: Path, minutes: float) -> None:
        self._folder = folder
        self._minutes = minutes
        self._input: int | None = None

    def begin(self) -> None:
        """Start the process, once."""
        if self._input is not None:
            return
        reading, self._input = os.pipe()
        server = this_process()
        arguments = [str(self._folder), str(self._minutes), str(server.pid), str(server.started)]
        null = os.open(os.devnull, os.O_RDWR)
        try:
            os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", str(SCRIPT), *arguments],
                {"PATH": os.defpath},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, reading, 0),
                    (os.POSIX_SPAWN_DUP2, null, 1),
                    (os.POSIX_SPAWN_DUP2, null, 2),
                ],
                setsid=True,
            )
        finally:
            os.close(reading)
            os.close(null)

    def close(self) -> None:
        """The server stops in an orderly way, and ends its kernels itself."""
        if self._input is not None:
            with suppress(OSError):
                os.close(self._input)
            self._input = None
