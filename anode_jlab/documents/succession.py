"""Which cell took the place of which, and the carrying of text from one to the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from pycrdt import Map, Text

from anode_jlab.documents.clone import Clone
from anode_jlab.documents.clone_link import Link, chain_from, forward, link_clone
from anode_jlab.documents.recent import Copy, Recent
from anode_jlab.documents.units import LiveText, Unit, item_at, read_units, text_of
from anode_jlab.documents.update_reader import Id
from anode_jlab.ids import CellId

if TYPE_CHECKING:
    from anode_jlab.documents.notebook import NotebookDocument

Copies = Mapping[Id, Copy]


class Succession:
    """The links between the cells of one live document; its methods run in a transaction, which
    ``begin`` is told of."""

    def __init__(self, document: NotebookDocument, recent: Recent) -> None:
        self._document = document
        self._recent = recent
        self._links: dict[Id, Link] = {}
        self._births: dict[Id, Link] = {}
        self._removed: set[int] = set()
        self._texts: dict[Id, LiveText] = {}
        self._loaded: Mapping[int, int] = {}
        self._first = 0

    def loaded(self, clocks: Mapping[int, int], newest: int) -> None:
        """The log was loaded, up to the update ``newest``: another mender carried all that had to
        be carried over the clones that were known then."""
        self._loaded, self._first = clocks, newest + 1

    def begin(self) -> None:
        """A transaction begins: what is removed in it has still its place in the document's
        lists, which follow at its end."""
        self._removed.clear()
        self._texts.clear()

    def keep(self, clones: Collection[Clone]) -> None:
        """Forget what belongs to no other clone."""
        links = {clone.link for clone in clones} | {clone.dead_end for clone in clones}
        news = {clone.new for clone in clones}
        self._links = {item: link for item, link in self._links.items() if link in links}
        self._births = {item: link for item, link in self._births.items() if item in news}

    def resolve(self, clone: Clone, copies: Copies) -> None:
        """Find out what a clone was made from, and fold it into its twin when there is one."""
        new = self._new(clone, copies)
        if new is None:
            return
        born = [unit for unit in copies[new].units if clone.brought(unit.id)]
        link = self._link_by_deletion(clone, new, born, copies)
        if link is None and clone.knew is not None:
            link = self._link_by_return(clone, new, born, copies, clone.knew)
        elif link is None:
            link = self._link_by_undo(clone, new, born, copies)
        if link is None:
            if clone.number == self._recent.newest:
                clone.link = self._link_to_twin(clone, new, born)
            return
        if clone.number < self._first:
            link.settled = self._loaded
        clone.new = new
        self._births[new] = link
        rival = self._links.get(link.old)
        living = None if rival is None else self._end(rival)
        if rival is None or living is None or living == new or living not in copies:
            self._links[link.old] = clone.link = link
        elif self._recent.last_deleted((living,), before=clone.number) is not None:
            self._links[link.old] = clone.link = link
            clone.dead_end = self._dead_end(link, rival, living, copies)
            clone.dead_end.settled = link.settled
            self._links[living] = clone.dead_end
        elif clone.number < self._first:
            clone.link = self._folded(link, rival, living, clone.number)
        elif self._index(clone.cell_id, living) is None:
            self._links[link.old] = clone.link = link
        else:
            clone.link = self._fold(link, rival, living, copies)

    def carry(self, link: Link, copies: Copies) -> None:
        """Bring what happened to the old text into the cell that lives now, unless a newer link
        does."""
        if self._links.get(link.old) is not link:
            return
        onward = chain_from(link.new, self._links)
        living = onward[-1].new if onward else link.new
        live = self._live(link.cell_id, living, copies)
        if live is None or link.old not in copies:
            return
        deleted = self._recent.deleted_beside(link.old)
        link.carry(copies[link.old].units, deleted, onward, live)

    # --- finding ---------------------------------------------------------------------------------

    def _new(self, clone: Clone, copies: Copies) -> Id | None:
        """The cell that the transaction brought; of several the one that is still there."""
        brought = [item for item in copies if clone.brought(item)]
        living = [item for item in brought if self._index(clone.cell_id, item) is not None]
        found = living or brought
        return found[-1] if found else None

    def _link_by_deletion(
        self, clone: Clone, new: Id, born: list[Unit], copies: Copies
    ) -> Link | None:
        """The clone's maker deleted what he cloned."""
        olds = [item for item in copies if item in clone.deleted and item != new]
        if not olds:
            return None
        old = ([item for item in olds if item not in self._links] or olds)[-1]
        return link_clone(
            clone.cell_id,
            old,
            new,
            seen=[unit for unit in copies[old].units if unit.id in clone.deleted],
            born=born,
            before=() if clone.knew is not None else self._before(old),
        )

    def _link_by_undo(self, clone: Clone, new: Id, born: list[Unit], copies: Copies) -> Link | None:
        """Undo of a deletion brings a cell back with just the text that was deleted with it."""
        text = text_of(born)
        for item in reversed([item for item in copies if item != new]):
            for deleted in self._recent.deleted_with(item, before=clone.number):
                seen = [unit for unit in copies[item].units if unit.id in deleted]
                if text_of(seen) == text:
                    pairs = {old.id: heir.id for old, heir in zip(seen, born, strict=True)}
                    return Link(
                        clone.cell_id,
                        item,
                        new,
                        seen=seen,
                        counterpart=pairs,
                        made=set(),
                        ignored=set(),
                    )
        return None

    def _link_by_return(
        self,
        clone: Clone,
        new: Id,
        born: list[Unit],
        copies: Copies,
        knew: Mapping[int, int],
    ) -> Link | None:
        """A restored moment or a file brings a cell back with the text that it had there. That
        is wanted as it is: nothing that was known by then is carried into it."""
        others = [item for item in copies if item != new]
        free = [item for item in others if item not in self._links]
        old = self._recent.last_deleted(free or others, before=clone.number)
        if old is None:
            return None
        deleted = self._recent.deleted_beside(old, before=clone.number)
        seen = [
            unit
            for unit in copies[old].units
            if unit.id[1] < knew.get(unit.id[0], 0) and unit.id not in deleted
        ]
        link = link_clone(clone.cell_id, old, new, seen=seen, born=born, before=())
        link.settled = knew
        return link if link.counterpart or not (seen and born) else None

    def _link_to_twin(self, clone: Clone, new: Id, born: list[Unit]) -> Link | None:
        """Two cells with one id that nobody cloned: when they are equal, the newer one is about to
        be removed, and what is typed into it meanwhile belongs to the other."""
        for _, place in self._places(clone.cell_id):
            item = item_at(self._document.cells, place)
            if item is None or item == new:
                continue
            text = self._live_text(clone.cell_id, item)
            twin = None if text is None else read_units(text)
            if twin is not None and text_of(twin) == text_of(born):
                pairs = {unit.id: other.id for unit, other in zip(born, twin, strict=True)}
                link = self._links[new] = _folding(clone.cell_id, new, item, pairs, set())
                return link
        return None

    def _before(self, item: Id) -> list[Link]:
        """The links that led to a cell, from the first on."""
        links: list[Link] = []
        while (link := self._births.get(item)) is not None and link not in links:
            links.append(link)
            item = link.old
        return links[::-1]

    def _end(self, link: Link) -> Id:
        onward = chain_from(link.new, self._links)
        return onward[-1].new if onward else link.new

    # --- twins -----------------------------------------------------------------------------------

    def _fold(self, link: Link, rival: Link, living: Id, copies: Copies) -> Link:
        """Of two clones of one cell keep the one that was there first, unless only the other
        changed the cell's type, and give it what the other has more. What went on the way to the
        one that lives is not in it, though it may have been written there anew."""
        pairs = self._pairs(link, rival)
        survivor = self._live(link.cell_id, living, copies)
        if survivor is not None:
            pairs = {unit: other for unit, other in pairs.items() if other in survivor.known}
        refused = set(link.counterpart.values()) - pairs.keys()
        onward = chain_from(rival.new, self._links)
        dropped = {
            forward(rival.counterpart[unit], onward)
            for unit in link.ignored
            if unit in rival.counterpart
        }
        cell_id = link.cell_id
        old_type = copies[link.old].type
        retyped = copies[link.new].type != old_type and copies[living].type == old_type
        if retyped:
            folded = _folding(cell_id, living, link.new, {v: k for k, v in pairs.items()}, dropped)
        else:
            folded = _folding(cell_id, link.new, living, pairs, refused)
        folded.settled = link.settled
        live = self._live(cell_id, folded.new, copies)
        if live is not None:
            live.delete(refused if retyped else dropped)
        self._links[folded.old] = folded
        self.carry(folded, copies)
        self._remove(link.cell_id, folded.old)
        return folded

    def _folded(self, link: Link, rival: Link, living: Id, number: int) -> Link:
        """Of two clones of one cell an earlier mender kept one: the other is what was deleted
        first after the newer had come, with the update ``number``."""
        gone = self._recent.first_deleted({link.new, living}, after=number)
        pairs = self._pairs(link, rival)
        if gone == living:
            folded = _folding(
                link.cell_id, living, link.new, {v: k for k, v in pairs.items()}, set()
            )
        else:
            folded = _folding(link.cell_id, link.new, living, pairs, set())
        folded.settled = link.settled
        self._links[folded.old] = folded
        return folded

    def _dead_end(self, link: Link, rival: Link, living: Id, copies: Copies) -> Link:
        """The clone that lived was deleted before the newer came: who has not heard of that yet
        works in it, while what it had beyond the newer went with it."""
        pairs = {other: unit for unit, other in self._pairs(link, rival).items()}
        known = () if link.settled else copies[living].units
        rest = {unit.id for unit in known} - pairs.keys()
        return _folding(link.cell_id, living, link.new, pairs, rest)

    def _pairs(self, link: Link, rival: Link) -> dict[Id, Id]:
        """What the units of a clone are called in its rival."""
        onward = chain_from(rival.new, self._links)
        return {
            heir: forward(rival.counterpart[unit], onward)
            for unit, heir in link.counterpart.items()
            if unit in rival.counterpart
        }

    # --- the live document -----------------------------------------------------------------------

    def _places(self, cell_id: CellId) -> list[tuple[int, int]]:
        """Where cells with this id were when the transaction began, and where they are now."""
        return [
            (place, place - sum([removed < place for removed in self._removed]))
            for place in self._document.places(cell_id)
            if place not in self._removed
        ]

    def _index(self, cell_id: CellId, item: Id | None) -> int | None:
        for _, place in self._places(cell_id):
            if item_at(self._document.cells, place) == item:
                return place
        return None

    def _remove(self, cell_id: CellId, item: Id) -> None:
        for before, place in self._places(cell_id):
            if item_at(self._document.cells, place) == item:
                del self._document.cells[place]
                self._removed.add(before)
                return

    def _live(self, cell_id: CellId, item: Id, copies: Copies) -> LiveText | None:
        """The text of a cell that is there, to be edited; read once in a transaction."""
        text = self._live_text(cell_id, item)
        if text is None or item not in copies:
            return None
        if item not in self._texts:
            self._texts[item] = LiveText(text, copies[item].units)
        return self._texts[item]

    def _live_text(self, cell_id: CellId, item: Id) -> Text | None:
        index = self._index(cell_id, item)
        cell = None if index is None else self._document.cells[index]
        source = cell.get("source") if isinstance(cell, Map) else None
        return source if isinstance(source, Text) else None


def _folding(cell_id: CellId, old: Id, new: Id, pairs: dict[Id, Id], ignored: set[Id]) -> Link:
    return Link(cell_id, old, new, seen=[], counterpart=pairs, made=set(), ignored=ignored)
