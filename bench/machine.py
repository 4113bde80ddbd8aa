"""What the figures depend on besides the servers: processors, who else uses them, the disk."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path
from time import monotonic, process_time

from bench.server import TICKS_PER_SECOND, Server
from bench.stats import percentile

SYNCS = 200
SYNC_BYTES = 4096
"""About what a commit of one keystroke writes."""


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """Runnable tasks, averaged over the last minute."""
    return os.getloadavg()[0]


def describe() -> str:
    """The machine in a few words."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{platform.system()} {platform.release()}, {cores()} cores ({model})"


def priority() -> str:
    """How the scheduler prefers this run: a raised priority hides some of the others' load."""
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        group = Path("/proc/self/autogroup").read_text().rpartition(" ")[2].strip()
    except OSError:
        group = "0"
    if nice == 0 and group == "0":
        return "normal priority"
    return f"nice {nice}, its session's nice {group}"


def fdatasync_seconds(folder: Path) -> list[float]:
    """How long the disk takes to make a few appended kilobytes durable, sample by sample."""
    file = folder / "fdatasync.probe"
    taken = []
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for _ in range(SYNCS):
            os.write(descriptor, bytes(SYNC_BYTES))
            begun = monotonic()
            os.fdatasync(descriptor)
            taken.append(monotonic() - begun)
    finally:
        os.close(descriptor)
        file.unlink()
    return taken


def fdatasync_p50(folder: Path) -> float:
    """The median of ``fdatasync_seconds``."""
    return percentile(fdatasync_seconds(folder), 50)


class Usage:
    """Processor time between making it and ``stop``: the server's, ours, and everybody else's."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self._servers = list(servers)
        self._at = self._now()
        self.seconds = self.server = self.generator = self.others = 0.0

    def stop(self) -> None:
        """Fill in the figures: ``others`` in processors, the rest in seconds of processor time."""
        wall, busy, server, own = (
            now - before for now, before in zip(self._now(), self._at, strict=True)
        )
        self.seconds = wall
        self.server, self.generator = server, own
        self.others = max(0.0, busy - server - own) / wall

    def _now(self) -> tuple[float, float, float, float]:
        server = sum(server.cpu_seconds for server in self._servers)
        return monotonic(), _busy_seconds(), server, process_time()


def _busy_seconds() -> float:
    """Time that all processors together did not idle, the hypervisor's theft included."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / TICKS_PER_SECOND
