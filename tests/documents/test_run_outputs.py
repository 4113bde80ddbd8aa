"""Outputs follow their cell; what a person cleared stays away; views read the edits rightly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pycrdt import Array, Doc

from anode_jlab.documents.cells import new_cell, new_outputs
from anode_jlab.documents.ipynb import from_notebook, plain_cells
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import EXECUTION_ID, OUTPUT_NUMBER
from anode_jlab.documents.recorder import RUN
from anode_jlab.documents.run_outputs import next_number
from anode_jlab.events.event import Event
from anode_jlab.events.outputs import OutputAdded, OutputsCleared
from anode_jlab.execution import collector
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.displays import Displays
from anode_jlab.ids import CellId, ExecutionId
from anode_jlab.testing.ids import SeededIds
from tests.integration.server_process import notebook

CELL = CellId("cell-0")


class Bench:
    """A document, a run in its first cell, and JupyterLab's view of that cell's outputs."""

    def __init__(self) -> None:
        self.document = NotebookDocument(ids=SeededIds(), mending=True)
        self.document.load(from_notebook(notebook("x", "y")))
        self.displays = Displays()
        self.collector = self.run("first")
        self.facts: list[Event] = []
        self.view = View(self.document)

    def run(self, name: str) -> Collector:
        self.collector = Collector(CELL, ExecutionId(name), self.displays)
        return self.collector

    def print(self, text: str, name: str = "stdout") -> None:
        self.collector.take("stream", {"name": name, "text": text})

    def show(self, value: str, display_id: str | None = None) -> None:
        transient = {} if display_id is None else {"display_id": display_id}
        content = {"data": {"text/plain": value}, "metadata": {}, "transient": transient}
        self.collector.take("display_data", content)

    def update(self, value: str, display_id: str) -> None:
        content = {"data": {"text/plain": value}, "metadata": {}}
        transient = {"transient": {"display_id": display_id}}
        self.collector.take("update_display_data", content | transient)

    def flush(self) -> list[str]:
        """Write, and what the cell shows then."""
        with self.document.edit(RUN) as edit:
            self.collector.write(self.document)
        for change in edit.changes:
            self.facts.extend(change.facts)
        return self.outputs()

    def outputs(self) -> list[str]:
        plain = self.document.to_notebook()
        found = [cell for cell in plain["cells"] if cell["id"] == CELL]
        return [shown(output) for output in found[0].get("outputs", ())] if found else []

    def move(self, kind: str = "code") -> None:
        """Move the cell to the end as JupyterLab does, perhaps as another type."""
        index = self.index()
        plain = self.document.cells[index].to_py()
        with self.document.edit("peer"):
            del self.document.cells[index]
            clone = plain_cells({"cells": [{**plain, "cell_type": kind}]})[0]
            if kind == "code" and "outputs" in plain:
                clone["outputs"] = plain["outputs"]
            self.document.cells.append(new_cell(clone))

    def clear(self) -> None:
        cell = self.document.cell(CELL)
        assert cell is not None
        with self.document.edit("peer"):
            del cell["outputs"][:]

    def delete(self) -> None:
        with self.document.edit("peer"):
            del self.document.cells[self.index()]

    def index(self) -> int:
        index = self.document.index(CELL)
        assert index is not None
        return index


class View:
    """The outputs as JupyterLab's model makes them of the changes that it is told."""

    def __init__(self, document: NotebookDocument) -> None:
        self.doc: Doc[Any] = Doc()
        self.doc.apply_update(document.encode())
        self.items: list[dict[str, Any]] = []
        updates = document.doc.observe(lambda event: self.doc.apply_update(event.update))
        watched = self.doc.get("cells", type=Array)[0]["outputs"]
        self.kept = (updates, watched, watched.observe_deep(self._changed))

    def _changed(self, events: list[Any]) -> None:
        for event in events:
            if len(event.path) == 2:
                self._text(event.delta)
        for event in events:
            if not event.path:
                self._list(event.delta)

    def _text(self, delta: list[dict[str, Any]]) -> None:
        """``removeStreamOutput`` and ``appendStreamOutput`` of @jupyterlab/outputarea."""
        last = self.items[-1]
        for step in delta:
            if "delete" in step:
                last["text"] = last["text"].encode()[: -step["delete"]].decode()
            if "insert" in step:
                last["text"] += step["insert"]

    def _list(self, delta: list[dict[str, Any]]) -> None:
        place = 0
        for step in delta:
            place += step.get("retain", 0)
            for _ in range(step.get("delete", 0)):
                del self.items[place]
            for output in step.get("insert", ()):
                self.items.append(output.to_py() if hasattr(output, "to_py") else output)

    def outputs(self) -> list[str]:
        return [shown(output) for output in self.items]


