"""Which process we are, so that a lease left by a dead one can be told from a living one's."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import msgspec


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A process, for as long as its machine is up.

    ``host`` names the machine and the process namespace in it (containers share a kernel but not
    their process ids), ``boot`` this run of the machine, ``started`` the process's start in clock
    ticks: a process id that was given out anew is another process.
    """

    host: str
    boot: str
    pid: int
    started: int

    def same_machine(self, other: Process) -> bool:
        """Whether both ran on one machine since it was last started."""
        return self.boot != "" and (self.host, self.boot) == (other.host, other.boot)

    def rebooted_since(self, other: Process) -> bool:
        """Whether ``other`` ran on our machine, before it was last started."""
        return (
            self.host == other.host
            and "" not in (self.boot, other.boot)
            and (self.boot != other.boot)
        )


def this_process() -> Process:
    """The process that asks."""
    return process_of(os.getpid())


def process_of(pid: int) -> Process:
    """A process of this machine."""
    return Process(
        host=f"{socket.gethostname()} {_pid_namespace()}".strip(),
        boot=_boot_id(),
        pid=pid,
        started=_start_of(pid) or 0,
    )


def knows_processes() -> bool:
    """Whether this system tells when a process began, so that it is not taken for another."""
    return bool(_start_of(os.getpid())) and _boot_id() != ""


def is_alive(process: Process) -> bool:
    """Whether a process of this machine's present run still lives; unknown counts as living."""
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody lives there who is not ours
    started = _start_of(process.pid)
    return started is None or process.started in (0, started)


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _pid_namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _start_of(pid: int) -> int | None:
    """Start of a process in clock ticks since boot (field 22 of ``/proc/<pid>/stat``)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    if state in ("Z", "X"):
        return -1  # dead, though its parent has not looked yet
    return int(fields[18])
