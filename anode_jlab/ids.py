"""The kinds of identifiers in the system, and the one place where new ones are made."""

from __future__ import annotations

import secrets
from typing import NewType, Protocol

NotebookId = NewType("NotebookId", str)
"""Stable identity of a notebook: 32 lower-case hex digits, independent of its path."""

Lineage = NewType("Lineage", str)
"""Identity of one CRDT history: 16 lower-case hex digits. Two lineages are never merged blindly."""

CellId = NewType("CellId", str)
"""An nbformat cell id: 1-64 characters of ``[a-zA-Z0-9-_]``."""

Seq = NewType("Seq", int)
"""Position in one notebook's event log, from 1; 0 means "before the first event"."""

PeerNumber = NewType("PeerNumber", int)
"""Number of one connection to a room, made by the server (HELLO's ``client``)."""

YjsClient = NewType("YjsClient", int)
"""A client id inside Yjs structures: an unsigned integer below 2**53."""


ExecutionId = NewType("ExecutionId", str)
"""One run of one cell: 1-64 characters of ``[a-zA-Z0-9-_]``, made by the client or by us."""

SessionId = NewType("SessionId", str)
"""One life of a runtime: 16 lower-case hex digits, new with every start and restart."""


ConversationId = NewType("ConversationId", str)
"""One conversation with the assistant: 1-64 characters of ``[a-zA-Z0-9-_]``."""

MessageId = NewType("MessageId", str)
"""One message of a conversation: 32 lower-case hex digits."""

AssistantRunId = NewType("AssistantRunId", str)
"""One answer of the assistant, with all its steps: 1-64 characters of ``[a-zA-Z0-9-_]``."""

CallId = NewType("CallId", str)
"""One call of a tool: 1-64 characters of ``[a-zA-Z0-9-_]``, made by us."""

ApprovalId = NewType("ApprovalId", str)
"""One question whether a tool may be called: 32 lower-case hex digits."""


Sha256 = NewType("Sha256", str)
"""Address of bytes that are kept outside the document: 64 lower-case hex digits."""


class Ids(Protocol):
    """Source of fresh identifiers, a port so that simulations can be deterministic."""

    def notebook(self) -> NotebookId: ...

    def lineage(self) -> Lineage: ...

    def cell(self) -> CellId: ...

    def yjs_client(self) -> YjsClient: ...

    def execution(self) -> ExecutionId: ...

    def session(self) -> SessionId: ...


class RandomIds:
    """Identifiers from the operating system's random source."""

    def notebook(self) -> NotebookId:
        return NotebookId(secrets.token_hex(16))

    def lineage(self) -> Lineage:
        return Lineage(secrets.token_hex(8))

    def cell(self) -> CellId:
        return CellId(secrets.token_hex(4))

    def yjs_client(self) -> YjsClient:
        return YjsClient(secrets.randbits(32))

    def execution(self) -> ExecutionId:
        return ExecutionId(secrets.token_hex(16))

    def session(self) -> SessionId:
        return SessionId(secrets.token_hex(8))
