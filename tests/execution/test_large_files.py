"""A file with large outputs that is opened: they are taken out of the document, and of no client's
way; the file stays as it is."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pycrdt import Array

from anode_jlab.documents.large_outputs import REFERENCE_MIME
from anode_jlab.documents.long_text import LONG_TEXT_MIME, long_text_in
from tests.execution.notebook import Notebook
from tests.execution.test_large_outputs import held
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]

LINES = "".join(f"line {number}\n" for number in range(300_000))


def image(seed: int, size: int = 150_000) -> str:
    return b64encode(random.Random(seed).randbytes(size)).decode()


def display(**data: Any) -> dict[str, Any]:
    named = {mime.replace("_", "/"): value for mime, value in data.items()}
    return {"output_type": "display_data", "data": named, "metadata": {}}


def fill(file: Path, *outputs: dict[str, Any], cell: int = 0, plots: int = 0) -> bytes:
    """Write outputs into a cell of the file, as another program would."""
    nb = json.loads(file.read_text("utf-8"))
    nb["cells"][cell]["outputs"] = [
        *outputs,
        *(display(image_png=image(seed), text_plain="<Figure>") for seed in range(plots)),
    ]
    file.write_text(json.dumps(nb, indent=1) + "\n", encoding="utf-8")
    return file.read_bytes()


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}


async def test_opening_a_heavy_file(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("a.ipynb", "plots", "y = 1")
    table = display(text_html="<i>x</i>" * 20_000, text_plain="table")
    before = fill(file, stream(LINES), table, plots=20)
    notebook = await Notebook.opened(address, "a.ipynb")
    outputs = await held(address, notebook, 0)
    assert [sorted(one.get("data", {})) for one in outputs[:4]] == [
        [],
        sorted((LONG_TEXT_MIME, "text/plain")),
        [],
        sorted((REFERENCE_MIME, "text/plain")),
    ]
    async with NativeClient(address, notebook.id) as client:
        assert len(client.doc.get_update()) < 80_000, "of 7.5 MB"
    assert file.read_bytes() == before, "opening writes nothing"

    stored = await notebook.events("ArtifactStored")
    names = [event["name"] for event in await notebook.events()]
    assert names.index("v1.DocumentUpdated") > names.index("v1.ArtifactStored")
    long = long_text_in(outputs[1])
    assert long is not None
    assert len(stored) == len(long.pieces) + 1 + 20
    reference = outputs[4]["data"][REFERENCE_MIME]["image/png"]
    served = await address.fetch("GET", f"anode/artifacts/{notebook.id}/{reference['sha256']}")
    assert served.headers["Content-Type"] == "image/png"
    assert served.body == b64decode(image(0))

    whole = await notebook.outputs("cell-0")
    assert whole[0]["text"] == LINES
    async with NativeClient(address, notebook.id) as client:
        cells: Array[Any] = client.doc.get("cells", type=Array)
        cells[1]["source"].insert(0, "# typed\n")
        await client.acked()
    await address.post(f"notebooks/{notebook.id}/export", {})
    saved, was = json.loads(file.read_text("utf-8")), json.loads(before)
    assert saved["cells"][0] == was["cells"][0], "every output is in the file as it was"
    assert await notebook.events("ExternalChangeMerged") == []


async def test_a_change_of_the_file_brings_large_outputs(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", "plots", "more")
    fill(file, plots=1)
    notebook = await Notebook.opened(address, "a.ipynb")
    fill(file, stream(LINES[:200_000]), cell=1, plots=2)
    await address.post(f"notebooks/{notebook.id}/export", {})
    (merged,) = await notebook.events("ExternalChangeMerged")
    assert merged["data"]["cells"] == ["cell-1"], "the plot that was there is no change"
    outputs = await held(address, notebook, 1)
    assert [output["output_type"] for output in outputs] == [
        *("stream", "display_data", "stream"),
        *("display_data", "display_data"),
    ]
    stored = await notebook.events("ArtifactStored")
    addresses = [event["data"]["sha256"] for event in stored]
    assert len(set(addresses)) == len(addresses), "the one plot of both cells was told once"
