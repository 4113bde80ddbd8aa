"""What a kernel's process and those that it began use of the machine, for whoever looks at it.

Nothing is measured while nobody asks. Limits: the Linux documentation of cgroups, version 2 for
``cpu.max``, ``memory.current`` and ``memory.stat``, version 1 for ``cpu.cfs_quota_us`` and
``memory.usage_in_bytes``; psutil for the rest.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import psutil

from anode_jlab.runtimes.memory import Group, Memory, limit_of, memory_of

SAMPLES_KEPT = 90
"""Two minutes and more at one every 1.5 s, the shortest that is measured."""

SHORTEST_SECONDS = 1.5
"""However many people look: whoever asks sooner gets the last sample."""

FAMILY_SECONDS = 10.0
"""How often it is looked for processes that the kernel began: that goes through all processes of
the machine."""

GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


class LimitOf(StrEnum):
    """Whose limit of memory it is: the process's own (``ulimit -v``), that of a group of processes
    (a container), or what the machine has."""

    PROCESS = "process"
    GROUP = "group"
    MACHINE = "machine"


class Sample(NamedTuple):
    """One moment: monotonic seconds, percent of one core since the moment before (None at first),
    bytes in memory."""

    at: float
    cpu_percent: float | None
    memory: int


class Usage(NamedTuple):
    """The samples, oldest first, and what they are to be held against.

    ``cores`` is how many a process may use. ``counted`` are the bytes that count towards
    ``limit``: those of the whole group or machine where others share it.
    """

    samples: tuple[Sample, ...]
    cores: float
    counted: int
    limit: int
    limit_of: LimitOf


class Sampler:
    """Measures one process; ``take`` reads files and is called in a thread."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._family: list[psutil.Process] = []
        self._family_at = float("-inf")
        self._busy: float | None = None
        """Seconds of work that were done by the last sample."""
        self._samples: deque[Sample] = deque(maxlen=SAMPLES_KEPT)
        self._claimed_at = float("-inf")

    def claim(self, now: float) -> bool:
        """Whether the last sample is old enough for another one, which who is told so takes."""
        if now - self._claimed_at < SHORTEST_SECONDS:
            return False
        self._claimed_at = now
        return True

    def take(self, now: float) -> None:
        """One more sample; none when the process is gone."""
        with suppress(*GONE):
            self._measure(now)

    def usage(self) -> Usage | None:
        """What is known; None when the process could never be measured."""
        if not self._samples:
            return None
        memory = memory_of(self.pid)
        cores = cores_of(None if memory is None else memory.group)
        return Usage(tuple(self._samples), cores, *limit_on(memory))

    def _measure(self, now: float) -> None:
        kernel = psutil.Process(self.pid)
        if now - self._family_at >= FAMILY_SECONDS:
            self._family, self._family_at = kernel.children(recursive=True), now
        busy, resident = _cost(kernel)
        for process in self._family:
            with suppress(*GONE):
                more, own = _cost(process, shared=False)
                busy, resident = busy + more, resident + own
        percent, last = None, self._samples[-1] if self._samples else None
        if last is not None and self._busy is not None:
            # Of processes that ended meanwhile the work is no longer known.
            percent = round(100 * max(busy - self._busy, 0.0) / (now - last.at), 1)
        self._busy = busy
        self._samples.append(Sample(now, percent, resident))


def limit_on(memory: Memory | None) -> tuple[int, int, LimitOf]:
    """What counts towards the limit that is nearest to being reached, the limit, whose it is."""
    machine = psutil.virtual_memory()
    found = [(machine.total - machine.available, machine.total, LimitOf.MACHINE)]
    if memory is not None:
        limit = limit_of(memory.group)
        if limit is not None and limit < machine.total:
            found = [(used_by(memory.group) or memory.resident, limit, LimitOf.GROUP)]
        if memory.allowed is not None:
            found.append((memory.virtual, memory.allowed, LimitOf.PROCESS))
    return max(found, key=lambda one: one[0] / max(one[1], 1))


def used_by(group: Group | None) -> int | None:
    """Bytes that count towards the group's limit and cannot be given back at once."""
    if group is None:
        return None
    for name, inactive in (
        ("memory.current", "inactive_file"),
        ("memory.usage_in_bytes", "total_inactive_file"),
    ):
        with suppress(OSError, ValueError):
            used = int((group.folder / name).read_text())
            stat = (group.folder / "memory.stat").read_text().splitlines()
            cached = next((line.split()[1] for line in stat if line.split()[0] == inactive), "0")
            return max(used - int(cached), 0)
    return None


def cores_of(group: Group | None) -> float:
    """How many cores the processes of a group may use."""
    try:
        cores = float(len(os.sched_getaffinity(0)))
    except AttributeError:  # not Linux
        cores = float(os.cpu_count() or 1)
    return min([cores, *_quotas(group)])


def _quotas(group: Group | None) -> Iterable[float]:
    if group is None:
        return
    # Version 1 keeps the controllers apart, each below a folder of its own.
    top = group.top.parent / "cpu" if group.top.name == "memory" else group.top
    folder = top / group.folder.relative_to(group.top)
    for place in (folder, *folder.parents):
        with suppress(OSError, ValueError):
            quota, period = _quota(place)
            if quota > 0:
                yield quota / period
        if place == top:
            return


def _quota(place: Path) -> tuple[int, int]:
    """Microseconds of work in a period of so many; less than 1 of work where all is allowed."""
    if (place / "cpu.max").exists():
        quota, period = (place / "cpu.max").read_text().split()
        return (0 if quota == "max" else int(quota)), int(period)
    return (
        int((place / "cpu.cfs_quota_us").read_text()),
        int((place / "cpu.cfs_period_us").read_text()),
    )


def _cost(process: psutil.Process, *, shared: bool = True) -> tuple[float, int]:
    """Seconds of work and bytes in memory, those that it shares with others if wished."""
    with process.oneshot():
        times, memory = process.cpu_times(), process.memory_info()
    common = 0 if shared else getattr(memory, "shared", 0)
    return times.user + times.system, max(memory.rss - common, 0)
