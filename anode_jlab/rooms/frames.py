"""The frames of the native socket as typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

import msgspec

from anode_jlab.events.document import Kind
from anode_jlab.ids import Lineage, NotebookId, PeerNumber, Seq
from anode_jlab.rooms.roles import Role


class FrameType(IntEnum):
    """First varuint of every frame."""

    SYNC = 0
    AWARENESS = 1
    HELLO = 16
    ACK = 17
    EVENTS = 18
    STATE = 19
    DENIED = 20
    PING = 21
    STREAM = 22
    NOTICE = 23


class SyncType(IntEnum):
    """Second varuint of a SYNC frame (y-protocols ``sync``)."""

    STEP1 = 0
    STEP2 = 1
    UPDATE = 2


class Step1(msgspec.Struct, frozen=True, gc=False):
    """The sender's state vector; the other side answers with what it has beyond that."""

    vector: bytes


class Step2(msgspec.Struct, frozen=True, gc=False):
    """The answer to a step1: a Yjs v1 update, with the whole delete set."""

    update: bytes


class Update(msgspec.Struct, frozen=True, gc=False):
    """A change: a Yjs v1 update."""

    update: bytes


class Awareness(msgspec.Struct, frozen=True, gc=False):
    """A y-protocols awareness update, see ``rooms.awareness``."""

    payload: bytes


class Ping(msgspec.Struct, frozen=True, gc=False):
    """A sign of life of one who had nothing to say for 15 s; never answered."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The largest payloads that the server takes, in bytes."""

    update: int
    step2: int


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The first frame of all: which document of which ``kind`` this is, and who you are in it.

    ``client`` is the server-made number of this connection, ``seq`` (and ``saved_seq``) the
    durable head of the log, ``exported_seq`` the seq whose content the file holds, ``changed_seq``
    the seq of the newest change of the document (larger than ``exported_seq``: the file is behind).
    ``writer`` is the Yjs client id under which the server writes outputs of runs, and nobody else.
    """

    id: NotebookId
    lineage: Lineage
    seq: Seq
    role: Role
    client: PeerNumber
    path: str
    saved_seq: Seq
    exported_seq: Seq
    changed_seq: Seq
    limits: Limits
    writer: int
    kind: Kind = Kind.NOTEBOOK


class Ack(msgspec.Struct, frozen=True, gc=False):
    """Step2 and update frames up to the ``n``-th of this connection are durable; ``seq`` = head."""

    n: int
    seq: int


class Events(msgspec.Struct, frozen=True):
    """Envelopes in seq order, in the form of ``events.wire``."""

    envelopes: Sequence[Mapping[str, object]]


class State(msgspec.Struct, frozen=True):
    """The materialised state at a seq, in the form of GET ``state``."""

    state: Mapping[str, object]


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """A change was refused; the connection closes after this."""

    code: str
    message: str


class Stream(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Text of a streaming answer from ``offset`` (code points of this step's text) on; not logged.

    ``thinking``: it is what the model thinks before it answers, counted for itself.
    """

    run_id: str
    offset: int
    text: str
    cell_id: str | None = None
    step: int = 1
    thinking: bool = False


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """All that is wrong with the room at the moment, and the role this connection now has.

    Each condition is ``{"code", "message", "hint", "since"}``; none means that all is well.
    """

    conditions: Sequence[Mapping[str, object]]
    role: Role


ClientFrame = Step1 | Step2 | Update | Awareness | Ping
"""What a client may send."""

ServerFrame = (
    Step1
    | Step2
    | Update
    | Awareness
    | Ping
    | Hello
    | Ack
    | Events
    | State
    | Denied
    | Stream
    | Notice
)
"""What the server may send."""
