"""Finds a write-ahead log that lost committed frames: SQLite alone would open it without a word.

After a kill, ``log.db-wal`` holds what was committed but not yet copied into ``log.db``, and
``log.db-shm`` how many frames that were. SQLite takes the frames up to the first whose checksum is
wrong and drops the rest, which is right after a torn write but not after a flipped bit or a cut
file: then acknowledged changes would be missing. The form of both files is described at
https://www.sqlite.org/walformat.html.
"""

from __future__ import annotations

import struct
from pathlib import Path

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.attached import look

ATTEMPTS = 3
"""A living writer may change one file between our looks at the two; a real loss stays."""

_WAL_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_MAGIC_LITTLE, _MAGIC_BIG = 0x377F0682, 0x377F0683
_INDEX = struct.Struct("=IIIBBHII8s8s8s")
"""The head of the shared index, in the machine's byte order; it stands there twice."""


def check_wal(path: Path) -> None:
    """Raise StoreDamaged when the WAL of the database at ``path`` lost committed frames.

    Nothing is looked at while this process has the database open: SQLite has judged it by then.
    """
    lost = 0
    for _ in range(ATTEMPTS):
        lost = look(path, lambda: _lost_frames(path), otherwise=0)
        if not lost:
            return
    raise StoreDamaged(f"The event log lost committed changes: {lost} frames of its WAL.")


def _lost_frames(path: Path) -> int:
    promised = _promised_frames(path.with_name(path.name + "-shm"))
    if promised is None:
        return 0
    salts, frames = promised
    found = _valid_frames(path.with_name(path.name + "-wal"), salts, frames)
    return 0 if found is None else frames - found


def _promised_frames(shm: Path) -> tuple[bytes, int] | None:
    """Salts of the WAL and number of its committed frames; None when that is not known."""
    try:
        with shm.open("rb") as file:
            first, second = file.read(_INDEX.size), file.read(_INDEX.size)
    except OSError:
        return None
    if len(second) < _INDEX.size or first != second:
        return None  # cut, or caught in the middle of a change
    _, _, _, initialised, _, _, frames, _, _, salts, _ = _INDEX.unpack(first)
    return (salts, frames) if initialised and frames else None


def _valid_frames(wal: Path, salts: bytes, wanted: int) -> int | None:
    """How many of the first ``wanted`` frames are whole; None when the WAL is of another time."""
    try:
        content = wal.read_bytes()
    except FileNotFoundError:
        content = b""
    if len(content) < _WAL_HEADER_BYTES:
        return 0
    magic, _, page_size, _, _, _, *header_sum = struct.unpack_from(">8I", content)
    if magic not in (_MAGIC_LITTLE, _MAGIC_BIG):
        return 0
    if content[16:24] != salts:
        return None
    order = "<" if magic == _MAGIC_LITTLE else ">"
    running = _sum(content[:24], order, (0, 0))
    if running != tuple(header_sum):
        return 0
    step = _FRAME_HEADER_BYTES + page_size
    for frame in range(wanted):
        start = _WAL_HEADER_BYTES + frame * step
        head, page = content[start : start + 24], content[start + 24 : start + step]
        if len(page) < page_size or head[8:16] != salts:
            return frame
        running = _sum(page, order, _sum(head[:8], order, running))
        if running != struct.unpack(">2I", head[16:]):
            return frame
    return wanted


def _sum(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    """SQLite's WAL checksum: two running sums over pairs of 32-bit words."""
    first, second = start
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for low, high in zip(words, words, strict=True):
        first = (first + low + second) & 0xFFFFFFFF
        second = (second + high + first) & 0xFFFFFFFF
    return first, second
