"""A program of its own, with nothing but the standard library: ends the kernels of a dead server.

Arguments: the folder of the records, minutes to wait, the server's process id and its start in
clock ticks. Kernels with no run of a notebook end at once, as they do with a stock server, the
others when nobody took them up within the time. Records: see ``records.py``.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.5

RARE_LOOK_SECONDS = 5.0
"""How often the records are looked at while the server lives: they may be removed with it."""

Found = tuple[Path, dict[str, Any]]


def start_of(pid: int) -> int | None:
    """Start of a living process in clock ticks; None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in ("Z", "X") else int(fields[19])


def owned(folder: Path, pid: int, started: int) -> list[Found]:
    """The records that still name the server."""
    found = []
    for place in folder.glob("*.json"):
        try:
            record = json.loads(place.read_bytes())
        except (OSError, ValueError):
            continue
        owner = record.get("owner", {})
        if (owner.get("pid"), owner.get("started")) == (pid, started):
            found.append((place, record))
    return found


def end(place: Path, process: dict[str, int]) -> None:
    """End a kernel, unless its process id is another process's by now."""
    if start_of(process["pid"]) == process["started"]:
        with suppress(OSError):
            os.killpg(os.getpgid(process["pid"]), signal.SIGKILL)
    for file in (place, place.with_suffix(".stderr")):
        file.unlink(missing_ok=True)


def wait_for_end_of_input(look: Callable[[], None]) -> None:
    """Return when the server's end of the pipe is closed, however that came."""
    while True:
        look()
        ready, _, _ = select.select([0], [], [], RARE_LOOK_SECONDS)
        if ready and not os.read(0, 1024):
            return


def main(folder: Path, minutes: float, pid: int, started: int) -> None:
    """Wait for the end of the server, then for somebody who takes its kernels."""
    known: list[Found] = []

    def look() -> None:
        known[:] = owned(folder, pid, started)

    wait_for_end_of_input(look)
    deadline = None
    while folder.exists():
        look()
        if not known:
            return
        if start_of(pid) != started:
            deadline = deadline or time.monotonic() + minutes * 60
            for place, record in known:
                if not record.get("notebook") or time.monotonic() >= deadline:
                    end(place, record["process"])
        time.sleep(LOOK_SECONDS)
    for place, record in known:  # with the store gone, nobody will ever find them
        end(place, record["process"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
