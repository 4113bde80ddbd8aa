"""The gate before the document: foreign bytes are judged here before native code sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from anode_jlab.documents.keystroke import read_keystroke
from anode_jlab.documents.lib0 import write_uint
from anode_jlab.documents.nesting import Levels
from anode_jlab.documents.update_reader import Id, UpdateReader
from anode_jlab.documents.update_shape import (
    OWN_LIMITS,
    STEP2_LIMITS,
    ShapeLimits,
    UpdateShape,
    read_shape,
)
from anode_jlab.errors import BadFrame

EMPTY_VECTOR: Final = b"\x00"


class Vector(dict[int, int]):
    """A Yjs state vector: per client the clock after the last one that is known without gaps."""

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a state vector (step1). Raises BadFrame when the bytes are not exactly one."""
        reader = UpdateReader(data)
        vector = cls()
        try:
            for _ in range(reader.count(2)):
                client = reader.uint()
                vector[client] = reader.clock()
        except IndexError:
            raise BadFrame("The state vector is cut off.") from None
        if reader.pos != len(data):
            raise BadFrame("Bytes follow the state vector.")
        return vector

    def encode(self) -> bytes:
        out = bytearray()
        write_uint(out, len(self))
        for client in sorted(self, reverse=True):
            write_uint(out, client)
            write_uint(out, self[client])
        return bytes(out)

    def exceeds(self, other: Self) -> bool:
        """Whether more is known here than there."""
        return any(clock > other.get(client, 0) for client, clock in self.items())

    def covers(self, shape: UpdateShape) -> bool:
        """Whether all that an update brings is known."""
        return all(self.get(client, 0) >= end for client, end in shape.ends.items())

    def advance(self, shape: UpdateShape) -> None:
        """Count in an update that was applied and had no gap."""
        for client, end in shape.ends.items():
            if end > self.get(client, 0):
                self[client] = end


class Guard:
    """Judges the updates of one room's peers.

    It remembers where the document nests unusually deep, so that a depth limit holds over many
    updates, and which characters are surrogate pairs; ``learn`` tells it of a document that was
    loaded.
    """

    def __init__(
        self,
        limits: ShapeLimits | None = None,
        step2_limits: ShapeLimits = STEP2_LIMITS,
    ) -> None:
        self.limits = limits or ShapeLimits()
        self.step2_limits = step2_limits
        self._levels = Levels()
        self._halves: set[Id] = set()

    def check(self, update: bytes, *, step2: bool = False) -> UpdateShape:
        """The shape of a foreign update. Raises BadFrame and TooLarge, nothing else.

        Pure: may run in a thread. ``step2`` allows as much as a whole document has.
        """
        limits = self.step2_limits if step2 else self.limits
        if not self._levels.is_deep and len(update) <= limits.size:
            shape = read_keystroke(update, self._halves)
            if shape is not None:
                return shape
        return read_shape(update, limits, levels=self._levels, halves=self._halves)

    def accept(self, shape: UpdateShape) -> None:
        """Remember an update that is about to be applied."""
        if shape.levels:
            self._levels.merge(shape.levels)
        if shape.halves:
            self._halves |= shape.halves

    def learn(self, document: bytes) -> None:
        """Take in a document of our own store, as one update."""
        self.accept(read_shape(document, OWN_LIMITS))

    @staticmethod
    def gap(shape: UpdateShape, vector: Mapping[int, int]) -> bool:
        """Whether the update depends on something that a document at ``vector`` lacks."""
        return any(vector.get(client, 0) < clock for client, clock in shape.needs.items())