def shown(output: dict[str, Any]) -> str:
    text = output.get("text")
    return str(text) if text is not None else str(output["data"]["text/plain"])


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.document.close()


def test_a_stream_grows_in_one_output(bench: Bench) -> None:
    bench.print("a\n")
    assert bench.flush() == ["a\n"]
    bench.print("ü\n")
    bench.print("c\r")
    assert bench.flush() == ["a\nü\nc"]
    bench.print("d🐧")
    assert bench.flush() == ["a\nü\nd🐧"]
    bench.print("e\n", "stderr")
    bench.print("f\n")
    assert bench.flush() == ["a\nü\nd🐧", "e\n", "f\n"]
    assert bench.facts == [], "our own events tell of outputs"


def test_views_of_jupyterlab_stay_equal(bench: Bench) -> None:
    for number in range(12):
        bench.print(f"\r{number} of 12 " + "ü#" * number)
        assert bench.flush() == bench.view.outputs()
    bench.print("\n")
    bench.show("one", "d")
    bench.print("after\n")
    assert bench.flush() == bench.view.outputs()
    bench.update("two", "d")
    bench.print("more\n")
    assert bench.flush() == bench.view.outputs()
    assert bench.outputs()[1:] == ["two", "after\nmore\n"]
    bench.collector.take("clear_output", {"wait": True})
    assert bench.flush() == bench.view.outputs()
    bench.print("new\n")
    assert bench.flush() == bench.view.outputs() == ["new\n"]


def test_old_outputs_stay_until_the_first_new_one(bench: Bench) -> None:
    bench.print("old\n")
    bench.flush()
    bench.collector.finish()
    bench.flush()
    bench.run("second")
    assert bench.flush() == ["old\n"]
    bench.show("new")
    assert bench.flush() == ["new"]
    bench.collector.finish()
    assert [type(event) for event in bench.collector.events()] == [OutputsCleared, OutputAdded]
    bench.run("third").finish()
    assert bench.flush() == [], "a run without outputs leaves none"


@pytest.mark.parametrize("flushed", [False, True])
def test_a_moved_cell_keeps_its_outputs(bench: Bench, flushed: bool) -> None:
    bench.print("a\n")
    bench.show("b")
    bench.flush()
    if flushed:
        bench.print("c\n")
        bench.flush()
    bench.move()
    bench.print("d\n")
    bench.flush()
    assert "".join(bench.outputs()) == ("a\nbc\nd\n" if flushed else "a\nbd\n")
    assert bench.document.cell_ids == ["cell-1", CELL]


def test_a_stale_clone_gets_the_outputs_that_it_lacks(bench: Bench) -> None:
    bench.print("a\n")
    bench.flush()
    index = bench.index()
    plain = bench.document.cells[index].to_py()
    bench.print("b\n")
    bench.flush()
    with bench.document.edit("peer"):
        del bench.document.cells[index]
        bench.document.cells.insert(index, new_cell(plain))
    bench.print("c\n")
    assert bench.flush() == ["a\nb\nc\n"]


def test_retyped_and_back(bench: Bench) -> None:
    bench.print("a\n")
    bench.flush()
    bench.move("markdown")
    bench.print("b\n")
    assert bench.flush() == []
    bench.move("code")
    bench.print("c\n")
    assert bench.flush() == ["a\nb\nc\n"]


def test_a_deleted_cell(bench: Bench) -> None:
    bench.print("a\n")
    bench.flush()
    bench.delete()
    bench.print("b\n")
    assert bench.flush() == []
    bench.collector.finish()
    assert bench.flush() == []


