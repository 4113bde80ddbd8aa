"""The two primitives of lib0's encoding that frames are made of: varuints and counted bytes.

Source: https://github.com/dmonad/lib0 ``encoding.js``: seven bits per byte, least significant
first, the high bit says that more follow; bytes and UTF-8 strings follow their length.
"""

from __future__ import annotations

from anode_jlab.errors import BadFrame

LARGEST_INTEGER = 2**53 - 1
"""JavaScript's ``Number.MAX_SAFE_INTEGER``: nothing larger can be meant."""

_LONGEST_BITS = 63


def read_varuint(data: bytes, position: int) -> tuple[int, int]:
    """The number at ``position`` and the position after it. Raises BadFrame when cut or too big."""
    try:
        byte = data[position]
        if byte < 0x80:
            return byte, position + 1
        value, shift = byte & 0x7F, 7
        while byte >= 0x80 and shift < _LONGEST_BITS:
            position += 1
            byte = data[position]
            value |= (byte & 0x7F) << shift
            shift += 7
    except IndexError:
        raise BadFrame("The frame ends inside a number.") from None
    if byte >= 0x80 or value > LARGEST_INTEGER:
        raise BadFrame("A number in the frame is too large.")
    return value, position + 1


def write_varuint(value: int) -> bytes:
    """A non-negative integer as varuint."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_bytes(data: bytes, position: int) -> tuple[bytes, int]:
    """The counted bytes at ``position`` and the position after them. Raises BadFrame when cut."""
    length, start = read_varuint(data, position)
    end = start + length
    if end > len(data):
        raise BadFrame("The frame is shorter than it says.")
    return data[start:end], end


def write_bytes(data: bytes) -> bytes:
    """Bytes after their count."""
    return write_varuint(len(data)) + data
