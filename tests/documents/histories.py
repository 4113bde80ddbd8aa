"""Random histories of a notebook in which each letter is written once: it is known by whom."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from pycrdt import Array, Doc, Map

from anode_jlab.documents import ipynb
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.change import Change
from anode_jlab.documents.history import notebook_at
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.notebook_kind import NOTEBOOKS
from anode_jlab.documents.offsets import utf8_length
from anode_jlab.documents.plain import plain_cell
from anode_jlab.eventlog.base import EventLog, Snapshot
from anode_jlab.events.actor import FILE, SERVER, Actor, ActorKind, assistant_of
from anode_jlab.events.document import DocumentUpdated, Restored
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import CellId, Seq
from anode_jlab.testing.ids import SeededIds

ADA = Actor(kind=ActorKind.HUMAN, id="ada", name="Ada")
BOB = Actor(kind=ActorKind.HUMAN, id="bob", name="Bob")
PEOPLE = (ADA, BOB, assistant_of(ADA))


class Writing(NamedTuple):
    """Who wrote a character, and when."""

    actor: Actor
    time: float


class Person:
    """Somebody with a copy of the document, which lags behind."""

    def __init__(self, actor: Actor, document: bytes, client: int) -> None:
        self.actor = actor
        self.doc: Doc[Any] = Doc(client_id=client)
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self.doc.apply_update(document)
        self.unsent: list[bytes] = []
        self.deleted: list[dict[str, Any]] = []
        self._observer = self.doc.observe(self._made)
        self._hears = False

    def hear(self, update: bytes) -> None:
        self._hears = True
        self.doc.apply_update(update)
        self._hears = False

    def _made(self, event: Any) -> None:
        if not self._hears:
            self.unsent.append(event.update)


class History:
    """What people, an assistant and other programs do to a notebook, as it goes into a log."""

    def __init__(self, log: EventLog, epoch: int, seed: int) -> None:
        self.log = log
        self.epoch = epoch
        self.rng = random.Random(seed)
        self.written: dict[str, Writing] = {}
        self.head = Seq(0)
        self.time = 1000.0
        self.document = NotebookDocument(ids=SeededIds(seed), client_id=1, mending=True)
        self.people: list[Person] = []
        self.moments: list[Seq] = []
        self._letters = self._unused()

    async def begin(self) -> None:
        cells = [self._cell(f"cell-{n}", self.text(FILE, 12)) for n in range(3)]
        nb = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        update = ipynb.from_notebook(nb, client=2)
        await self._record(
            self.document.apply(update, origin="import", author=None), FILE, "import"
        )
        encoded = self.document.encode()
        self.people = [Person(actor, encoded, 10 + n) for n, actor in enumerate(PEOPLE)]

    async def go_on(self) -> None:
        """Something happens."""
        self.time += self.rng.choice((0.1, 1.0, 20.0, 100.0))
        draw = self.rng.random()
        if draw < 0.6:
            self._work(self.rng.choice(self.people))
        elif draw < 0.95:
            await self._meet(self.rng.choice(self.people))
        elif draw < 0.98:
            await self._restore(self.rng.choice(self.people).actor)
        else:
            await self._changed_outside()

    async def type(self, cell_id: str, text: str) -> None:
        """Ada types at the end of a cell."""
        with self.document.edit("peer") as edit:
            cell = self.document.cell(CellId(cell_id))
            assert cell is not None
            cell["source"].insert(utf8_length(str(cell["source"])), text)
        await self._record(edit.changes, ADA, "peer")

    async def log_event(self, event: Event) -> None:
        await self._record([], ADA, "", event)

    def text(self, actor: Actor, length: int) -> str:
        """New text, of letters that were not used before."""
        text = ""
        for _ in range(length):
            if self.rng.random() < 0.2:
                text += "\n"
                continue
            letter = next(self._letters)
            self.written[letter] = Writing(actor, self.time)
            text += letter
        return text

    async def snapshot(self) -> None:
        document = self.document.encode()
        taken = Snapshot(seq=self.head, document=document, state=b"")
        await self.log.put_snapshot(taken, epoch=self.epoch)

    # --- what people do --------------------------------------------------------------------------

    def _work(self, person: Person) -> None:
        cells, rng = person.cells, self.rng
        if not len(cells):
            self._insert(person, 0, self._cell(f"{rng.getrandbits(32):x}", ""))
            return
        place = rng.randrange(len(cells))
        draw = rng.random()
        if draw < 0.5:
            self._type(person, cells[place])
        elif draw < 0.65:
            self._erase(cells[place])
        elif draw < 0.85:
            self._clone(person, place, retype=rng.random() < 0.4)
        elif draw < 0.9:
            person.deleted.append(cells[place].to_py())
            del cells[place]
        elif draw < 0.95 and person.deleted:
            cell = person.deleted.pop(rng.randrange(len(person.deleted)))
            if all(known["id"] != cell["id"] for known in cells):
                self._insert(person, place, self._cell(cell["id"], cell["source"]))
        elif len(cells) < 6:
            cell = self._cell(f"{rng.getrandbits(32):x}", self.text(person.actor, 4))
            self._insert(person, place, cell)

    def _type(self, person: Person, cell: Map[Any]) -> None:
        source = cell["source"]
        before = str(source)[: self.rng.randint(0, len(str(source)))]
        source.insert(utf8_length(before), self.text(person.actor, self.rng.randint(1, 5)))

    def _erase(self, cell: Map[Any]) -> None:
        text = str(cell["source"])
        if not text:
            return
        start = self.rng.randrange(len(text))
        gone = text[start : start + self.rng.randint(1, 4)]
        begin = utf8_length(text[:start])
        del cell["source"][begin : begin + utf8_length(gone)]

    def _clone(self, person: Person, place: int, *, retype: bool) -> None:
        """Move or retype a cell as JupyterLab does."""
        cell = person.cells[place].to_py()
        kind = "markdown" if cell["cell_type"] == "code" else "code"
        new = self._cell(cell["id"], cell["source"], kind if retype else cell["cell_type"])
        with person.doc.transaction():
            del person.cells[place]
            to = place if retype else self.rng.randint(0, len(person.cells))
            person.cells.insert(to, new_cell(plain_cell(new)))

    def _insert(self, person: Person, place: int, cell: dict[str, Any]) -> None:
        person.cells.insert(place, new_cell(plain_cell(cell)))

    async def _meet(self, person: Person) -> None:
        for update in person.unsent:
            changes = self.document.apply(update, origin="peer", author=None)
            await self._record(changes, person.actor, "peer")
        person.unsent.clear()
        person.hear(self.document.diff(person.doc.get_state()))

    # --- what else happens -----------------------------------------------------------------------

    async def _restore(self, actor: Actor) -> None:
        if not self.moments:
            return
        seq = self.rng.choice(self.moments)
        content = await notebook_at(self.log, seq, with_ids=True)
        with self.document.edit("restore") as edit:
            NOTEBOOKS.replace(self.document, content, "restore")
        await self._record(edit.changes, actor, "restore", Restored(seq=seq))

    async def _changed_outside(self) -> None:
        before = NOTEBOOKS.content(self.document)
        after = NOTEBOOKS.content(self.document)
        for cell in after["cells"][:2]:
            lines = "".join(cell["source"]).split("\n")
            place = self.rng.randrange(len(lines))
            lines[place] += self.text(FILE, 2).replace("\n", "")
            cell["source"] = "\n".join(lines)
        base = NOTEBOOKS.base(before)
        change = NOTEBOOKS.change(base, after, path="a.ipynb", ids=self.document.ids)
        with self.document.edit("merge") as edit:
            NOTEBOOKS.merge(self.document, change, "merge")
        await self._record(edit.changes, FILE, "merge")

    async def _record(
        self, changes: list[Change], actor: Actor, origin: str, *extra: Event
    ) -> None:
        self.time += 0.001
        records: list[Record] = []
        for change in changes:
            by = actor if change.origin == origin else SERVER
            events: list[Event] = [*change.facts]
            if change.update:
                update = DocumentUpdated(update=change.update, client=1, origin=change.origin)
                events.insert(0, update)
            records += [Record(event=event, actor=by, time=self.time) for event in events]
        records += [Record(event=event, actor=actor, time=self.time) for event in extra]
        if records:
            written = await self.log.append(records, epoch=self.epoch, expect_head=self.head)
            self.head = written.last
            self.moments.append(self.head)

    def _cell(self, cell_id: str, source: str, kind: str = "code") -> dict[str, Any]:
        cell: dict[str, Any] = {"id": cell_id, "cell_type": kind, "source": source, "metadata": {}}
        return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})

    def _unused(self) -> Iterator[str]:
        """Letters of one to four bytes, each once."""
        yield from map(chr, range(0x21, 0x7F))
        for point in range(0x4E00, 0x9FFF):
            yield chr(point if point % 5 else point + 0x1_8000)
