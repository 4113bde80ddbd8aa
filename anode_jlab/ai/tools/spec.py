"""What a tool is, who calls it, and what it gives: the words that all tools share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from anode_jlab.ai.reading.pictures import Image
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.events.actor import ASSISTANT, Actor
from anode_jlab.events.assistant import Mode
from anode_jlab.ids import AssistantRunId, CallId, CellId, ConversationId, NotebookId, Seq

A = TypeVar("A", bound="Arguments")


class Kind(StrEnum):
    """What sort of thing a tool does."""

    READ = "read"
    EDIT = "edit"
    RUN = "run"


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The arguments of a tool; its fields and their descriptions make the schema."""


class Given(Arguments, frozen=True, kw_only=True):
    """The arguments of a tool whose schema is only known when it is used."""

    values: dict[str, Any]


class ToolSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A tool as a model is told of it. ``schema`` is that of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]
    kind: Kind = Kind.READ


class ToolResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a call gave. ``events`` are the seqs of what it changed."""

    text: str
    images: tuple[Image, ...] = ()
    is_error: bool = False
    events: tuple[Seq, ...] = ()


def told(value: Any, *, images: tuple[Image, ...] = (), events: tuple[Seq, ...] = ()) -> ToolResult:
    """A result that is JSON: what a notebook says can then never pass for our own words."""
    return ToolResult(text=msgspec.json.encode(value).decode(), images=images, events=events)


def told_changed(result: ToolResult, args: str) -> ToolResult:
    """The same result, of other arguments (JSON text) than the model gave: it has to know."""
    try:
        value = msgspec.json.decode(result.text)
    except msgspec.DecodeError:
        value = result.text
    rest = value if isinstance(value, dict) else {"result": value}
    body = {"arguments_as_a_person_changed_them": msgspec.Raw(args.encode()), **rest}
    return msgspec.structs.replace(result, text=msgspec.json.encode(body).decode())


@dataclass(frozen=True, kw_only=True, eq=False)
class Turn:
    """One run of an assistant. ``actor`` is the person who asked, ``assistant`` who acts."""

    notebook: NotebookId
    actor: Actor
    mode: Mode
    run_id: AssistantRunId | None = None
    conversation: ConversationId | None = None
    assistant: Actor = ASSISTANT
    may_write: bool = True
    may_execute: bool = True
    """What the person who asked may do here."""
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a call would do, for who is to allow it. ``base`` is the state of the notebook that it
    is meant for."""

    base: Seq
    cell_id: CellId | None = None
    diff: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One call of a tool, as the tool gets it."""

    id: CallId
    reach: Reach
    turn: Turn
    base: Seq = Seq(0)
    """The state of the notebook that was looked at when the call was allowed."""


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[A]):
    """What goes wrong in ``preview`` and ``call`` they raise; an AnodeError is told to the
    model. ``preview`` changes nothing, and refuses what could not be done."""

    name: str
    description: str
    kind: Kind
    arguments: type[A]
    call: Callable[[Call, A], Awaitable[ToolResult]]
    preview: Callable[[Call, A], Awaitable[Preview]] | None = None
    schema: Mapping[str, Any] | None = None
    """Where it does not follow from ``arguments``."""
    is_offered: bool = True
    """Whether models are told of it."""
    always_asks: bool = False
    """Never allowed for good, and asked for in every mode but auto."""

    @property
    def spec(self) -> ToolSpec:
        """As a model is told of it."""
        return ToolSpec(
            name=self.name,
            description=self.description,
            schema=dict(self.schema or schema_of(self.arguments)),
            kind=self.kind,
        )


def schema_of(arguments: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, without references."""
    _, components = msgspec.json.schema_components([arguments], ref_template="{name}")
    schema: dict[str, Any] = components[arguments.__name__]
    schema.pop("title", None)
    schema.pop("description", None)
    return schema
