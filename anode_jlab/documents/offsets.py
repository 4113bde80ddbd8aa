"""Positions in text: pycrdt counts UTF-8 bytes, JupyterLab UTF-16 units, Python code points."""

from __future__ import annotations


def utf8_length(text: str) -> int:
    """Bytes that ``text`` takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def utf16_length(text: str) -> int:
    """UTF-16 units of ``text``: what JavaScript calls its length, and Yjs counts in its clocks."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def utf8_offset(text: str, point: int) -> int:
    """The byte position of code point number ``point``."""
    return utf8_length(text[:point])


def utf16_offset(text: str, point: int) -> int:
    """The UTF-16 position of code point number ``point``."""
    return utf16_length(text[:point])


def point_of_utf8(text: str, offset: int) -> int:
    """The code point at a byte position; inside of one, its beginning."""
    if text.isascii():
        return min(offset, len(text))
    return len(text.encode()[:offset].decode(errors="ignore"))


def point_of_utf16(text: str, offset: int) -> int:
    """The code point at a UTF-16 position; inside a surrogate pair, its beginning."""
    if text.isascii():
        return min(offset, len(text))
    return len(text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", errors="ignore"))
