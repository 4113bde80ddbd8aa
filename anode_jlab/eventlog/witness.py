"""A small file beside the log that remembers its head: a log that ends earlier has lost something.

A cut or removed write-ahead log, or an old copy put in the place of the log, is a whole database
to SQLite. The witness is written after each commit and not synced: after a power cut it may be
behind the log, never ahead of it (with ``durability = full``).
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.sealing import CHAIN_BYTES, checksum

WITNESS_NAME = "head"

_BODY = struct.Struct(f"<8sQ{CHAIN_BYTES}s")
_SUM = struct.Struct("<I")
_MAGIC = b"anodhead"


class Head(NamedTuple):
    """Seq and chain hash of a log's last event."""

    seq: int
    chain: bytes


class Witness:
    """Writes one log's witness. Never raises: what it cannot write it forgets."""

    def __init__(self, log: Path) -> None:
        self._path = log.with_name(WITNESS_NAME)
        self._file: int | None = None

    def tell(self, head: Head) -> None:
        """The log durably ends with this event now."""
        body = _BODY.pack(_MAGIC, *head)
        with suppress(OSError):
            if self._file is None:
                self._file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, body + _SUM.pack(checksum(body)), 0)

    def forget(self) -> None:
        """Remove what was remembered: another log begins."""
        self.close()
        with suppress(OSError):
            self._path.unlink()

    def close(self) -> None:
        """Let go of the file."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def remembered(log: Path) -> Head | None:
    """What the witness of a log says; None when there is none, or it is not readable itself."""
    try:
        content = log.with_name(WITNESS_NAME).read_bytes()
    except OSError:
        return None
    body, found = content[: _BODY.size], content[_BODY.size :]
    if len(found) != _SUM.size or _SUM.unpack(found) != (checksum(body),):
        return None
    magic, seq, chain = _BODY.unpack(body)
    return Head(seq, chain) if magic == _MAGIC else None


def confirm(witness: Head | None, head: int, chain: bytes | None) -> None:
    """Raise StoreDamaged when a log with this head is not the one that the witness saw.

    ``chain`` is the hash of the log's event at the witness's seq.
    """
    if witness is None:
        return
    if head < witness.seq:
        lost = witness.seq - head
        raise StoreDamaged(f"The event log lost committed changes: its last {lost} events.")
    if chain != witness.chain:
        raise StoreDamaged(f"Event {witness.seq} is not the one that was committed.")
