"""Large outputs of real kernels: beside the document, whole in the file and for every reader."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from pycrdt import Array, Map

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.documents.large_outputs import REFERENCE_MIME
from anode_jlab.documents.long_text import LongText, long_text_in
from anode_jlab.ids import NotebookId
from anode_jlab.services import Services
from tests.execution.notebook import PATIENCE_SECONDS, Notebook
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]

NOTHING = LongText("stdout", ())

NOISE = """\
import os, random
from base64 import b64encode
from IPython.display import display
def image(seed, size=150_000):
    return b64encode(random.Random(seed).randbytes(size)).decode()
def show(**data):
    return display({k.replace('_', '/'): v for k, v in data.items()}, raw=True, display_id=True)
"""


async def held(address: ServerAddress, notebook: Notebook, cell: int) -> list[dict[str, Any]]:
    """The outputs of a cell as the shared document holds them."""
    async with NativeClient(address, notebook.id) as client:
        cells: Array[Any] = client.doc.get("cells", type=Array)
        plain: list[dict[str, Any]] = cells[cell]["outputs"].to_py()
        return plain


async def test_a_plot(address: ServerAddress, write_notebook: Write, services: Services) -> None:
    file = write_notebook(
        "a.ipynb",
        NOISE,
        "show(text_plain='<Figure>', image_png=image(1)); print('after')",
        "show(text_plain='small', image_png=image(2, 1000));",
        "show(text_html='<i>x</i>' * 20_000, text_plain='table');",
        "show(text_plain='<Figure>', image_png=image(1)); show(image_png=image(1));",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run(*(f"cell-{n}" for n in range(5)))
    assert [run["status"] for run in runs] == ["completed"] * 5

    first, printed = await held(address, notebook, 1)
    assert sorted(first["data"]) == [REFERENCE_MIME, "text/plain"]
    reference = first["data"][REFERENCE_MIME]["image/png"]
    assert (int(reference["size"]), reference["form"]) == (150_000, "base64")
    assert printed["text"] == "after\n"
    (small,) = await held(address, notebook, 2)
    assert sorted(small["data"]) == ["image/png", "text/plain"]

    served = await address.fetch("GET", f"anode/artifacts/{notebook.id}/{reference['sha256']}")
    assert (served.code, served.headers["Content-Type"]) == (200, "image/png")
    assert len(served.body) == 150_000

    whole = (await notebook.outputs("cell-1"))[0]["data"]
    assert b64decode(whole["image/png"]) == served.body
    assert (await notebook.outputs("cell-3"))[0]["data"]["text/html"] == "<i>x</i>" * 20_000

    stored = await notebook.events("ArtifactStored")
    assert [event["data"]["mime"] for event in stored] == ["image/png", "text/html", "image/png"]
    state = await notebook.state()
    assert [one["size"] for one in state["artifacts"]] == [150_000, 160_000]
    names = [event["name"] for event in await notebook.events()]
    assert names.index("v1.ArtifactStored") < names.index("v1.OutputAdded")

    await address.post(f"notebooks/{notebook.id}/export", {})
    saved: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(saved)
    assert saved.cells[1].outputs[0].data["image/png"] == whole["image/png"]
    assert "anode" not in file.read_text("utf-8")


async def test_updates_and_order(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook(
        "a.ipynb",
        NOISE,
        "print('a')\nh = show(image_png=image(1), text_plain='one')\nprint('b')\n"
        "for n in range(2, 6): h.update({'image/png': image(n), 'text/plain': 'n'}, raw=True)",
        "h.update({'image/png': image(9), 'text/plain': 'last'}, raw=True)",
        "for seed in range(30):\n    show(image_png=image(seed, 60_000)); print(seed)",
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    runs = await notebook.run("cell-0", "cell-1", "cell-2", "cell-3")
    assert [run["status"] for run in runs] == ["completed"] * 4
    # An update of an earlier run is written on its own.
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            a, shown, b = await notebook.outputs("cell-1")
            if shown["data"]["text/plain"] == "last":
                break
            await asyncio.sleep(0.02)
    assert (a["text"], b["text"]) == ("a\n", "b\n")
    assert sorted(shown["data"]) == ["image/png", "text/plain"]
    many = await notebook.outputs("cell-3")
    assert [output.get("text") for output in many] == [
        text for seed in range(30) for text in (None, f"{seed}\n")
    ]


async def test_a_change_of_the_file_leaves_large_outputs_alone(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb", NOISE, "show(image_png=image(1), text_plain='x');", "y = 1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0", "cell-1")
    await address.post(f"notebooks/{notebook.id}/export", {})
    nb = json.loads(file.read_text("utf-8"))
    nb["cells"][2]["source"] = "y = 2"
    file.write_text(json.dumps(nb), encoding="utf-8")
    await address.post(f"notebooks/{notebook.id}/export", {})
    (merged,) = await notebook.events("ExternalChangeMerged")
    assert merged["data"]["cells"] == ["cell-2"]
    (output,) = await held(address, notebook, 1)
    assert sorted(output["data"]) == [REFERENCE_MIME, "text/plain"]


async def test_without_room_for_them_they_stay_in_the_document(
    address: ServerAddress, write_notebook: Write, services: Services
) -> None:
    write_notebook("a.ipynb", NOISE, "show(image_png=image(1));")
    notebook = await Notebook.opened(address, "a.ipynb")
    assert isinstance(services.artifacts, FolderArtifacts)
    folder = services.artifacts.folder_of(NotebookId(notebook.id))
    folder.write_text("in the way")
    runs = await notebook.run("cell-0", "cell-1")
    assert runs[1]["status"] == "completed"
    (output,) = await held(address, notebook, 1)
    assert len(b64decode(output["data"]["image/png"])) == 150_000
    assert await notebook.events("ArtifactStored") == []


async def test_lost_bytes_are_told_and_nothing_else_suffers(
    address: ServerAddress, write_notebook: Write, services: Services
) -> None:
    file = write_notebook("a.ipynb", NOISE, "show(image_png=image(1), text_plain='x');", "1")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0", "cell-1")
    await address.post(f"notebooks/{notebook.id}/export", {})
    assert isinstance(services.artifacts, FolderArtifacts)
    (kept,) = services.artifacts.folder_of(NotebookId(notebook.id)).iterdir()
    data = kept.read_bytes()
    kept.unlink()
    await notebook.run("cell-2")
    await address.post(f"notebooks/{notebook.id}/export", {})
    nb = json.loads(file.read_text("utf-8"))
    assert sorted(nb["cells"][1]["outputs"][0]["data"]) == [REFERENCE_MIME, "text/plain"]
    kept.write_bytes(data)
    assert (await notebook.outputs("cell-1"))[0]["data"]["image/png"]


async def test_a_cell_pasted_into_another_notebook_brings_its_outputs(
    address: ServerAddress, write_notebook: Write, services: Services
) -> None:
    write_notebook("a.ipynb", NOISE, "show(image_png=image(1), text_plain='x');")
    other = write_notebook("b.ipynb", "y")
    notebook = await Notebook.opened(address, "a.ipynb")
    await notebook.run("cell-0", "cell-1")
    (output,) = await held(address, notebook, 1)
    sha256 = output["data"][REFERENCE_MIME]["image/png"]["sha256"]
    target = await Notebook.opened(address, "b.ipynb")
    route = f"anode/artifacts/{target.id}/{sha256}"
    assert (await address.fetch("GET", route)).code == 404
    async with NativeClient(address, target.id) as client:
        cells: Array[Any] = client.doc.get("cells", type=Array)
        cells[0]["outputs"].append(Map(output))
        await client.acked()
        served = await address.fetch("GET", route)
    assert (served.code, served.headers["Content-Type"]) == (200, "image/png")
    kept = services.artifacts
    assert await kept.addresses(NotebookId(target.id)) == [], "asking for it changes nothing"
    await address.post(f"notebooks/{target.id}/export", {})
    assert await kept.addresses(NotebookId(target.id)) == [sha256]
    saved = json.loads(other.read_text("utf-8"))
    assert b64decode(saved["cells"][0]["outputs"][0]["data"]["image/png"]) == served.body


async def test_a_flood_is_kept_and_can_be_interrupted(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook(
        "a.ipynb", "n = 0\nwhile True: print('line', n, 'y' * 100); n += 1", "print('well')"
    )
    notebook = await Notebook.opened(address, "a.ipynb")
    (flood,) = await notebook.start("cell-0")
    await notebook.until(flood, "executing")
    async with NativeClient(address, notebook.id) as client:
        cells: Array[Any] = client.doc.get("cells", type=Array)
        async with asyncio.timeout(60):  # what came until then can be had while more comes
            while True:
                outputs = cells[0]["outputs"].to_py()
                if len(outputs) == 3 and (long_text_in(outputs[1]) or NOTHING).size > 3_000_000:
                    break
                await asyncio.sleep(0.02)
        assert len(client.doc.get_update()) < 300_000
    await notebook.cancel(flood)
    run = await notebook.ended(flood)
    assert run["reason"] == "interrupted"
    head, reference, tail, _ = await held(address, notebook, 0)
    long = long_text_in(reference)
    assert long is not None
    assert len(head["text"]) + len(tail["text"]) < 64 * 1024
    first = await address.fetch("GET", f"anode/artifacts/{notebook.id}/{long.pieces[0].sha256}")
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert first.body.decode().startswith(head["text"][:30_000])
    await address.post(f"notebooks/{notebook.id}/export", {})
    saved: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(saved)
    whole, error = saved.cells[0].outputs
    assert error.ename == "KeyboardInterrupt"
    lines = whole.text.splitlines()
    assert len(lines) == long.lines + (not whole.text.endswith("\n"))
    assert all(line.startswith(f"line {n} y") for n, line in enumerate(lines[:-1]))
    (run,) = await notebook.run("cell-1")
    assert run["status"] == "completed"
    merged = await notebook.events("ExternalChangeMerged")
    assert merged == [], "our own file is no change"
