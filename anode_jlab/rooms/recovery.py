"""A notebook whose log lost its end: what others still hold comes back, and is told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from anode_jlab.documents.change import Change
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import AnodeError
from anode_jlab.events.actor import SERVER
from anode_jlab.ids import Seq
from anode_jlab.rooms.guard import Guard, Vector
from anode_jlab.rooms.ledger import Ledger

RECOVERED = "recovered_from"
"""Origin of transactions with content that the log had lost: whoever offers it need not be the one
who wrote it. The ``cause`` of their records is the seq of ``LogRecovered``.
"""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Whether a room's document may lack what its log had lost.

    ``at`` is the seq of the ``LogRecovered`` that lost something, if any. It is over when document
    and file agree again: the file was written, or what it holds was taken.
    """

    at: Seq
    ledger: Ledger

    @property
    def under_way(self) -> bool:
        """Clients may still hold more than the log."""
        return self.ledger.exported_seq < self.at


def take_back(document: SharedDocument, offered: Iterable[bytes]) -> list[Change]:
    """Apply what fits without a gap; the changes that it made.

    It is content of the document's own history, so what is there already is not doubled.
    """
    return list(_taken(document, Guard(), offered))


def _taken(document: SharedDocument, guard: Guard, offered: Iterable[bytes]) -> Iterator[Change]:
    for update in offered:
        vector = Vector.decode(document.state_vector())
        try:
            shape = guard.check(update, step2=True)
        except AnodeError:  # larger or deeper than what may come from outside
            continue
        if not guard.gap(shape, vector):
            guard.accept(shape)
            yield from document.apply(update, origin=RECOVERED, author=SERVER, shape=shape)
