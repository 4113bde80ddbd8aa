"""Events about content, derived by the server from a document transaction.

They are committed in the same database transaction as the ``DocumentUpdated`` they describe. The
facts of one transaction come in an order in which they can be applied one after another: deletions
from the last cell to the first, then moves, then new cells from the first to the last, then what
changed inside cells. Every index holds at that moment. Lengths count Unicode code points.
"""

from __future__ import annotations

from typing import ClassVar

from anode_jlab.events.event import Event
from anode_jlab.ids import CellId


class CellCreated(Event, frozen=True, kw_only=True):
    """A cell appeared at ``index`` (position in the notebook after the transaction)."""

    event_name: ClassVar[str] = "v1.CellCreated"
    cell_id: CellId
    cell_type: str
    index: int
    restored: bool = False


class CellMoved(Event, frozen=True, kw_only=True):
    """A cell changed its place; it is the same cell, with its history and executions.

    ``to_index`` counts without the moved cell itself.
    """

    event_name: ClassVar[str] = "v1.CellMoved"
    cell_id: CellId
    from_index: int
    to_index: int


class CellDeleted(Event, frozen=True, kw_only=True):
    """A cell was removed from ``index`` (position before the transaction)."""

    event_name: ClassVar[str] = "v1.CellDeleted"
    cell_id: CellId
    index: int


class CellTypeChanged(Event, frozen=True, kw_only=True):
    """A cell became another type; id, text and history stay."""

    event_name: ClassVar[str] = "v1.CellTypeChanged"
    cell_id: CellId
    from_type: str
    to_type: str


class CellIdReplaced(Event, frozen=True, kw_only=True):
    """Two cells had one id, so the later of the two got a new one."""

    event_name: ClassVar[str] = "v1.CellIdReplaced"
    cell_id: CellId
    new_id: CellId
    index: int


class CellSourceChanged(Event, frozen=True, kw_only=True):
    """Text of a cell was typed or removed, summed over one client's changes in one commit."""

    event_name: ClassVar[str] = "v1.CellSourceChanged"
    cell_id: CellId
    inserted: int
    deleted: int
    length: int


class CellMetadataChanged(Event, frozen=True, kw_only=True):
    """Metadata keys of a cell were set or removed."""

    event_name: ClassVar[str] = "v1.CellMetadataChanged"
    cell_id: CellId
    keys: tuple[str, ...]


class CellOutputsChanged(Event, frozen=True, kw_only=True):
    """Outputs of a cell were written by a client (not by our own collector)."""

    event_name: ClassVar[str] = "v1.CellOutputsChanged"
    cell_id: CellId
    count: int


class NotebookMetadataChanged(Event, frozen=True, kw_only=True):
    """Notebook metadata keys were set or removed."""

    event_name: ClassVar[str] = "v1.NotebookMetadataChanged"
    keys: tuple[str, ...]
