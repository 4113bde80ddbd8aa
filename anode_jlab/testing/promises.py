"""What a simulated server promised, and whether it kept it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pycrdt import Array, Doc

from anode_jlab.documents import ipynb
from anode_jlab.documents.file_text import content_digest
from anode_jlab.documents.version_cell import OURS
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Envelope
from anode_jlab.ids import NotebookId
from anode_jlab.materializers import state as states
from anode_jlab.materializers.state import NotebookState, replay
from anode_jlab.testing.marks import MARK, mark
from anode_jlab.testing.simulated_files import OtherProgram
from anode_jlab.testing.simulated_process import Disks
from anode_jlab.testing.witness import Witness

if TYPE_CHECKING:
    from anode_jlab.testing.simulated_client import SimulatedClient


class Broken(Exception):
    """A promise was broken."""


class Promises:
    """Compares what people were told with what a crash at that moment would leave behind.

    When not ``is_strict``, it is enough that a mark is in the history, and it may stand twice.
    """

    def __init__(
        self,
        disks: Disks,
        notebook: NotebookId,
        people: Sequence[SimulatedClient],
        other: OtherProgram,
        *,
        is_strict: bool = True,
    ) -> None:
        self._disks = disks
        self._notebook = notebook
        self._people = people
        self._other = other
        self._is_strict = is_strict
        self._witness = Witness(disks.store, notebook)
        self.saw = self._witness.saw
        """To be told of each frame that leaves a server."""
        self._saved: set[str] = set()

    def saved(self, marks: frozenset[str]) -> None:
        """Somebody was told that these marks are durable."""
        self._saved |= marks
        missing = sorted(marks - set(self._marks()))
        self._witness.complaints += [f"{word} was acked and is not durable" for word in missing]

    def history(self) -> list[str]:
        """The marks in all updates of the log."""
        events = [envelope.event for envelope in self._events()]
        updates = [event.update for event in events if isinstance(event, DocumentUpdated)]
        return MARK.findall(b"\n".join(updates).decode("latin-1"))

    def unrest(self) -> str | None:
        """Why not all is quiet yet."""
        for person in self._people:
            session = person.session
            if session is None or session.dead():
                return f"{person.name} is not connected"
            if not session.asked or not session.up.is_empty:
                return f"{person.name} is not in sync"
            if person.pending:
                return f"{person.name} waits for an ack of {sorted(person.pending)}"
        ours = _cells(self._witness.document())
        for person in self._people:
            if _cells(person.document.doc) != ours:
                return f"{person.name} sees something else"
        unseen = self._other.marks - set(self._marks())
        if unseen:
            return f"not taken in from the file: {sorted(unseen)}"
        return None

    def check_live(self, state: NotebookState) -> None:
        """A room's state is what its log tells."""
        told = self._events()[: state.seq]
        if states.encode(replay(told)) != states.encode(state):
            raise Broken("replaying the log gives another state than the room has")

    def check_end(self) -> None:
        """All went home and the server stopped."""
        if self._witness.complaints:
            raise Broken(self._witness.complaints[0])
        envelopes = self._events()
        if [envelope.seq for envelope in envelopes] != list(range(1, len(envelopes) + 1)):
            raise Broken("the seqs have gaps")
        self._check_marks()
        self._check_state(replay(envelopes))
        self._check_document()

    def _check_marks(self) -> None:
        marks = self._marks()
        doubled = sorted(word for word, times in marks.items() if times > 1)
        if doubled:
            raise Broken(f"doubled: {doubled}")
        lost = (self._saved | self._other.marks) - marks.keys()
        if lost:
            raise Broken(f"saved and lost: {sorted(lost)}")
        typed = {mark(p.name, n) for p in self._people for n in range(1, p.typed + 1)}
        unsaved = typed.difference(self._saved, *(person.dropped for person in self._people))
        if unsaved:
            raise Broken(f"typed and never saved: {sorted(unsaved)}")

    def _check_state(self, state: NotebookState) -> None:
        cells = self._witness.document().get("cells", type=Array)
        if [cell.id for cell in state.cells] != [str(cell["id"]) for cell in cells]:
            raise Broken("the state's cells are not those of the document")

    def _check_document(self) -> None:
        """The file, and what the next server loads, are the document that the log tells."""
        document = self._witness.document()
        nb = ipynb.to_notebook(document)
        if content_digest(nb) != content_digest(self._disks.file.nb):
            raise Broken(f"the file is not the document: {self._disks.file.nb} {nb}")
        snapshot = self._disks.store.newest_snapshot(self._notebook)
        if snapshot is None:
            return  # the store was slow when the last room closed
        loaded: Doc[Any] = Doc()
        loaded.apply_update(snapshot.document)
        for envelope in self._events()[snapshot.seq :]:
            if isinstance(envelope.event, DocumentUpdated):
                loaded.apply_update(envelope.event.update)
        upto = self._events()[: snapshot.seq]
        if states.encode(replay(upto)) != snapshot.state:
            raise Broken("the snapshot holds another state than the log tells")
        if ipynb.to_notebook(loaded) != nb:
            raise Broken("snapshot and tail make another document than the whole log")

    def _events(self) -> Sequence[Envelope]:
        return self._disks.store.stored(self._notebook)

    def _marks(self) -> Counter[str]:
        """How often each mark is in the durable document; what a cell with another version of a
        cell holds counts only when it is nowhere else."""
        cells = ipynb.to_notebook(self._witness.document())["cells"]
        versions = [cell["source"] for cell in cells if _is_version(cell)]
        found = Counter(MARK.findall("\n".join(c["source"] for c in cells if not _is_version(c))))
        for word in MARK.findall("\n".join(versions)):
            found[word] = found[word] or 1
        return found if self._is_strict else Counter({*found, *self.history()})


def _is_version(cell: Mapping[str, Any]) -> bool:
    return OURS in cell["metadata"]


def _cells(doc: Doc[Any]) -> Any:
    return json.loads(str(doc.get("cells", type=Array)))
