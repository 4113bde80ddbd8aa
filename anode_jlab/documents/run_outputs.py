"""The outputs of one run of a cell, written into the document wherever that cell is by then.

JupyterLab's views follow three rules that decide the order of edits here: a change of a stream's
text is taken to be at the end of the cell's last output, and read from left to right; a new output
is appended whatever its index; a changed key of an output is not noticed. So text is replaced by
writing behind it and then deleting, and an output is replaced with all that stand after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from pycrdt import Array, Map, Text

from anode_jlab.documents.cells import new_outputs
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.offsets import utf8_length
from anode_jlab.documents.plain import EXECUTION_ID, EXECUTION_STATE, OUTPUT_NUMBER
from anode_jlab.documents.sane import count, storable, whole_characters
from anode_jlab.documents.seals import Seals
from anode_jlab.ids import CellId, ExecutionId


class TailEdit(NamedTuple):
    """At the end of a written text: take ``deleted`` away, then write ``inserted``."""

    deleted: str
    inserted: str

    @classmethod
    def between(cls, before: str, after: str) -> TailEdit:
        """What makes the one text of the other."""
        same = _common_prefix(before, after)
        return cls(before[same:], after[same:])


class GrowingText(Protocol):
    """The text of a stream, as somebody else makes it."""

    @property
    def text(self) -> str:
        """All of it, as of the last ``edit``."""
        ...

    def edit(self) -> TailEdit | None:
        """What has to change since the last call; None when nothing does."""
        ...

    def restart(self) -> None:
        """What was written is gone: go on with what was not."""
        ...


class Output:
    """One output: nbformat's fields (without the text of a stream), and how far it is written.

    ``large`` are representations that wait for their place outside the document; until they have
    one, neither this output nor any after it is written.
    """

    __slots__ = ("changed", "fields", "large", "number", "stream", "written")

    def __init__(
        self, number: int, fields: dict[str, Any], stream: GrowingText | None = None
    ) -> None:
        self.number = number
        self.fields = fields
        self.large: dict[str, Any] = {}
        self.stream = stream
        self.written = False
        self.changed = False

    def change(self, fields: dict[str, Any], large: dict[str, Any]) -> None:
        """The output is another one now, in these fields; ``large`` belongs to them."""
        self.fields = {**self.fields, **fields}
        self.large = large
        self.changed = True


class RunOutputs:
    """Keeps the document equal to ``outputs``: through moves, changes of type and deletions of the
    cell, while outputs that a client cleared stay away."""

    def __init__(
        self, cell_id: CellId, execution_id: ExecutionId, seals: Seals, *, begin: int = 0
    ) -> None:
        self._seals = seals
        self._begin = begin
        """Outputs of this run with smaller numbers were written by an earlier life of the server,
        and are left alone."""
        self.cell_id = cell_id
        self.execution_id = execution_id
        self.outputs: list[Output] = []
        self.clear = False
        """Before the next write everything goes that stands in the cell."""
        self._life: object = None
        self._length = -1

    def write(self, document: NotebookDocument) -> None:
        """Bring the document up to date, inside of an edit."""
        shared = cell_outputs(document, self.cell_id)
        if shared is None:
            self._length = -1
            self._life = None
            return
        life = document.life(self.cell_id)
        begun = any(output.written for output in self.outputs)
        if self.clear:
            del shared[:]
            self._unwritten()
        elif life is not self._life and begun:
            self._remove_ours(shared)
            self._unwritten()
        elif begun and len(shared) != self._length:
            self._look(shared)
        self.clear = False
        self._life = life
        for output in self.outputs:
            if not output.large:
                self._bring(shared, output)
            elif not output.written:
                break
        self._length = len(shared)

    def _bring(self, shared: Array[Any], output: Output) -> None:
        edit = None if output.stream is None else output.stream.edit()
        if not output.written:
            if output.stream is not None and not output.stream.text:
                return
            shared.extend(new_outputs([self._plain(output)]))
            self._seals.put(shared[len(shared) - 1].to_py())
            output.written, output.changed = True, False
        elif output.changed:
            place = find_output(shared, self.execution_id, output.number)
            output.changed = False
            if place is not None:
                replace_output(shared, place, self._plain(output), self._seals)
        elif edit is not None:
            place = find_output(shared, self.execution_id, output.number)
            if place is not None:
                _edit_tail(shared[place]["text"], edit)

    def _plain(self, output: Output) -> dict[str, Any]:
        plain = {
            **output.fields,
            EXECUTION_ID: self.execution_id,
            OUTPUT_NUMBER: output.number,
        }
        if output.stream is not None:
            plain["text"] = output.stream.text
        return plain

    def _unwritten(self) -> None:
        for output in self.outputs:
            output.written = False

    def _remove_ours(self, shared: Array[Any]) -> None:
        for place in reversed(range(len(shared))):
            execution_id, number = _stamp(shared[place])
            if execution_id == self.execution_id and (number or 0) >= self._begin:
                del shared[place]

    def _look(self, shared: Array[Any]) -> None:
        """A client changed the list: what it took away is given up."""
        there = {
            number
            for execution_id, number in map(_stamp, shared)
            if execution_id == self.execution_id
        }
        kept = []
        for output in self.outputs:
            if output.written and output.number not in there:
                if output.stream is None or output is not self.outputs[-1]:
                    continue
                output.stream.restart()
                output.written = False
            kept.append(output)
        self.outputs[:] = kept


def cell_outputs(document: NotebookDocument, cell_id: CellId) -> Array[Any] | None:
    """The outputs of a code cell; None when there is no such cell or it is of another type."""
    cell = document.cell(cell_id)
    if cell is None or cell.get("cell_type") != "code":
        return None
    outputs = cell.get("outputs")
    return outputs if isinstance(outputs, Array) else None


def find_output(shared: Array[Any], execution_id: ExecutionId, number: int) -> int | None:
    """Where an output of a run stands; looked for from the end."""
    for place in reversed(range(len(shared))):
        if _stamp(shared[place]) == (execution_id, number):
            return place
    return None


def replace_output(shared: Array[Any], place: int, plain: Mapping[str, Any], seals: Seals) -> None:
    """Put another output, which the kernel gave, in the place of one."""
    after = [seals.copied(shared[index].to_py()) for index in range(place + 1, len(shared))]
    del shared[place:]
    shared.extend(new_outputs([storable(plain), *after]))
    seals.put(shared[place].to_py())


def update_output(
    document: NotebookDocument,
    cell_id: CellId,
    execution_id: ExecutionId,
    number: int,
    data: Mapping[str, Any],
    metadata: Mapping[str, Any],
    seals: Seals,
) -> None:
    """Give an output of an earlier run other data; nothing happens when it is gone. Of what is
    there, which clients may have changed, nothing is kept that could run code."""
    shared = cell_outputs(document, cell_id)
    place = None if shared is None else find_output(shared, execution_id, number)
    if shared is None or place is None:
        return
    there = shared[place].to_py()
    plain: dict[str, Any] = {
        "output_type": "display_data",
        "data": dict(data),
        "metadata": dict(metadata),
        EXECUTION_ID: execution_id,
        OUTPUT_NUMBER: number,
    }
    if there.get("output_type") == "execute_result":
        plain["output_type"] = "execute_result"
        plain["execution_count"] = count(there.get("execution_count"))
    replace_output(shared, place, plain, seals)


def set_execution_state(document: NotebookDocument, cell_id: CellId, state: str) -> None:
    """Show that a cell is ``running`` (or queued), or ``idle``; inside of an edit."""
    cell = document.cell(cell_id)
    if cell is None or cell.get("cell_type") != "code":
        return
    if cell.get(EXECUTION_STATE) != state:
        cell[EXECUTION_STATE] = state


def set_execution_count(document: NotebookDocument, cell_id: CellId, number: int) -> None:
    """Give a cell the kernel's number of its run; inside of an edit."""
    cell = document.cell(cell_id)
    if cell is not None and cell.get("cell_type") == "code":
        cell["execution_count"] = number


def next_number(document: NotebookDocument, cell_id: CellId, execution_id: ExecutionId) -> int:
    """The number of the next output of a run, by what stands in its cell; 0 when none does."""
    shared = cell_outputs(document, cell_id)
    stamps = [] if shared is None else [_stamp(output) for output in shared]
    return max((number or 0 for id_, number in stamps if id_ == execution_id), default=-1) + 1


def _stamp(output: object) -> tuple[object, int | None]:
    if not isinstance(output, Map):
        return None, None
    return output.get(EXECUTION_ID), _whole(output.get(OUTPUT_NUMBER))


def _whole(number: object) -> int | None:
    """JavaScript may have made a float of it."""
    return count(number)


def _edit_tail(text: object, edit: TailEdit) -> None:
    if not isinstance(text, Text):
        return
    end = len(text)
    if edit.inserted:
        text.insert(end, whole_characters(edit.inserted))
    if edit.deleted:
        size = utf8_length(whole_characters(edit.deleted))
        del text[max(end - size, 0) : end]


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
