"""A kernel's memory and limits as Linux tells of them, in both versions of its groups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from signal import SIGABRT, SIGKILL
from typing import Any

import pytest

from anode_jlab.events.runtime import Termination
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.kernel import KernelRef, Pulse
from anode_jlab.runtimes.memory import MEBIBYTE, Memory, killed_in, limit_of, memory_of
from anode_jlab.runtimes.session import Session

PAGES = MEBIBYTE // os.sysconf("SC_PAGE_SIZE")


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def process(place: Path, group: str, allowed: str = "unlimited") -> None:
    write(place / "proc/7/statm", f"{400 * PAGES} {300 * PAGES} 1 1 0 1 0")
    write(
        place / "proc/7/limits", f"Max open files   20000   20000\nMax address space  {allowed}   x"
    )
    write(place / "proc/7/cgroup", group)


def look(place: Path) -> Memory:
    found = memory_of(7, proc=place / "proc", groups=place / "groups")
    assert found is not None
    return found


def session(memory: Memory | None) -> Session:
    link: Any = None
    made = Session(SessionId("s"), KernelRef("k", "python3"), link)
    made.saw(Pulse(known=True, alive=True, memory=memory), 0.0)
    return made


@pytest.mark.parametrize("version", [1, 2])
def test_a_kernel_that_the_system_killed(tmp_path: Path, version: int) -> None:
    if version == 1:
        process(tmp_path, "4:memory:/user/kernel\n0::/\n")
        group, kills, limit = "memory/user/kernel", "memory.oom_control", "memory.limit_in_bytes"
        write(tmp_path / "groups/memory" / limit, "9223372036854771712")
    else:
        process(tmp_path, "0::/user/kernel\n")
        group, kills, limit = "user/kernel", "memory.events", "memory.max"
        write(tmp_path / "groups/user" / limit, "max")
    folder = tmp_path / "groups" / group
    write(folder / kills, "low 0\noom_kill 2\n")
    assert limit_of(look(tmp_path).group) is None
    write(folder.parent / limit, str(310 * MEBIBYTE))
    memory = look(tmp_path)
    assert (memory.resident, memory.virtual) == (300 * MEBIBYTE, 400 * MEBIBYTE)
    assert (killed_in(memory.group), limit_of(memory.group)) == (2, 310 * MEBIBYTE)
    kernel = session(memory)
    assert kernel.death(-SIGKILL)[0] is Termination.ERROR, "somebody else killed it"
    write(folder / kills, "low 0\noom_kill 3\n")
    reason, detail = kernel.death(-SIGKILL)
    assert reason is Termination.OOM
    assert detail == "signal 9, SIGKILL; it used 300 MiB of memory, all may use 310 MiB"


def test_a_kernel_that_ran_out_of_its_address_space(tmp_path: Path) -> None:
    process(tmp_path, "", allowed=str(410 * MEBIBYTE))
    kernel = session(look(tmp_path))
    reason, detail = kernel.death(-SIGABRT)
    assert reason is Termination.OOM
    assert detail.endswith("it used 300 MiB of memory, and 400 MiB of the 410 MiB it may address")
    assert kernel.death(0)[0] is Termination.ERROR, "it ended in an orderly way"
    process(tmp_path, "", allowed=str(4000 * MEBIBYTE))
    assert session(look(tmp_path)).death(-SIGABRT)[0] is Termination.ERROR


def test_where_nothing_is_told(tmp_path: Path) -> None:
    assert memory_of(7, proc=tmp_path) is None
    assert memory_of(None) is None
    assert (killed_in(None), limit_of(None)) == (None, None)
    assert session(None).death(1) == (Termination.ERROR, "exit code 1")
    own = memory_of(os.getpid())
    assert own is None or own.virtual > own.resident > 0


def test_a_process_that_has_just_ended_is_not_measured() -> None:
    """It holds nothing, and its group is told as another one: that would hide the reason."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert Path(f"/proc/{ended.pid}/statm").exists()
        assert memory_of(ended.pid) is None
    assert memory_of(os.getpid()) is not None
