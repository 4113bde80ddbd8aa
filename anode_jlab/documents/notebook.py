"""The live shared document of one notebook: bytes in, bytes and facts out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from pycrdt import Array, Doc, Map

from anode_jlab.documents import courtesy, ipynb
from anode_jlab.documents.change import Change
from anode_jlab.documents.mend import CloneMender, Memory
from anode_jlab.documents.native import native_array
from anode_jlab.documents.plain import MARK_OF_TRUST
from anode_jlab.documents.recorder import NO_CHANGE, Recorder
from anode_jlab.documents.repair import repair
from anode_jlab.documents.shared import REPAIR, Edit, SharedDocument
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.events.actor import Actor
from anode_jlab.events.document import BESIDE_CONTENT, COURTESY
from anode_jlab.ids import CellId, Ids


class NotebookDocument(SharedDocument):
    """A raw Yjs document with the roots ``state``, ``meta`` and ``cells`` of a notebook.

    With ``mending`` it saves text that clones (moves, changes of type) would lose: for the one copy
    that all peers meet at.
    """

    def __init__(
        self,
        *,
        ids: Ids,
        client_id: int | None = None,
        keep_deleted: bool = False,
        mending: bool = False,
    ) -> None:
        super().__init__(Doc(client_id=client_id, skip_gc=keep_deleted), ids=ids)
        self.meta: Map[Any] = self.doc.get("meta", type=Map)
        self.cells: Array[Any] = self.doc.get("cells", type=Array)
        self._recorder = Recorder(self.doc, self.cells, self.meta)
        self._mender = CloneMender(self) if mending else None

    # --- reading ---------------------------------------------------------------------------------

    @property
    def cell_ids(self) -> list[CellId]:
        """The ids of the cells, in order."""
        return [cell.id for cell in self._recorder.order if cell.id is not None]

    @property
    def element_ids(self) -> list[CellId | None]:
        """The id of each element of ``cells``, None for what is no cell; as of the last
        transaction that ended."""
        return [cell.id for cell in self._recorder.elements]

    def cell(self, cell_id: CellId) -> Map[Any] | None:
        """The cell with this id, found without a walk over the others; None when there is none."""
        shadow = self._recorder.cells.get(cell_id)
        if shadow is None or shadow.map is None:
            return None
        return Map(_doc=self.doc, _integrated=shadow.map)

    def index(self, cell_id: CellId) -> int | None:
        """Where in ``cells`` the cell with this id is."""
        shadow = self._recorder.cells.get(cell_id)
        return None if shadow is None else self._recorder.elements.index(shadow)

    def life(self, cell_id: CellId) -> object:
        """What stays the same until the cell is moved, retyped or deleted; None without a cell."""
        return self._recorder.cells.get(cell_id)

    def places(self, cell_id: CellId) -> list[int]:
        """Where in ``cells`` elements with this id are: one, unless two clones have met."""
        cell = self._recorder.cells.get(cell_id)
        if cell is None:
            return []
        elements = self._recorder.elements
        if not self._recorder.has_duplicates:
            return [elements.index(cell)]
        return [index for index, cell in enumerate(elements) if cell.id == cell_id]

    def is_doubled(self, cell_id: CellId) -> bool:
        """Whether two clones have met: several elements have this id."""
        return self._recorder.has_duplicates and len(self.places(cell_id)) > 1

    def to_notebook(self, *, with_ids: bool | None = None) -> dict[str, Any]:
        """The notebook as nbformat JSON, whatever clients have written into it.

        ``with_ids`` as in `ipynb.to_notebook`.
        """
        return ipynb.to_notebook(self.doc, with_ids=with_ids)

    # --- writing ---------------------------------------------------------------------------------

    def load(self, update: bytes, *, ours: bool = False) -> None:
        change = self._integrate(update, "load")
        self._recorder.spare()  # the log holds none but those of `courtesy.offer`
        if self._mender is not None:
            self._mender.loaded(update, change, ours=ours)

    def memory(self) -> Memory:
        """What is remembered of the updates that were loaded; of a document with ``mending``."""
        assert self._mender is not None
        return self._mender.memory

    def remember(self, older: Memory) -> None:
        """Take over what a document remembers that was loaded with what came before this one's
        first update."""
        if self._mender is not None:
            self._mender.remember(older)

    def apply(
        self,
        update: bytes,
        *,
        origin: str,
        author: Actor | None,
        shape: UpdateShape | None = None,
    ) -> list[Change]:
        """As `SharedDocument.apply`; before the update a courtesy may have been withdrawn."""
        mender = self._mender
        brings = update != NO_CHANGE if shape is None else bool(shape.ends or shape.deletions)
        withdrawn = self._withdraw_courtesy() if brings and self._recorder.spared else []
        if mender is not None and mender.is_empty:
            # The first update of all, mostly a whole file: nobody has seen what it could clone.
            change = self._integrate(update, origin)
            mender.loaded(update, change)
            foreign = None
        else:
            foreign = None if mender is None else mender.before(update, shape)
            change = self._integrate(update, origin)
        arrived = self._recorder.arrived
        changes = [change]
        if mender is not None and foreign is not None:
            changes = mender.after(foreign, change)
        if self._recorder.needs_repair:
            changes.append(self._repair(arrived))
        return [*withdrawn, *changes] if withdrawn else changes

    @contextmanager
    def edit(self, origin: str) -> Iterator[Edit]:
        if self._edit is not None:
            yield self._edit
            return
        with self._transact(origin) as edit:
            if self._recorder.spared and origin not in BESIDE_CONTENT:
                self._take_back()
            yield edit
        if origin == COURTESY:
            self._recorder.spare()
        if edit.changes and self._mender is not None:
            self._mender.edited(edit.changes[0])
        if edit.changes and self._recorder.needs_repair:
            edit.changes.append(self._repair(self._recorder.arrived))

    def mending(self) -> AbstractContextManager[Edit]:
        """The mender's own transaction, in which nothing is repaired yet."""
        return self._transact(REPAIR)

    def close(self) -> None:
        super().close()
        if self._mender is not None:
            self._mender.close()

    @property
    def _observer(self) -> Recorder:
        return self._recorder

    def _repair(self, arrived: set[Any]) -> Change:
        with self.doc.transaction(origin=REPAIR) as txn:
            assert txn._txn is not None
            repair(
                self._recorder, native_array(self.cells), txn._txn, ids=self.ids, arrived=arrived
            )
        change = self._taken(REPAIR)
        if self._mender is not None and change.update:
            self._mender.edited(change)
        return change

    def _withdraw_courtesy(self) -> list[Change]:
        with self._transact(COURTESY) as edit:
            self._take_back()
        if edit.changes and self._mender is not None:
            self._mender.edited(edit.changes[0])
        return edit.changes

    def _take_back(self) -> None:
        with self.doc.transaction() as txn:
            assert txn._txn is not None
            marked = self._recorder.take_spared(txn._txn)
            for metadata in marked:
                metadata.remove(txn._txn, MARK_OF_TRUST)
        if marked:
            courtesy.take_names_back(self.meta)
