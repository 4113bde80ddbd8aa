"""Files that keep references to large outputs, where an operator wants small files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from traitlets.config import Config

from anode_jlab.documents.large_outputs import REFERENCE_MIME
from anode_jlab.documents.long_text import LONG_TEXT_MIME
from tests.execution.notebook import Notebook
from tests.execution.test_large_files import LINES, display, fill, image, stream
from tests.execution.test_large_outputs import held
from tests.server_address import ServerAddress

Write = Callable[..., Path]

TABLE = "import pandas\npandas.DataFrame({'x': range(1000)})"


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.AnodeConfig.large_outputs_in_files = False
    return jp_server_config


async def test_they_stay_small_and_lose_nothing(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "plots", TABLE)
    fill(file, stream(LINES), display(image_png=image(1), text_plain="<Figure>"))
    notebook = await Notebook.opened(address, "a.ipynb")
    (run,) = await notebook.run("cell-1")
    assert run["status"] == "completed"
    await address.post(f"notebooks/{notebook.id}/export", {})

    saved: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(saved)
    assert file.stat().st_size < 200_000, "of 4 MB"
    before, long, after, plot = saved.cells[0].outputs
    assert LINES.startswith(before.text)
    assert LINES.endswith(after.text)
    assert sorted(long.data) == sorted((LONG_TEXT_MIME, "text/plain"))
    assert sorted(plot.data) == sorted((REFERENCE_MIME, "text/plain"))
    (frame,) = saved.cells[1].outputs
    assert sorted(frame.data) == ["text/html", "text/plain"], "what a grid needs is in no file"

    # Read again, after a change by another program too, it is the notebook that it was.
    nb = json.loads(file.read_text("utf-8"))
    nb["cells"][1]["source"] = "y = 1"
    file.write_text(json.dumps(nb), encoding="utf-8")
    await address.post(f"notebooks/{notebook.id}/export", {})
    (merged,) = await notebook.events("ExternalChangeMerged")
    assert merged["data"]["cells"] == ["cell-1"]
    assert (await notebook.outputs("cell-0"))[0]["text"] == LINES
    assert [sorted(one["data"]) for one in await held(address, notebook, 0) if "data" in one] == [
        sorted((LONG_TEXT_MIME, "text/plain")),
        sorted((REFERENCE_MIME, "text/plain")),
    ]
