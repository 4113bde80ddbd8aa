"""What is written down of kernels that may outlive their server, so that the next one finds them.

One file for each kernel, in a folder of the store. It holds the key of the kernel's connection, so
only its owner may read it. Its time of change is when the server last saw the kernel.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from anode_jlab.eventlog.machine import Process, is_alive, process_of, this_process

FOLDER = "kernels"

logger = logging.getLogger(__name__)


class KernelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A kernel, the server that has it (``owner``) and how to reach it (``connection``, as in
    Jupyter's connection files).

    ``notebook`` is empty until the server runs cells of a notebook with it; from then on ``path``
    and ``session`` tell where the notebook is below ``root`` and the server's own session.
    """

    kernel_id: str
    kernel_name: str
    owner: Process
    process: Process
    connection: dict[str, Any]
    root: str
    notebook: str = ""
    path: str = ""
    session: str = ""

    @property
    def is_alive(self) -> bool:
        """Whether the kernel's process still lives."""
        return is_alive(self.process)

    @property
    def is_orphan(self) -> bool:
        """Whether the server that had it is gone from this machine."""
        return self.owner.same_machine(this_process()) and not is_alive(self.owner)

    def end(self) -> None:
        """End the kernel's process and those that it began."""
        if self.is_alive:
            with suppress(OSError):
                os.killpg(os.getpgid(self.process.pid), signal.SIGKILL)


class Records:
    """The folder."""

    def __init__(self, store_dir: Path, root: str) -> None:
        self.folder = store_dir / FOLDER
        self.root = root

    def put(self, record: KernelRecord) -> None:
        """Write a record, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self._place(record.kernel_id)
        fresh = place.with_suffix(".new")
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(record))
        fresh.replace(place)

    def get(self, kernel_id: str) -> KernelRecord | None:
        """The record of a kernel."""
        return _read(self._place(kernel_id))

    def touch(self, kernel_id: str) -> None:
        """The kernel was seen."""
        with suppress(OSError):
            os.utime(self._place(kernel_id))

    def drop(self, kernel_id: str) -> None:
        """The kernel ended."""
        for place in (self._place(kernel_id), self.words_of(kernel_id)):
            place.unlink(missing_ok=True)

    def hand_on(self, kernel_id: str, to: str) -> None:
        """The process is another kernel's from now on, which has no record yet."""
        with suppress(OSError):
            self.words_of(kernel_id).rename(self.words_of(to))
        self.drop(kernel_id)

    def words_of(self, kernel_id: str) -> Path:
        """Where the kernel's standard error goes."""
        return self.folder / f"{kernel_id}.stderr"

    def orphans(self) -> Iterator[tuple[KernelRecord, float]]:
        """Take over, once whoever else looks, what dead servers of this root have left; with the
        time (seconds since the epoch) at which each was last seen."""
        for place in sorted(self.folder.glob("*.json")):
            record = _read(place)
            if record is None or record.root != self.root or not record.is_orphan:
                continue
            taken = place.with_suffix(f".{os.getpid()}")
            try:
                seen = place.stat().st_mtime
                place.rename(taken)
            except FileNotFoundError:
                continue  # another server was faster
            record = msgspec.structs.replace(record, owner=this_process())
            self.put(record)
            taken.unlink()
            yield record, seen

    def _place(self, kernel_id: str) -> Path:
        return self.folder / f"{kernel_id}.json"


def new_record(kernel_id: str, kernel_name: str, pid: int, root: str, info: Any) -> KernelRecord:
    """The record of a kernel that this process has started."""
    connection = {
        key: value.decode() if isinstance(value, bytes) else value for key, value in info.items()
    }
    return KernelRecord(
        kernel_id=kernel_id,
        kernel_name=kernel_name,
        owner=this_process(),
        process=process_of(pid),
        connection=connection,
        root=root,
    )


def _read(place: Path) -> KernelRecord | None:
    try:
        return msgspec.json.decode(place.read_bytes(), type=KernelRecord)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        logger.warning("The record of a kernel, %s, was not read: %s", place, error)
        return None
