"""Makes outputs in the document of what a kernel sends while it runs one cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anode_jlab.documents.large_outputs import (
    ALL_INLINE,
    REFERENCE_MIME,
    Limits,
    Reference,
    refer,
    references_in,
    size_of,
)
from anode_jlab.documents.long_text import Piece
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.run_outputs import (
    GrowingText,
    Output,
    RunOutputs,
    set_execution_count,
    update_output,
)
from anode_jlab.documents.sane import mapping, mime_bundle, storable
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.events.event import Event
from anode_jlab.events.outputs import OutputAdded, OutputsCleared, Representation
from anode_jlab.execution.displays import Displays, Place
from anode_jlab.execution.long_stream import LongStream, Waiting
from anode_jlab.execution.streams import StreamText
from anode_jlab.ids import CellId, ExecutionId, Sha256

MOST_OUTPUTS = 5000
"""Outputs of one run. JupyterLab shows the first fifty until somebody asks for all."""


class Collector:
    """Takes messages in order; ``write`` brings the document up to date, as often as one likes."""

    def __init__(
        self,
        cell_id: CellId,
        execution_id: ExecutionId,
        displays: Displays,
        limits: Limits = ALL_INLINE,
        *,
        begin: int = 0,
    ) -> None:
        """``begin``: how many outputs an earlier life of the server has written of this run."""
        self.execution_count: int | None = None
        self.dirty = False
        """Something was taken in since the last ``write``."""
        self._cell_id = cell_id
        self._execution_id = execution_id
        self._displays = displays
        self._limits = limits
        self._outputs = RunOutputs(cell_id, execution_id, displays.seals, begin=begin)
        self._number = begin
        self._left_out = 0
        self._stale = begin == 0
        self._clear_first = False
        self._stream: tuple[str, StreamText, Output] | None = None
        self._long: dict[LongStream, Output] = {}
        """With the outputs that refer to them."""
        self._updates: dict[Place, Output] = {}
        self._events: list[Event | Output] = []
        self._stored: dict[Sha256, ArtifactStored] = {}
        self._told: set[Sha256] = set()

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """Take in a message of the kernel's output channel; others are passed over."""
        if kind == "stream":
            self._take_stream(content)
        elif kind in ("display_data", "execute_result"):
            self._take_display(kind, content)
        elif kind == "error":
            self._add(
                {
                    "output_type": "error",
                    "ename": str(content.get("ename", "")),
                    "evalue": str(content.get("evalue", "")),
                    "traceback": [str(line) for line in content.get("traceback", ())],
                }
            )
        elif kind == "update_display_data":
            self._update(content)
        elif kind == "clear_output":
            self._clear_first = True
            if not content.get("wait"):
                self._begin_output()
        elif kind == "execute_input":
            count = content.get("execution_count")
            self.execution_count = count if isinstance(count, int) else None
            return  # written with the first output or the end, which would wait for it otherwise
        else:
            return
        self.dirty = True

    def finish(self) -> None:
        """The run is over: streams are whole, and outputs of an earlier run go for good."""
        if self._left_out:
            notice = f"[{self._left_out:,} more outputs were left out.]\n"
            self._feed("stderr", notice)
        self._tell_stream()
        if self._stale:
            self._clear()
        self.dirty = True

    def write(self, document: NotebookDocument) -> None:
        """Bring the document up to date, inside of an edit."""
        if self.execution_count is not None:
            set_execution_count(document, self._cell_id, self.execution_count)
            self.execution_count = None
        for long, reference in self._long.items():
            if (fields := long.output()) is not None:
                reference.change(fields, {})
        self._outputs.write(document)
        for place, update in tuple(self._updates.items()):
            if not update.large:
                data, metadata = update.fields["data"], update.fields["metadata"]
                update_output(document, *place, data, metadata, self._displays.seals)
                del self._updates[place]
        self.dirty = bool(self.large) or any(long.is_behind for long in self._long)

    def events(self) -> list[Event]:
        """What to log beside what was taken in since the last call."""
        events: list[Event] = [
            stored for sha256, stored in self._stored.items() if sha256 not in self._told
        ]
        self._told.update(self._stored)
        self._stored.clear()
        while self._events:
            event = self._events[0]
            if isinstance(event, Output):
                if event.large:
                    break
                event = self._added(event.fields["output_type"], _representations(event.fields))
            events.append(event)
            del self._events[0]
        return events

    @property
    def large(self) -> list[Output]:
        """Outputs with representations that are too large for the document: they are written once
        ``kept`` is told where these are, and so is what came after them."""
        outputs = (*self._outputs.outputs, *self._updates.values())
        waiting = [event for event in self._events if isinstance(event, Output)]
        return [output for output in dict.fromkeys((*outputs, *waiting)) if output.large]

    def kept(
        self,
        output: Output,
        large: Mapping[str, Any],
        references: Mapping[str, Reference],
        inline: Mapping[str, Any],
    ) -> None:
        """What was ``large`` of an output found its place; of no use when it changed meanwhile."""
        if output.large is not large:
            return
        data = refer({**output.fields["data"], **storable(inline)}, references)
        output.fields = {**output.fields, "data": data}
        output.large = {}
        for mime, one in references.items():
            stored = ArtifactStored(sha256=one.sha256, size=one.size, mime=mime)
            self._stored.setdefault(one.sha256, stored)
        self.dirty = True

    @property
    def unkept(self) -> list[tuple[LongStream, Waiting]]:
        """What of long streams has to be kept next."""
        return [(long, one) for long in self._long if (one := long.waiting) is not None]

    def kept_piece(self, long: LongStream, waiting: Waiting, piece: Piece) -> None:
        """It found its place."""
        long.kept(waiting, piece)
        stored = ArtifactStored(sha256=piece.sha256, size=piece.size, mime="text/plain")
        self._stored.setdefault(piece.sha256, stored)
        self.dirty = True

    # --- inside ----------------------------------------------------------------------------------

    def _begin_output(self) -> None:
        if self._stale or self._clear_first:
            self._clear()

    def _clear(self) -> None:
        self._stale = self._clear_first = False
        self._stream = None
        self._long.clear()
        self._outputs.outputs.clear()
        self._outputs.clear = True
        self._events.append(OutputsCleared(execution_id=self._execution_id, cell_id=self._cell_id))

    def _take_stream(self, content: Mapping[str, Any]) -> None:
        text = content.get("text")
        if not isinstance(text, str) or not text:
            return
        self._begin_output()
        name = str(content.get("name", "stdout"))
        if self._is_full(name):
            self._left_out += 1
            return
        self._feed(name, text)

    def _feed(self, name: str, text: str) -> None:
        stream, head = self._open_stream(name)
        stream.feed(text)
        self._lengthen(name, stream, head)

    def _lengthen(self, name: str, stream: StreamText, head: Output) -> None:
        """A stream that became long goes on in two more outputs."""
        if stream.long is not None and stream.long not in self._long:
            head.changed = True
            self._long[stream.long] = self._append(stream.long.output() or {}, None)
            self._append({"output_type": "stream", "name": name}, stream.long.tail)

    def _is_full(self, stream: str | None) -> bool:
        goes_on = stream is not None and self._stream is not None and self._stream[0] == stream
        return len(self._outputs.outputs) >= MOST_OUTPUTS and not goes_on

    def _open_stream(self, name: str) -> tuple[StreamText, Output]:
        if self._stream is not None and self._stream[0] == name:
            _, text, output = self._stream
            text.reopen()
            if text.long is None or not text.long.is_cleared:
                return text, output
        self._close_stream()
        text = StreamText(name, self._limits.stream_characters)
        output = self._append({"output_type": "stream", "name": name}, text)
        self._stream = (name, text, output)
        return text, output

    def _close_stream(self) -> None:
        """Something else follows."""
        self._tell_stream()
        self._stream = None

    def _tell_stream(self) -> None:
        """The stream is whole, unless a thread goes on with it."""
        if self._stream is None or self._stream[1].is_closed:
            return
        name, text, output = self._stream
        text.close()
        self._lengthen(name, text, output)
        size, sha256 = text.digest()
        self._tell("stream", (Representation(mime="text/plain", size=size, sha256=sha256),))

    def _take_display(self, kind: str, content: Mapping[str, Any]) -> None:
        data, large = self._apart(content)
        fields: dict[str, Any] = {
            "output_type": kind,
            "data": data,
            "metadata": storable(mapping(content.get("metadata"))),
        }
        if kind == "execute_result":
            fields["execution_count"] = content.get("execution_count")
        display_id = mapping(content.get("transient")).get("display_id")
        output = self._add(fields, large)
        if output is not None and isinstance(display_id, str):
            place = Place(self._cell_id, self._execution_id, output.number)
            self._displays.add(display_id, place)

    def _apart(self, content: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What of a message's representations goes into the document, and what is too large."""
        data, large = {}, {}
        for mime, value in mime_bundle(mapping(content.get("data"))).items():
            if self._limits.is_large(mime, size_of(value)):
                large[mime] = value
            else:
                data[mime] = storable(value)
        return data, large

    def _add(self, fields: dict[str, Any], large: dict[str, Any] | None = None) -> Output | None:
        self._begin_output()
        if self._is_full(None):
            self._left_out += 1
            return None
        self._close_stream()
        output = self._append(fields, None)
        output.large = large or {}
        self._events.append(output)
        return output

    def _append(self, fields: dict[str, Any], text: GrowingText | None) -> Output:
        output = Output(self._number, fields, text)
        self._number += 1
        self._outputs.outputs.append(output)
        return output

    def _update(self, content: Mapping[str, Any]) -> None:
        display_id = mapping(content.get("transient")).get("display_id")
        if not isinstance(display_id, str):
            return
        data, large = self._apart(content)
        fields = {"data": data, "metadata": storable(mapping(content.get("metadata")))}
        own = {output.number: output for output in self._outputs.outputs}
        for place in self._displays.of(display_id):
            if place.execution_id != self._execution_id:
                self._updates[place] = update = Output(place.number, fields)
                update.change({}, large)
            elif (output := own.get(place.number)) is not None:
                output.change(fields, large)

    def _tell(self, kind: str, representations: tuple[Representation, ...]) -> None:
        self._events.append(self._added(kind, representations))

    def _added(self, kind: str, representations: tuple[Representation, ...]) -> OutputAdded:
        return OutputAdded(
            execution_id=self._execution_id,
            cell_id=self._cell_id,
            kind=kind,
            representations=representations,
        )


def _representations(fields: Mapping[str, Any]) -> tuple[Representation, ...]:
    if fields["output_type"] == "error":
        size = sum(len(line.encode("utf-8", "replace")) for line in fields["traceback"])
        return (Representation(mime="application/vnd.jupyter.error", size=size),)
    data = fields["data"]
    return (
        *(
            Representation(mime=mime, size=size_of(value))
            for mime, value in data.items()
            if mime != REFERENCE_MIME
        ),
        *(
            Representation(mime=mime, size=one.size, sha256=one.sha256)
            for mime, one in references_in(data).items()
        ),
    )
