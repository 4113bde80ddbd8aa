"""What Linux tells of a kernel's memory; None where it tells nothing (other systems, gateways).

Sources: proc(5) for ``statm`` and ``limits``; the Linux documentation of cgroups, version 2 for
``memory.events`` and ``memory.max``, version 1 for ``memory.oom_control``.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MEBIBYTE = 1 << 20

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")

UNLIMITED = 1 << 60
"""Version 1 of cgroups tells a number near the largest where there is no limit."""

_ADDRESS_SPACE = re.compile(r"^Max address space\s+(\d+)", re.MULTILINE)


class Group(NamedTuple):
    """A group of processes that share a limit: its folder, and the top of its hierarchy."""

    folder: Path
    top: Path


class Memory(NamedTuple):
    """A process at one moment, in bytes: what it holds, its address space and what that may be
    (``ulimit -v``); and the group whose limit counts for it."""

    resident: int
    virtual: int
    allowed: int | None
    group: Group | None


def memory_of(pid: int | None, *, proc: Path = PROC, groups: Path = GROUPS) -> Memory | None:
    """The memory of a living process; None for one that has ended and is still listed: it holds
    nothing, and belongs to no group."""
    if pid is None:
        return None
    group = _group_of(pid, proc, groups)
    try:
        virtual, resident = (proc / f"{pid}/statm").read_text().split()[:2]
        limits = (proc / f"{pid}/limits").read_text()
    except (OSError, ValueError):
        return None
    if int(virtual) == 0:  # read behind the group, which was its own then
        return None
    page, allowed = os.sysconf("SC_PAGE_SIZE"), _ADDRESS_SPACE.search(limits)
    return Memory(
        resident=int(resident) * page,
        virtual=int(virtual) * page,
        allowed=None if allowed is None else int(allowed[1]),
        group=group,
    )


def killed_in(group: Group | None) -> int | None:
    """How often the system killed a process of a group because memory ran out."""
    if group is None:
        return None
    for name in ("memory.events", "memory.oom_control"):
        with suppress(OSError, ValueError, StopIteration):
            lines = (group.folder / name).read_text().splitlines()
            return int(next(line.split()[1] for line in lines if line.startswith("oom_kill ")))
    return None


def limit_of(group: Group | None) -> int | None:
    """Most bytes that a group may use: its own limit, or a smaller one above it."""
    if group is None:
        return None
    found = []
    for folder in (group.folder, *group.folder.parents):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                found.append(int((folder / name).read_text()))
        if folder == group.top:
            break
    return min((limit for limit in found if limit < UNLIMITED), default=None)


def shown(size: int) -> str:
    """Bytes for people."""
    return f"{size / MEBIBYTE:,.0f} MiB"


def _group_of(pid: int, proc: Path, groups: Path) -> Group | None:
    """Version 1's group of the controller ``memory`` where there is one, else that of version 2."""
    try:
        lines = (proc / f"{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    by_controller = {line.split(":", 2)[1]: line.split(":", 2)[2] for line in lines if line}
    for controller, top in (("memory", groups / "memory"), ("", groups)):
        path = by_controller.get(controller)
        if path is not None and (top / path.strip("/")).is_dir():
            return Group(top / path.strip("/"), top)
    return None
