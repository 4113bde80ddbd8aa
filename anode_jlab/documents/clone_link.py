"""How the text of a cell lives on in its clone, unit by unit.

JupyterLab moves and retypes a cell by deleting it and inserting a clone under the same id. What
others typed into the old text without knowing of the clone belongs into the clone: exactly there
where its neighbours went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anode_jlab.documents.id_set import IdSet
from anode_jlab.documents.units import LiveText, Unit, UnitText, align, text_of
from anode_jlab.documents.update_reader import Id
from anode_jlab.ids import CellId


class Link:
    """One step of a cell's life: the cell at item ``old`` went on as the one at item ``new``.

    ``seen`` are the units that the clone was made from, ``counterpart`` what became of each unit
    of the old text, ``made`` what the clone had beyond that, ``ignored`` the units of the old
    text that do not live on because whoever made the clone wanted it so.
    """

    def __init__(
        self,
        cell_id: CellId,
        old: Id,
        new: Id,
        *,
        seen: Sequence[Unit],
        counterpart: dict[Id, Id],
        made: set[Id],
        ignored: set[Id],
    ) -> None:
        self.cell_id = cell_id
        self.old = old
        self.new = new
        self.seen = seen
        self.counterpart = counterpart
        self.made = made
        self.ignored = ignored
        self.settled: Mapping[int, int] = {}
        """Clocks below which all units of the old text were seen to, by a mender that is gone."""
        self._removed: set[Id] = set()

    def carry(
        self,
        units: UnitText,
        deleted: IdSet,
        onward: Sequence[Link],
        live: LiveText,
    ) -> None:
        """Bring into ``live`` what happened to the old text beside the cloning.

        ``units`` is the whole old text, ``deleted`` what was deleted in it one by one, ``onward``
        the links from the clone to the cell that lives now.
        """
        gone: set[Id] = set()
        left: Id | None = None
        run: list[Unit] = []
        for unit in units:
            heir = self.counterpart.get(unit.id)
            if heir is None:
                is_new = unit.id[1] >= self.settled.get(unit.id[0], 0)
                if is_new and unit.id not in self.ignored and unit.id not in deleted:
                    run.append(unit)
                continue
            heir = forward(heir, onward)
            if heir not in live.known:
                continue
            self._insert(run, left, heir, live)
            run, left = [], heir
            if unit.id in deleted and unit.id not in self._removed:
                self._removed.add(unit.id)
                gone.add(heir)
        self._insert(run, left, None, live)
        if gone:
            live.delete(gone)

    def _insert(
        self, run: Sequence[Unit], left: Id | None, right: Id | None, live: LiveText
    ) -> None:
        """Beside the left neighbour, at the front of a text before the right one."""
        if text_of(run):
            self.counterpart.update(live.insert(run, after=left, before=right))


def forward(unit: Id, links: Sequence[Link]) -> Id:
    """What a unit is called after these links. Text that was carried skips some of them."""
    for link in links:
        unit = link.counterpart.get(unit, unit)
    return unit


def link_clone(
    cell_id: CellId,
    old: Id,
    new: Id,
    *,
    seen: Sequence[Unit],
    born: Sequence[Unit],
    before: Sequence[Link],
) -> Link:
    """The link to a clone whose first text is ``born``, made by somebody who saw ``seen``.

    ``before`` are the links that led to the old cell. A clone with the text of an earlier stage
    was brought back by undo or redo: then it is compared with that stage, so that what was typed
    since by others lives on.
    """
    text = text_of(born)
    if text != text_of(seen):
        for stage in reversed(range(len(before))):
            if text_of(before[stage].seen) == text:
                return _link_restored(cell_id, old, new, seen, before[stage:], born)
    pairs = align(seen, born)
    return Link(
        cell_id,
        old,
        new,
        seen=seen,
        counterpart=pairs,
        made={unit.id for unit in born} - set(pairs.values()),
        ignored={unit.id for unit in seen if unit.id not in pairs},
    )


def _link_restored(
    cell_id: CellId,
    old: Id,
    new: Id,
    seen: Sequence[Unit],
    stages: Sequence[Link],
    born: Sequence[Unit],
) -> Link:
    pairs = align(stages[0].seen, born)
    made = {forward(unit, stages[at + 1 :]) for at, link in enumerate(stages) for unit in link.made}
    return Link(
        cell_id,
        old,
        new,
        seen=seen,
        counterpart={forward(unit, stages): heir for unit, heir in pairs.items()},
        made=set(),
        ignored=made,
    )


def chain_from(item: Id, successors: Mapping[Id, Link]) -> list[Link]:
    """The links from a cell to the one that took its place last."""
    links: list[Link] = []
    while (link := successors.get(item)) is not None and link not in links:
        links.append(link)
        item = link.new
    return links
