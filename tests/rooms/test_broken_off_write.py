"""A write that came to its end without being noted, and another program that goes on from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Text

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.text_document import TextDocument
from anode_jlab.events.document import Kind
from tests.documents.notebook_texts import small_notebook
from tests.rooms.house import ADA, House, type_into

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@asynccontextmanager
async def nothing_is_noted(house: House) -> AsyncIterator[None]:
    """Writing is announced, and that is all that log and catalogue hear of it, as when the server
    is killed then; the test itself writes, or does not."""
    save = house.manager.save

    async def fail(model: dict[str, Any], path: str = "") -> dict[str, Any]:
        raise OSError("killed")

    house.manager.save = fail
    try:
        yield
    finally:
        house.manager.save = save


async def first_cell(house: House) -> str:
    async with house.enter("a.ipynb") as room:
        nb = await room.shown(NotebookDocument.to_notebook)
        assert list(room.conditions) == []
        return str(nb["cells"][0]["source"])


async def test_who_replaces_what_we_wrote_replaces_it(house: House) -> None:
    nb = small_notebook()
    nb["cells"][0]["source"] = "alpha = 1\nbeta = 2\n"
    place = house.put("a.ipynb", nb)

    def replace(document: NotebookDocument) -> None:
        source = document.cells[0]["source"]
        source.clear()
        source.insert(0, "alpha = 23\nbeta = 34\n")

    async with nothing_is_noted(house), house.enter("a.ipynb") as room:
        await room.edit(ADA, "peer", replace)
        await house.pass_time(3)
    # Ours wrote 23 and 34 into the file, another program then 45 for 34.
    place.write_text(
        place.read_text().replace("alpha = 1", "alpha = 23").replace("= 2\\", "= 45\\")
    )

    assert await first_cell(house) == "alpha = 23\nbeta = 45\n"


async def test_a_write_that_did_not_happen_is_none(house: House) -> None:
    nb = small_notebook()
    nb["cells"][0]["source"] = "alpha = 1"
    place = house.put("a.ipynb", nb)
    async with nothing_is_noted(house), house.enter("a.ipynb") as room:
        await type_into(room, 0, " ours")
        await house.pass_time(3)
    place.write_text(place.read_text().replace("alpha = 1", "alpha = 12"))

    assert await first_cell(house) == "alpha = 12 ours"


async def test_text_files_too(house: House) -> None:
    place = house.root / "tool.py"
    place.write_text("alpha = 1\n")

    def type_at_the_end(document: TextDocument) -> None:
        text: Text = document.doc.get("source", type=Text)
        text += "beta = 2\n"

    async with nothing_is_noted(house), house.enter("tool.py", Kind.TEXT) as room:
        await room.edit(ADA, "peer", type_at_the_end)
        await house.pass_time(3)
    # Ours wrote it, another program changed what we had added.
    place.write_text("alpha = 1\nbeta = 45\n")

    async with house.enter("tool.py", Kind.TEXT) as room:
        assert await room.shown(lambda document: str(document.source)) == "alpha = 1\nbeta = 45\n"
