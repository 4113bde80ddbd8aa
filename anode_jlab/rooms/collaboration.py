"""The language of jupyter-collaboration's clients, where it differs from our own; no I/O.

Source: https://github.com/jupyterlab/jupyter-collaboration (version 5), ``jupyter_server_ydoc``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Literal, Self
from uuid import UUID, uuid5

import msgspec

from anode_jlab.errors import BadFrame, NotebookNotFound, OtherLineage
from anode_jlab.events.document import Kind
from anode_jlab.ids import Lineage
from anode_jlab.rooms.frames import FrameType
from anode_jlab.rooms.lib0 import read_bytes, read_varuint, write_bytes, write_varuint
from anode_jlab.rooms.peer import Outbox
from anode_jlab.rooms.protocol import LONGEST_REASON_BYTES, close_code, close_reason

RAW: Final = 2
"""Frame type of requests and answers that are no part of y-protocols."""

KEEP_ALIVE_SECONDS = 12.5
"""y-websocket hangs up after 30 s without a frame; PROTOCOL promises one every 15 s."""

NOBODY: Final = write_varuint(FrameType.AWARENESS) + write_bytes(b"\x00")
"""An awareness frame about no client: changes nothing, but is a frame that they all know."""

UNSUPPORTED: Final = 1003
"""Close code that these clients take for "ask for a new session"."""

_SESSIONS: Final = UUID("5b0f2c1a-6f0e-4c6c-9d57-9a7c3a0c6f52")
"""Namespace of the session ids that follow from lineages."""


class SaveStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request to save: ``skipped`` when an earlier one is still under way."""

    type: Literal["save"] = "save"
    response_to: int = msgspec.field(name="responseTo")
    status: Literal["success", "skipped", "failed"]


KINDS: Final[Mapping[tuple[str, str], Kind]] = {
    ("json", "notebook"): Kind.NOTEBOOK,
    ("text", "file"): Kind.TEXT,
}
"""Which kind of document format and type mean."""


def kind_of_room(format: str, type: str) -> Kind:
    """Raises NotebookNotFound when such files are not shared."""
    kind = KINDS.get((format, type))
    if kind is None:
        raise NotebookNotFound(f"Files are not shared as {type} ({format}).")
    return kind


class RoomName(msgspec.Struct, frozen=True):
    """``{format}:{type}:{file}``: how clients name the room of a file."""

    format: str
    type: str
    file: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotebookNotFound when it is no such name."""
        parts = text.split(":", 2)
        if len(parts) != 3 or not all(parts):
            raise NotebookNotFound(f"{text} names no room.")
        return cls(*parts)

    @property
    def kind(self) -> Kind:
        """Raises NotebookNotFound when such files are not shared."""
        return kind_of_room(self.format, self.type)

    def __str__(self) -> str:
        return f"{self.format}:{self.type}:{self.file}"


def session_of(lineage: Lineage) -> str:
    """The session id of a lineage: who holds another one must load the document afresh."""
    return str(uuid5(_SESSIONS, lineage))


def ending(error: BaseException, session: str) -> tuple[int, str]:
    """Close code and reason that tell these clients about an error.

    They understand 4400, 4404 and 1003 with a JSON object as reason.
    """
    if not isinstance(error, OtherLineage):
        return close_code(error), close_reason(error)
    told = {"reason": "unknown_session", "sessionId": session, "reloadable": True}
    reason = msgspec.json.encode(told)
    if len(reason) > LONGEST_REASON_BYTES:
        reason = msgspec.json.encode({**told, "sessionId": ""})
    return UNSUPPORTED, reason.decode()


class FrameKind(IntEnum):
    """What a frame of such a client is."""

    ORDINARY = 0
    """SYNC or AWARENESS: the same as on our own socket."""
    SAVE = 1
    UNKNOWN = 2
    """Nothing that we know: such clients also talk to programs of other kinds."""


def kind_of(frame: bytes) -> tuple[FrameKind, int]:
    """What a frame is; with SAVE the number that the answer has to carry. Raises BadFrame."""
    kind, position = read_varuint(frame, 0)
    if kind in (FrameType.SYNC, FrameType.AWARENESS):
        return FrameKind.ORDINARY, 0
    if kind != RAW:
        return FrameKind.UNKNOWN, 0
    word, position = read_bytes(frame, position)
    if word != b"save":
        return FrameKind.UNKNOWN, 0
    number, position = read_varuint(frame, position)
    if position != len(frame):
        raise BadFrame("The request to save is longer than it says.")
    return FrameKind.SAVE, number


def encode_save_status(status: SaveStatus) -> bytes:
    """The answer as a frame; its JSON is ASCII, because some decoders count characters."""
    return write_varuint(RAW) + write_bytes(msgspec.json.encode(status))


class CollaborationOutbox:
    """Lets through only what these clients know: SYNC, AWARENESS and answers to RAW."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def send(self, frame: bytes) -> None:
        if frame[0] <= RAW:
            self._outbox.send(frame)

    def close(self, code: int, reason: str) -> None:
        self._outbox.close(code, reason)