def test_what_a_person_cleared_stays_away(bench: Bench) -> None:
    bench.print("a\n")
    bench.show("b")
    bench.print("c\n")
    bench.flush()
    bench.clear()
    assert bench.flush() == []
    bench.print("d\n")
    assert bench.flush() == ["d\n"]
    bench.show("e")
    bench.clear()
    assert bench.flush() == ["e"]


def test_updates_reach_other_cells_and_runs(bench: Bench) -> None:
    bench.show("one", "d")
    bench.show("fixed")
    bench.flush()
    bench.collector.finish()
    bench.flush()
    other = Collector(CellId("cell-1"), ExecutionId("other"), bench.displays)
    bench.collector = other
    bench.update("two", "d")
    bench.update("three", "d")
    assert bench.flush() == ["three", "fixed"]
    bench.update("nobody", "unknown")
    assert bench.flush() == ["three", "fixed"]


@pytest.mark.parametrize("moved", [False, True])
def test_what_an_earlier_life_of_the_server_wrote_stays(bench: Bench, moved: bool) -> None:
    bench.print("a\n")
    bench.show("b")
    bench.flush()
    assert next_number(bench.document, CELL, ExecutionId("first")) == 2
    assert next_number(bench.document, CELL, ExecutionId("other")) == 0
    bench.collector = Collector(CELL, ExecutionId("first"), Displays(), begin=2)
    bench.print("c\n")
    assert bench.flush() == ["a\n", "b", "c\n"]
    if moved:
        bench.move()
    bench.print("d\n")
    bench.collector.finish()
    assert bench.flush() == ["a\n", "b", "c\nd\n"]


def test_only_what_the_collector_wrote_is_written_again_in_the_name_of_its_run(
    bench: Bench,
) -> None:
    """A client puts outputs of its own beside them, with the run's id, and changes one."""
    bench.show("one", "d")
    bench.show("genuine")
    bench.print("text\n")
    bench.show("changed")
    bench.flush()
    cell = bench.document.cell(CELL)
    assert cell is not None
    stamp = {EXECUTION_ID: "first", OUTPUT_NUMBER: 1}
    script = {"output_type": "display_data", "data": {"text/plain": "forged"}, "metadata": {}}
    with bench.document.edit("peer"):
        cell["outputs"][3]["data"] = {"text/plain": "changed", "text/html": "<script>"}
        cell["outputs"].extend(new_outputs([script | stamp, script | stamp | {OUTPUT_NUMBER: 9}]))
    assert stamped(bench) == ["one", "genuine", "text\n", "changed", "forged", "forged"]
    bench.update("two", "d")
    assert bench.flush() == ["two", "genuine", "text\n", "changed", "forged", "forged"]
    assert stamped(bench) == ["two", "genuine", "text\n"]
    bench.run("second")
    bench.update("three", "d")
    bench.flush()
    assert stamped(bench) == ["three", "genuine", "text\n"]


def test_an_update_keeps_nothing_that_a_client_put_into_the_output(bench: Bench) -> None:
    bench.show("one", "d")
    bench.flush()
    bench.run("second")
    cell = bench.document.cell(CELL)
    assert cell is not None
    with bench.document.edit("peer"):
        cell["outputs"][0]["output_type"] = "error"
        cell["outputs"][0]["traceback"] = ["<script>"]
    bench.update("two", "d")
    bench.flush()
    assert cell["outputs"].to_py() == [
        {
            "output_type": "display_data",
            "data": {"text/plain": "two"},
            "metadata": {},
            EXECUTION_ID: "first",
            OUTPUT_NUMBER: 0,
        }
    ]


def stamped(bench: Bench) -> list[str]:
    """What stands in the cell with the id of a run."""
    cell = bench.document.cell(CELL)
    assert cell is not None
    return [shown(output) for output in cell["outputs"].to_py() if EXECUTION_ID in output]


def test_too_many_outputs_are_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MOST_OUTPUTS", 1000)
    for number in range(1005):
        bench.show(str(number))
    bench.flush()
    bench.collector.finish()
    outputs = bench.flush()
    assert len(outputs) == 1001
    assert outputs[-1] == "[5 more outputs were left out.]\n"
