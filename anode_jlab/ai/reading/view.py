"""A notebook as the assistant may see it, at one moment: made once, everything else reads this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from anode_jlab.ai.reading.outputs import joined
from anode_jlab.ai.reading.redaction import redacted
from anode_jlab.ai.reading.veil import Veil
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.sane import mapping
from anode_jlab.errors import CellNotFound
from anode_jlab.ids import CellId, Seq
from anode_jlab.rooms.room import Room

METADATA = "anode_jlab"
"""Key of a cell's metadata that holds what we know of it."""

AI_CONTEXT = "ai_context"
"""Key below it. Anything but ``true`` hides the cell: who wrote something there meant it."""


class VisibleCell:
    """A cell that may be seen. ``index`` counts visible cells only."""

    def __init__(self, index: int, plain: Mapping[str, Any]) -> None:
        self.index = index
        self.id = CellId(str(plain.get("id", "")))
        self.source: str = plain["source"]
        self.stored_outputs: Sequence[Mapping[str, Any]] = plain.get("outputs", ())
        """As the document has them: large ones as references."""
        self.execution_count: int | None = plain.get("execution_count")
        self.is_ai = mapping(plain["metadata"].get(METADATA)).get("type") == "ai"
        self.type: str = plain["cell_type"]

    @cached_property
    def outputs(self) -> Sequence[Mapping[str, Any]]:
        """As many as in a file, long streams shortened."""
        return joined(self.stored_outputs)

    @property
    def kind(self) -> str:
        """What sort of cell it is, AI cells told apart from code."""
        return "ai" if self.is_ai else self.type


class View:
    """The visible cells as of ``seq``, and the means to keep the others out of any text."""

    def __init__(self, nb: Mapping[str, Any], *, seq: Seq = Seq(0), path: str = "") -> None:
        """``nb`` is plain notebook JSON with the ids of its cells."""
        self.seq = seq
        self.path = path
        self._hidden_cells = [cell for cell in nb["cells"] if is_hidden(cell)]
        visible = [cell for cell in nb["cells"] if not is_hidden(cell)]
        self.cells = tuple(VisibleCell(index, cell) for index, cell in enumerate(visible))
        self._by_id = {cell.id: cell for cell in self.cells}
        metadata = mapping(nb.get("metadata"))
        spec, info = mapping(metadata.get("kernelspec")), mapping(metadata.get("language_info"))
        self.language = str(info.get("name") or spec.get("language") or "python").lower()

    @property
    def hidden(self) -> tuple[CellId, ...]:
        """The cells that are not shown; for people, never for a model."""
        return tuple(CellId(str(cell.get("id", ""))) for cell in self._hidden_cells)

    @cached_property
    def veil(self) -> Veil:
        """Covers what hidden cells say."""
        return Veil(self._hidden_cells, [cell.source for cell in self.cells])

    def covered(self, text: str) -> str:
        """What an output or a file says, as it may be told: without keys, and without what hidden
        cells say."""
        return redacted(self.veil.covered(text))

    def find(self, cell_id: str) -> VisibleCell | None:
        """The cell, if it may be seen."""
        return self._by_id.get(CellId(cell_id))

    def cell(self, cell_id: str) -> VisibleCell:
        """As ``find``. Raises CellNotFound, which does not tell whether it is hidden."""
        found = self.find(cell_id)
        if found is None:
            raise unseen(cell_id)
        return found


def unseen(cell_id: str) -> CellNotFound:
    """What is said of a cell that is hidden, or is none."""
    hint = "Call outline for the cells that there are."
    return CellNotFound(f"There is no cell {cell_id}.", hint=hint)


def is_hidden(cell: Mapping[str, Any]) -> bool:
    """Whether the assistant may not see a plain cell."""
    own = mapping(mapping(cell.get("metadata")).get(METADATA))
    return own.get(AI_CONTEXT, True) is not True


async def view_of(room: Room) -> View:
    """What may be seen now; all of it is durable."""

    def read(document: NotebookDocument) -> dict[str, Any]:
        return document.to_notebook(with_ids=True)

    nb, state = await room.shown_at(read)
    return View(nb, seq=state.seq, path=room.path)
