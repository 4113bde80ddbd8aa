"""Cells that came back under their id, as an update shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from anode_jlab.documents.clone_link import Link
from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.lib0 import Lib0Reader
from anode_jlab.documents.update_reader import ANY, Id
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.ids import CellId

_ANY_STRING: Final = 119

NOTHING_KNOWN: Final[Mapping[int, int]] = {}


class Clone(msgspec.Struct, eq=False):
    """A cell that a transaction deleted and inserted again under its id, or brought back after
    it had been deleted.

    ``number`` is that of the update. ``deleted`` is what its maker deleted: exactly what he saw of
    the old cell; ``killed`` is what went with it here, text that he had not seen yet too.
    ``starts`` and ``ends`` are the extent of what it brought. ``source`` is the text that was
    cloned, where it is known without looking back. ``knew`` are the clocks of all that was
    there, for a clone by the server: a moment that was restored, or a file, is wanted as it is.
    ``link`` and ``new`` (the item of the cell it brought) follow later, when they are needed, and
    ``dead_end``: from a cell that had been deleted when the clone came of one before it.
    """

    cell_id: CellId
    number: int
    deleted: IdSet
    killed: IdSet
    starts: Mapping[int, int]
    ends: Mapping[int, int]
    source: str | None
    knew: Mapping[int, int] | None = None
    link: Link | None = None
    dead_end: Link | None = None
    new: Id | None = None

    def brought(self, unit: Id) -> bool:
        client, clock = unit
        return self.starts.get(client, 0) <= clock < self.ends.get(client, 0)


def inserted_cell_ids(
    update: bytes, shape: UpdateShape, known: Mapping[int, int] = NOTHING_KNOWN
) -> tuple[CellId, ...]:
    """The texts that an update writes under the key ``id``: ids of new cells, and perhaps more.

    ``known`` are the clocks of a document that has some of it already: that is nothing new.
    """
    found: dict[CellId, None] = {}
    for block in shape.blocks:
        if block.clock < known.get(block.client, 0):
            continue
        if block.parent_sub == "id" and block.ref == ANY and update[block.start] == _ANY_STRING:
            reader = Lib0Reader(update, at=block.start + 1)
            found[CellId(reader.string())] = None
    return tuple(found)
