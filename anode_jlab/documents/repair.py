"""Gives every cell an id of its own, and takes out the mark of trust, after a foreign change."""

from __future__ import annotations

import json
from collections.abc import Collection

from anode_jlab.documents.native import NativeArray, NativeMap, NativeTransaction
from anode_jlab.documents.plain import MARK_OF_TRUST
from anode_jlab.documents.recorder import Recorder
from anode_jlab.documents.shadow import CellShadow
from anode_jlab.ids import CellId, Ids


def repair(
    recorder: Recorder,
    array: NativeArray,
    txn: NativeTransaction,
    *,
    ids: Ids,
    arrived: Collection[CellShadow],
) -> None:
    """Mend, inside a running transaction, what ``recorder.needs_repair`` tells of.

    Of several cells with one id, one that was there before the foreign change brought
    ``arrived``, else the first, keeps it; an equal copy goes, a different one gets a new id.
    JupyterLab makes such pairs when two people move one cell at the same time.
    """
    living = set(recorder.elements)
    for metadata in recorder.trusting:
        if metadata.has(txn, MARK_OF_TRUST):
            metadata.remove(txn, MARK_OF_TRUST)
    recorder.trusting.clear()
    for cell in recorder.nameless:
        if cell in living and cell.map is not None:
            _name(cell.map, txn, cell.id or ids.cell())
    recorder.nameless.clear()
    if recorder.has_duplicates:
        _separate(recorder, array, txn, ids, arrived)


def _separate(
    recorder: Recorder,
    array: NativeArray,
    txn: NativeTransaction,
    ids: Ids,
    arrived: Collection[CellShadow],
) -> None:
    owners: dict[CellId | None, CellShadow] = {}
    for cell in sorted(recorder.order, key=arrived.__contains__):
        owners.setdefault(cell.id, cell)
    places = {cell: index for index, cell in enumerate(recorder.elements)}
    for cell in reversed(recorder.order):
        owner = owners[cell.id]
        if cell is owner or cell.map is None or owner.map is None:
            continue
        if _content(cell.map, txn) == _content(owner.map, txn):
            array.remove_range(txn, places[cell], 1)
        else:
            _name(cell.map, txn, ids.cell())


def _name(cell: NativeMap, txn: NativeTransaction, cell_id: CellId) -> None:
    cell.insert(txn, "id", cell_id)


def _content(cell: NativeMap, txn: NativeTransaction) -> dict[str, object]:
    content: dict[str, object] = json.loads(cell.to_json(txn))
    content.pop("execution_state", None)
    return content
