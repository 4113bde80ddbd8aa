"""Tells which keystrokes a Yjs update brings, without a document: servers may merge them."""

from __future__ import annotations

from collections.abc import Iterator

from bench.lib0 import read_varuint

GC, DELETED, STRING, SKIP = 0, 1, 4, 10
"""Kinds of structs: the low five bits of the info byte."""

ORIGIN, RIGHT_ORIGIN, KEY = 0x80, 0x40, 0x20


def marks(update: bytes) -> Iterator[tuple[int, int]]:
    """For each Yjs client in the update: its id, and the clock behind its last struct.

    Only what typing makes is understood (ASCII strings, deleted ranges, gaps). At anything else
    the reading ends: those updates are the server's own and bring no keystrokes.
    """
    sections, at = read_varuint(update, 0)
    for _ in range(sections):
        structs, at = read_varuint(update, at)
        client, at = read_varuint(update, at)
        clock, at = read_varuint(update, at)
        for _ in range(structs):
            length, at = _struct(update, at)
            if not length:
                return
            clock += length
        yield client, clock


def _struct(update: bytes, at: int) -> tuple[int, int]:
    """How many clock ticks a struct spans (0: not understood) and the offset behind it."""
    info = update[at]
    at += 1
    kind = info & 0x1F
    if kind in (GC, SKIP):
        return read_varuint(update, at)
    if info & ORIGIN:
        at = _id(update, at)
    if info & RIGHT_ORIGIN:
        at = _id(update, at)
    if not info & (ORIGIN | RIGHT_ORIGIN):
        named, at = read_varuint(update, at)
        at = _string(update, at) if named else _id(update, at)
        if info & KEY:
            at = _string(update, at)
    if kind == DELETED:
        return read_varuint(update, at)
    if kind != STRING:
        return 0, at
    length, at = read_varuint(update, at)
    return length, at + length


def _id(update: bytes, at: int) -> int:
    _, at = read_varuint(update, at)
    _, at = read_varuint(update, at)
    return at


def _string(update: bytes, at: int) -> int:
    length, at = read_varuint(update, at)
    return at + length
