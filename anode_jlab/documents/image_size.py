"""How many pixels an image has, from its first bytes: pages keep the room for it while it loads."""

from __future__ import annotations

from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
GIF = (b"GIF87a", b"GIF89a")
JPEG = b"\xff\xd8"

_FRAME_MARKERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG segments that tell the size (ITU T.81, table B.1)."""

_LONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a segment."""


class Pixels(NamedTuple):
    """Of one image."""

    width: int
    height: int


def image_size(data: bytes) -> Pixels | None:
    """The size of a PNG, GIF or JPEG; None for what is none or tells no size."""
    size = None
    if data.startswith(PNG) and data[12:16] == b"IHDR":
        size = Pixels(_number(data[16:20]), _number(data[20:24]))
    elif data.startswith(GIF):
        size = Pixels(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    elif data.startswith(JPEG):
        size = _jpeg_size(data)
    return size if size is not None and min(size) > 0 else None


def _jpeg_size(data: bytes) -> Pixels | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _LONE_MARKERS:
            place += 2
        elif marker in _FRAME_MARKERS:
            height, width = (
                _number(data[place + 5 : place + 7]),
                _number(data[place + 7 : place + 9]),
            )
            return Pixels(width, height)
        else:
            place += 2 + _number(data[place + 2 : place + 4])
    return None


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
