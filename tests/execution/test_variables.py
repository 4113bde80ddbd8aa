"""The variables of a kernel, for those who look at its notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

HOLDS = """
import numpy, pandas
big = numpy.zeros((1000, 500))
frame = pandas.DataFrame({"a": range(10), "b": 1.5})
words, number, text = ["one", "two"], 7, "seven"
def function(): pass
class Rude:
    def __len__(self): raise RuntimeError("asked")
    __sizeof__ = __len__
rude, _hidden = Rude(), 1
del get_ipython
"""

LOOKS = """
print(sorted(name for name in globals() if name not in before), len(In), Out)
"""


async def test_variables_without_a_trace(address: ServerAddress, write_notebook: Write) -> None:
    wait = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\nlater = 1"
    write_notebook("a.ipynb", HOLDS, "before = {*globals(), 'before'}", LOOKS, wait)
    notebook = await Notebook.opened(address, "a.ipynb")
    route = f"notebooks/{notebook.id}/runtime/variables"

    async def look() -> Any:
        return await address.get(route)

    assert (await look())["session_id"] is None
    await notebook.run("cell-0")
    told = await look()
    assert told["fresh"]
    found = {one["name"]: one for one in told["variables"]}
    assert next(iter(found)) == "big"
    assert set(found) == {"big", "frame", "words", "number", "text", "rude"}
    assert told["count"] == 6
    assert found["big"]["shape"] == [1000, 500]
    assert found["big"]["bytes"] == 4_000_000
    assert (found["frame"]["type"], found["frame"]["shape"]) == ("DataFrame", [10, 2])
    assert found["words"]["shape"] == [2]
    assert (found["number"]["type"], found["number"]["shape"]) == ("int", None)
    assert (found["rude"]["full_type"], found["rude"]["bytes"]) == ("__main__.Rude", None)

    # It is no run: nothing is named, counted or kept by it.
    await notebook.run("cell-1")
    await look()
    (run,) = await notebook.run("cell-2")
    (output,) = await notebook.outputs("cell-2")
    assert output["text"] == "['_i3'] 4 {}\n"  # what IPython itself notes of a run
    assert run["execution_count"] == 3

    # A kernel that is at work is not asked; what it said before is told.
    (running,) = await notebook.start("cell-3")
    await notebook.until(running, "executing")
    told = await look()
    assert not told["fresh"]
    assert told["variables"]
    folder = await notebook.runtime()
    assert folder["status"] == "busy"
    root = write_notebook("b.ipynb").parent
    (root / "go").touch()
    await notebook.ended(running)
    async with asyncio.timeout(60):
        while "later" not in {one["name"] for one in (await look())["variables"]}:
            await asyncio.sleep(0.05)
