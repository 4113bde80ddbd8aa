"""All kinds of events by name, and how one becomes bytes for a store and an event again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar, get_type_hints

import msgspec

from anode_jlab.events import (
    artifacts,
    assistant,
    content,
    document,
    execution,
    outputs,
    people,
    runtime,
    tools,
)
from anode_jlab.events.event import Event
from anode_jlab.events.upcast import UPCASTS, Upcasts

E = TypeVar("E", bound=Event)


class UnknownEvent(Event, frozen=True, kw_only=True):
    """An event that this version does not understand: kept exactly as it was stored.

    Its name is unknown, or its fields are not those of the name. A notebook with such events opens
    read-only, because no state that we make of it can be trusted to be whole.
    """

    event_name: ClassVar[str] = ""
    name: str
    data: bytes
    blob: bytes | None = None


class StoredEvent(msgspec.Struct, frozen=True):
    """An event as a store keeps it: JSON fields, and beside them its one field of bytes, if any."""

    name: str
    data: bytes
    blob: bytes | None


class _Codec(Generic[E]):
    """Bytes of one kind of event. A field of type ``bytes`` is kept out of the JSON."""

    def __init__(self, kind: type[E]) -> None:
        hints = get_type_hints(kind)
        blobs = [name for name in kind.__struct_fields__ if hints[name] is bytes]
        if len(blobs) > 1:
            raise TypeError(f"{kind.__name__} has more than one field of bytes: {blobs}")
        self.kind = kind
        self.blob_field: str | None = blobs[0] if blobs else None
        self.blob_wire_name: str | None = None
        self._plain: tuple[str, ...] = tuple(
            name for name in kind.__struct_fields__ if name != self.blob_field
        )
        if self.blob_field is None:
            self._decoder = msgspec.json.Decoder(kind)
            return
        wire_names = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
        self.blob_wire_name = wire_names[self.blob_field]
        self._without_blob = msgspec.defstruct(
            f"{kind.__name__}Fields",
            [(name, hints[name]) for name in self._plain],
            rename={name: wire_names[name] for name in self._plain},
            kw_only=True,
            forbid_unknown_fields=True,
        )
        self._fields_decoder = msgspec.json.Decoder(self._without_blob)

    def encode(self, event: E) -> StoredEvent:
        name = self.kind.event_name
        if self.blob_field is None:
            return StoredEvent(name, _encoder.encode(event), None)
        fields = self._without_blob(**{field: getattr(event, field) for field in self._plain})
        return StoredEvent(name, _encoder.encode(fields), getattr(event, self.blob_field))

    def decode(self, data: bytes, blob: bytes | None) -> E:
        if self.blob_field is None:
            if blob is not None:
                raise msgspec.ValidationError(f"{self.kind.__name__} has no field of bytes")
            return self._decoder.decode(data)
        if blob is None:
            raise msgspec.ValidationError(f"{self.kind.__name__} lacks its bytes")
        fields = self._fields_decoder.decode(data)
        values = {field: getattr(fields, field) for field in self._plain}
        values[self.blob_field] = blob
        return self.kind(**values)


_encoder = msgspec.json.Encoder()


def _named(*kinds: type[Event]) -> Mapping[str, type[Event]]:
    return MappingProxyType({kind.event_name: kind for kind in kinds})


EVENTS: Mapping[str, type[Event]] = _named(
    document.LineageStarted,
    document.KindSet,
    document.DocumentUpdated,
    document.SnapshotTaken,
    document.Exported,
    document.ExternalChangeMerged,
    document.Restored,
    document.ConflictMarkersFound,
    document.PathChanged,
    document.LogRecovered,
    document.HistoryPurged,
    content.CellCreated,
    content.CellMoved,
    content.CellDeleted,
    content.CellTypeChanged,
    content.CellIdReplaced,
    content.CellSourceChanged,
    content.CellMetadataChanged,
    content.CellOutputsChanged,
    content.NotebookMetadataChanged,
    execution.ExecutionRequested,
    execution.ExecutionAssigned,
    execution.ExecutionStarted,
    execution.ExecutionCompleted,
    execution.ExecutionCancelled,
    execution.ExecutionLost,
    execution.ExecutionReordered,
    execution.InputRequested,
    execution.InputProvided,
    outputs.OutputAdded,
    outputs.OutputsCleared,
    artifacts.ArtifactStored,
    artifacts.ArtifactReleased,
    runtime.RuntimeSessionStarted,
    runtime.RuntimeSessionStatusChanged,
    runtime.RuntimeHandedOff,
    runtime.RuntimeSessionTerminated,
    assistant.ConversationStarted,
    assistant.ConversationRenamed,
    assistant.ConversationArchived,
    assistant.MessagePosted,
    assistant.AssistantRunRequested,
    assistant.AssistantRunAssigned,
    assistant.AssistantRunStarted,
    assistant.MessageCompleted,
    assistant.UsageRecorded,
    assistant.AssistantRunCompleted,
    assistant.AssistantRunCancelled,
    assistant.AssistantRunFailed,
    tools.ToolCallProposed,
    tools.ToolApprovalRequested,
    tools.ToolApprovalResponded,
    tools.ToolAllowanceRevoked,
    tools.ToolCallStarted,
    tools.ToolCallCompleted,
    people.ActorSeen,
)
"""Every kind of event of this version, by its name."""

_CODECS: Mapping[str, _Codec[Event]] = {name: _Codec(kind) for name, kind in EVENTS.items()}


def name_of(event: Event) -> str:
    """The versioned name of an event, for unknown ones too."""
    return event.name if isinstance(event, UnknownEvent) else event.event_name


def bytes_field(kind: type[Event]) -> str | None:
    """Wire name of the field of bytes that this kind of event has, if any."""
    return _CODECS[kind.event_name].blob_wire_name


def blob_of(event: Event) -> tuple[str, bytes] | None:
    """Wire name and value of the event's field of bytes, or None when it has none."""
    if isinstance(event, UnknownEvent):
        return None if event.blob is None else ("bytes", event.blob)
    codec = _CODECS[event.event_name]
    if codec.blob_field is None or codec.blob_wire_name is None:
        return None
    return codec.blob_wire_name, getattr(event, codec.blob_field)


def encode(event: Event) -> StoredEvent:
    """The event as a store keeps it."""
    if isinstance(event, UnknownEvent):
        return StoredEvent(event.name, event.data, event.blob)
    return _CODECS[event.event_name].encode(event)


def decode(name: str, data: bytes, blob: bytes | None, *, upcasts: Upcasts = UPCASTS) -> Event:
    """The event that was stored like this; an ``UnknownEvent`` when this version cannot tell."""
    try:
        newest, fields = upcasts.read(name, data)
        codec = _CODECS.get(newest)
        if codec is not None:
            return codec.decode(fields, blob)
    except (msgspec.MsgspecError, LookupError):
        # Fields that are not those of the name: as unknown to us as a new name.
        pass
    return UnknownEvent(name=name, data=data, blob=blob)
