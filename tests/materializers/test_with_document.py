"""The state's cells are the document's cells, whatever clients do to the list at the same time."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pycrdt import Array, Doc, Map, Text

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.event import Envelope
from anode_jlab.ids import RandomIds, Seq
from anode_jlab.materializers.state import StateBuilder

ANN = Actor(kind=ActorKind.HUMAN, id="ann", name="Ann")


class Client:
    """A peer that edits the list of cells as JupyterLab does: a move is delete + insert."""

    def __init__(self, rng: random.Random, number: int) -> None:
        self.doc: Doc[Any] = Doc(client_id=number)
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self._rng = rng
        self._made = 0

    def cell(self, cell_id: str, kind: str) -> Map[Any]:
        return Map({"id": cell_id, "cell_type": kind, "source": Text("x"), "metadata": Map({})})

    def edit(self) -> None:
        """One transaction of up to four steps."""
        rng = self._rng
        with self.doc.transaction():
            for _ in range(rng.randint(1, 4)):
                size, choice = len(self.cells), rng.random()
                if not size or choice < 0.45:
                    self._made += 1
                    new_id = f"c{self.doc.client_id}-{self._made}"
                    self.cells.insert(rng.randint(0, size), self.cell(new_id, "code"))
                elif choice < 0.85:
                    place = rng.randrange(size)
                    kept_id = str(self.cells[place]["id"])
                    kind = rng.choice(("code", "markdown", "raw"))
                    del self.cells[place]
                    self.cells.insert(rng.randint(0, size - 1), self.cell(kept_id, kind))
                else:
                    del self.cells[rng.randrange(size)]


@pytest.mark.parametrize(
    ("seed", "mending"),
    [*((seed, False) for seed in range(20)), *((seed, True) for seed in range(4))],
)
def test_same_cells_as_the_document(seed: int, mending: bool) -> None:
    rng = random.Random(seed)
    document = NotebookDocument(ids=RandomIds(), mending=mending)
    clients = [Client(rng, number) for number in (1, 2, 3)]
    builder = StateBuilder()

    def arrive(update: bytes) -> None:
        for change in document.apply(update, origin="peer", author=ANN):
            for fact in change.facts:
                seq = Seq(builder.seq + 1)
                builder.apply(Envelope(seq=seq, time=0.0, actor=ANN, event=fact))

    for _ in range(10 if mending else 25):
        # Some edit without having heard of one another, then all meet at the server.
        for client in rng.sample(clients, rng.randint(1, 3)):
            client.edit()
            arrive(client.doc.get_update(document.state_vector()))
            state = builder.state()
            assert [cell.id for cell in state.cells] == document.cell_ids
            kinds = {str(cell["id"]): str(cell["cell_type"]) for cell in document.cells}
            assert {str(cell.id): cell.type for cell in state.cells} == kinds
        for client in clients:
            client.doc.apply_update(document.diff(client.doc.get_state()))
    document.close()
