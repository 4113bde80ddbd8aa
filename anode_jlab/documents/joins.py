"""What it costs native code to join the small pieces of an update into large ones.

Text of one person that lies side by side becomes one block when it is applied. The native library
(yrs) joins from the end, piece by piece, and each join copies all that was joined so far: 20,000
numbers in 120 kB of an array took 9 GB and 17 s. Yjs and yrs join their own pieces before they
send, so that real updates have only a few that can be joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anode_jlab.documents.update_reader import ANY, STRING, Block

FEW_BLOCKS: Final = 64
"""So many are not worth a look."""

_UNIT_BYTES: Final = {STRING: 1, ANY: 48}
"""Memory of one unit of the contents that are joined by copying."""


def joining_bytes(blocks: Sequence[Block]) -> int:
    """How many bytes are copied, at most, when the update is applied."""
    if len(blocks) <= FEW_BLOCKS:
        return 0
    total = run = 0
    before = blocks[0]
    for block in blocks:
        unit = _UNIT_BYTES.get(block.ref)
        if unit is None:
            run = 0
        elif block.ref == before.ref and block.origin == (before.client, block.clock - 1):
            run += unit * block.length
            total += run
        else:
            run = unit * block.length
        before = block
    return total
