"""What Linux tells of a kernel's memory; None where it tells nothing (other systems, gateways).

Sources: proc(5) for ``statm``, the kernel's cgroup-v2 documentation for ``memory.events``.
"""

from __future__ import annotations

import os
from pathlib import Path

MEBIBYTE = 1 << 20


def resident_bytes(pid: int | None) -> int | None:
    """Memory that a process holds."""
    if pid is None:
        return None
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def processes_killed() -> int | None:
    """How often the system killed a process of our group because memory ran out."""
    try:
        lines = (_group() / "memory.events").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def memory_limit() -> int | None:
    """Most bytes that our group may use."""
    try:
        return int((_group() / "memory.max").read_text())
    except (OSError, ValueError):
        return None


def shown(size: int) -> str:
    """Bytes for people."""
    return f"{size / MEBIBYTE:,.0f} MiB"


def _group() -> Path:
    """Our cgroup (v2)."""
    path = Path("/proc/self/cgroup").read_text().splitlines()[0].rpartition("::")[2]
    return Path("/sys/fs/cgroup") / path.lstrip("/")
