"""Tables that a kernel shows, read page by page by whoever looks at its notebook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.documents.large_outputs import REFERENCE_MIME
from anode_jlab.kernel.grids import MIME
from tests.execution.notebook import Notebook
from tests.execution.test_large_outputs import held
from tests.server_address import ServerAddress

Write = Callable[..., Path]

FRAME = """
import pandas
n = 5000
frame = pandas.DataFrame({
    "number": range(n), "half": [None if i == 7 else i / 2 for i in range(n)],
    "word": [f"w{i % 3}" for i in range(n)], "day": pandas.date_range("2020-01-01", periods=n),
})
frame
"""
OTHERS = """
import polars, pyarrow
columns = {"number": list(range(300)), "word": [f"w{i % 3}" for i in range(300)]}
display(polars.DataFrame(columns)); arrow = pyarrow.table(columns); display(arrow); display([1])
"""
TRACE = "print(len(In), sorted(Out), [name for name in dir() if 'grid' in name.lower()])"


class Shown:
    """A table as a viewer has it."""

    def __init__(self, notebook: Notebook, told: dict[str, Any]) -> None:
        self.notebook = notebook
        self.told = told

    @classmethod
    async def of(cls, notebook: Notebook, output: dict[str, Any]) -> Shown:
        sha256 = output["data"][REFERENCE_MIME][MIME]["sha256"]
        answer = await notebook.address.fetch("GET", f"anode/artifacts/{notebook.id}/{sha256}")
        return cls(notebook, json.loads(answer.body))

    async def page(self, status: int = 200, **asked: Any) -> Any:
        body = {"table": self.told["table"], "names": self.told["names"], **asked}
        route = f"notebooks/{self.notebook.id}/runtime/table"
        return await self.notebook.address.post(route, body, status)


async def test_a_table_of_pandas(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("a.ipynb", FRAME, TRACE, "frame['more'] = 1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    (output,) = await held(address, notebook, 0)
    assert sorted(output["data"]) == [REFERENCE_MIME, "text/html", "text/plain"]
    shown = await Shown.of(notebook, output)
    told = shown.told
    assert (told["rows"], told["columns"], told["shown_whole"]) == (5000, 4, False)
    assert told["kinds"] == ["number", "number", "text", "time"]
    assert told["labels"][:2] == ["0", "1"]
    assert [len(column) for column in told["values"]] == [100] * 4
    assert [column[7] for column in told["values"]] == [7, None, "w1", "2020-01-08 00:00:00"]
    assert sum(told["distributions"][0]["bars"]) == told["sampled"] == 2500
    assert told["distributions"][2]["different"] == 3

    page = await shown.page(start=4990, count=100)
    assert (page["rows"], page["start"], page["labels"][0]) == (5000, 4990, "4990")
    assert page["values"][0] == list(range(4990, 5000))
    page = await shown.page(sort={"column": 1, "descending": True}, count=2)
    assert page["values"][0] == [4999, 4998]
    last = await shown.page(sort={"column": 1}, start=4999)
    assert last["values"][0] == [7], "what is missing comes last"
    filters = [
        {"column": 2, "how": "contains", "value": "W2"},
        {"column": 0, "how": "lt", "value": "9"},
        {"column": 3, "how": "gt", "value": "2020-01-03"},
    ]
    page = await shown.page(filters=filters, sort={"column": 0, "descending": True})
    assert (page["rows"], page["values"][0], page["labels"]) == (2, [8, 5], ["8", "5"])
    empty = await shown.page(filters=[{"column": 1, "how": "empty"}])
    assert empty["values"][0] == [7]
    problem = await shown.page(400, filters=[{"column": 0, "how": "gt", "value": "many"}])
    assert problem["message"] == "'many' is no number."
    assert (await shown.page(400, sort={"column": 4}))["message"] == "There is no such column."

    # The file has what it always had, and the user's names and numbers are as they were.
    await notebook.run("cell-1")
    (output,) = await notebook.outputs("cell-1")
    assert output["text"] == "3 [1] []\n"
    await address.post(f"notebooks/{notebook.id}/export", {})
    saved = json.loads(file.read_text("utf-8"))["cells"][0]["outputs"][0]
    assert sorted(saved["data"]) == ["text/html", "text/plain"]
    assert await notebook.events("ExternalChangeMerged") == []

    await notebook.run("cell-2")
    assert (await shown.page(410))["message"] == "The table has other columns now."


async def test_other_tables_and_kernels_that_cannot_answer(
    address: ServerAddress, write_notebook: Write
) -> None:
    wait = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)"
    file = write_notebook("a.ipynb", OTHERS, wait)
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0")
    polars, arrow, plain = await held(address, notebook, 0)
    assert sorted(plain["data"]) == ["text/plain"]
    assert sorted(arrow["data"]) == [REFERENCE_MIME, "text/plain"]
    gone, shown = [await Shown.of(notebook, one) for one in (polars, arrow)]
    for one in (gone, shown):
        assert (one.told["rows"], one.told["kinds"]) == (300, ["number", "text"])
        assert len(one.told["values"][0]) == 100
    assert (await gone.page(410))["code"] == "table_gone", "nothing holds it"
    filters = [{"column": 1, "how": "eq", "value": "w1"}]
    page = await shown.page(filters=filters, sort={"column": 0, "descending": True}, count=2)
    assert (page["rows"], page["values"]) == (100, [[298, 295], ["w1", "w1"]])
    (running,) = await notebook.start("cell-1")
    await notebook.until(running, "executing")
    assert (await shown.page(409))["code"] == "kernel_busy"
    (file.parent / "go").touch()
    await notebook.ended(running)
    await notebook.runtime("restart")
    assert (await shown.page(410))["code"] == "table_gone"
    await notebook.runtime("stop")
    assert (await shown.page(410))["message"] == "The kernel that had this table has ended."
