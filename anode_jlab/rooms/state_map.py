"""The document's root ``state``: what clients of jupyter-collaboration read about the file there.

Our own clients read none of it. It is written when the first of the others comes, and kept right
from then on; it is no content, so it causes no export.
"""

from __future__ import annotations

from collections.abc import Mapping

from anode_jlab.documents.shared import SharedDocument
from anode_jlab.events.actor import SERVER
from anode_jlab.events.document import STATE
from anode_jlab.rooms.room import Room


async def tell_file(room: Room, name: str, file_id: str, file_hash: str) -> None:
    """Somebody who reads it is about to come: which file this is, and whether it lags behind.

    ``name`` is the room's name in their form. Nothing is written when all of it is there.
    """
    told: dict[str, object] = {
        "path": room.path,
        "document_id": name,
        "file_id": file_id,
        "dirty": room.changed_seq > room.exported_seq,
    }
    if file_hash:
        told["hash"] = file_hash
    await room.edit(SERVER, STATE, lambda document: write(document, told))


def tell_exported(document: SharedDocument, path: str, file_hash: str) -> None:
    """Inside an edit: the file was written. Nothing happens where nobody reads it."""
    if len(document.state):
        write(document, {"path": path, "dirty": False, "hash": file_hash})


def write(document: SharedDocument, told: Mapping[str, object]) -> None:
    """Inside an edit: set what differs."""
    for key, value in told.items():
        if document.state.get(key) != value:
            document.state[key] = value
