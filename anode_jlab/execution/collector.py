"""Makes outputs in the document of what a kernel sends while it runs one cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.run_outputs import (
    Output,
    RunOutputs,
    set_execution_count,
    update_output,
)
from anode_jlab.documents.sane import mapping, mime_bundle, storable
from anode_jlab.events.event import Event
from anode_jlab.events.outputs import OutputAdded, OutputsCleared, Representation
from anode_jlab.execution.displays import Displays, Place
from anode_jlab.execution.streams import StreamText
from anode_jlab.ids import CellId, ExecutionId

MOST_OUTPUTS = 1000
"""Outputs of one run; a browser that shows more does not answer any more."""


class Collector:
    """Takes messages in order; ``write`` brings the document up to date, as often as one likes."""

    def __init__(
        self, cell_id: CellId, execution_id: ExecutionId, displays: Displays, *, begin: int = 0
    ) -> None:
        """``begin``: how many outputs an earlier life of the server has written of this run."""
        self.execution_count: int | None = None
        self.dirty = False
        """Something was taken in since the last ``write``."""
        self._cell_id = cell_id
        self._execution_id = execution_id
        self._displays = displays
        self._outputs = RunOutputs(cell_id, execution_id, displays.seals, begin=begin)
        self._number = begin
        self._left_out = 0
        self._stale = begin == 0
        self._clear_first = False
        self._stream: tuple[str, StreamText, Output] | None = None
        self._updates: dict[Place, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._events: list[Event] = []

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
        else:
            return
        self.dirty = True

    def finish(self) -> None:
        """The run is over: streams are whole, and outputs of an earlier run go for good."""
        if self._left_out:
            notice = f"[{self._left_out:,} more outputs were left out.]\n"
            self._open_stream("stderr").feed(notice)
        self._tell_stream()
        if self._stale:
            self._clear()
        self.dirty = True

    def write(self, document: NotebookDocument) -> None:
        """Bring the document up to date, inside of an edit."""
        if self.execution_count is not None:
            set_execution_count(document, self._cell_id, self.execution_count)
            self.execution_count = None
        self._outputs.write(document)
        for place, (data, metadata) in self._updates.items():
            update_output(document, *place, data, metadata, self._displays.seals)
        self._updates.clear()
        self.dirty = False

    def events(self) -> list[Event]:
        """What to log beside what was taken in since the last call."""
        events, self._events = self._events, []
        return events

    # --- inside ----------------------------------------------------------------------------------

    def _begin_output(self) -> None:
        if self._stale or self._clear_first:
            self._clear()

    def _clear(self) -> None:
        self._stale = self._clear_first = False
        self._stream = None
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
        self._open_stream(name).feed(text)

    def _is_full(self, stream: str | None) -> bool:
        goes_on = stream is not None and self._stream is not None and self._stream[0] == stream
        return len(self._outputs.outputs) >= MOST_OUTPUTS and not goes_on

    def _open_stream(self, name: str) -> StreamText:
        if self._stream is not None and self._stream[0] == name:
            self._stream[1].reopen()
            return self._stream[1]
        self._close_stream()
        text = StreamText()
        output = self._append({"output_type": "stream", "name": name}, text)
        self._stream = (name, text, output)
        return text

    def _close_stream(self) -> None:
        """Something else follows."""
        self._tell_stream()
        self._stream = None

    def _tell_stream(self) -> None:
        """The stream is whole, unless a thread goes on with it."""
        if self._stream is None or self._stream[1].is_closed:
            return
        text = self._stream[1]
        text.close()
        size, sha256 = text.digest()
        self._tell("stream", (Representation(mime="text/plain", size=size, sha256=sha256),))

    def _take_display(self, kind: str, content: Mapping[str, Any]) -> None:
        fields: dict[str, Any] = {
            "output_type": kind,
            "data": storable(mime_bundle(mapping(content.get("data")))),
            "metadata": storable(mapping(content.get("metadata"))),
        }
        if kind == "execute_result":
            fields["execution_count"] = content.get("execution_count")
        display_id = mapping(content.get("transient")).get("display_id")
        output = self._add(fields)
        if output is not None and isinstance(display_id, str):
            place = Place(self._cell_id, self._execution_id, output.number)
            self._displays.add(display_id, place)

    def _add(self, fields: dict[str, Any]) -> Output | None:
        self._begin_output()
        if self._is_full(None):
            self._left_out += 1
            return None
        self._close_stream()
        output = self._append(fields, None)
        self._tell(fields["output_type"], _representations(fields))
        return output

    def _append(self, fields: dict[str, Any], text: StreamText | None) -> Output:
        output = Output(self._number, fields, text)
        self._number += 1
        self._outputs.outputs.append(output)
        return output

    def _update(self, content: Mapping[str, Any]) -> None:
        display_id = mapping(content.get("transient")).get("display_id")
        if not isinstance(display_id, str):
            return
        data = storable(mime_bundle(mapping(content.get("data"))))
        metadata = storable(mapping(content.get("metadata")))
        own = {output.number: output for output in self._outputs.outputs}
        for place in self._displays.of(display_id):
            if place.execution_id != self._execution_id:
                self._updates[place] = (data, metadata)
            elif (output := own.get(place.number)) is not None:
                output.fields = {**output.fields, "data": data, "metadata": metadata}
                output.changed = True

    def _tell(self, kind: str, representations: tuple[Representation, ...]) -> None:
        self._events.append(
            OutputAdded(
                execution_id=self._execution_id,
                cell_id=self._cell_id,
                kind=kind,
                representations=representations,
            )
        )


def _representations(fields: Mapping[str, Any]) -> tuple[Representation, ...]:
    if fields["output_type"] == "error":
        size = sum(len(line.encode("utf-8", "replace")) for line in fields["traceback"])
        return (Representation(mime="application/vnd.jupyter.error", size=size),)
    return tuple(
        Representation(mime=mime, size=_size(value)) for mime, value in fields["data"].items()
    )


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    return len(msgspec.json.encode(value))
