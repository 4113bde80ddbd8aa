"""``settings["jupyter_server_ydoc"]``: documents for other server extensions of this process."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_ydoc import YNotebook

from anode_jlab.ids import NotebookId, Seq
from anode_jlab.services import Services
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


@pytest.fixture
def documents(jp_serverapp: ServerApp) -> Any:
    assert jp_serverapp.web_app is not None
    return jp_serverapp.web_app.settings["jupyter_server_ydoc"]


async def test_a_copy_stands_for_itself(
    address: ServerAddress, write_notebook: Write, documents: Any
) -> None:
    write_notebook("a.ipynb", "x = 1")
    wanted = {"path": "a.ipynb", "content_type": "notebook", "file_format": "json"}
    assert documents.disable_rtc is False
    assert await documents.get_document(**wanted) is None, "it is not open"
    notebook = await documents.get_document(**wanted, create=True)
    assert isinstance(notebook, YNotebook)
    assert notebook.get()["cells"][0]["source"] == "x = 1"
    notebook.ycells[0]["source"].insert(0, "no ")
    again = await documents.get_document(**wanted)
    assert again.get()["cells"][0]["source"] == "x = 1"


async def test_a_live_document_is_a_peer(
    address: ServerAddress, write_notebook: Write, documents: Any, services: Services
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    opened = await address.post("notebooks", {"path": "a.ipynb"})
    name = f"json:notebook:{opened['id']}"
    rooms = documents.ywebsocket_server
    assert rooms.room_exists(name)
    async with NativeClient(address, opened["id"]) as client:
        room = await rooms.get_room(name)
        notebook = room._document
        notebook.ycells[0]["source"].insert(5, "0")
        await client.until(lambda: client.source(0) == "x = 10")
        client.append(1, "1")
        await client.acked()
        assert str(notebook.ycells[1]["source"]) == "y = 21"
        with notebook.ydoc.transaction():
            notebook.ycells[0]["source"].insert(0, "# ")
            notebook.ycells[1]["source"].insert(0, "# ")
        await client.until(lambda: client.sources == ["# x = 10", "# y = 21"])
        events = await address.get(f"notebooks/{opened['id']}/events?name=CellSourceChanged")
        assert {event["actor"]["kind"] for event in events} == {"api", "human"}

        live = services.rooms.get(NotebookId(opened["id"]))
        assert live is not None
        assert len(live.peers) == 2
        left = asyncio.Event()
        live.subscribe(Leaving(left))
        del room, notebook
        gc.collect()
        await asyncio.wait_for(left.wait(), 30)
        assert len(live.peers) == 1


class Leaving:
    """Tells when somebody left."""

    def __init__(self, left: asyncio.Event) -> None:
        self._left = left

    def on_change(self, applied_seq: Seq) -> None:
        return

    def on_peer_change(self) -> None:
        self._left.set()


async def test_a_live_document_comes_back_after_its_room(
    address: ServerAddress, write_notebook: Write, documents: Any, services: Services
) -> None:
    file = write_notebook("a.ipynb", "x = 1")
    notebook = await documents.get_document(
        path="a.ipynb", content_type="notebook", file_format="json", copy=False, create=True
    )
    [notebook_id] = services.rooms.open_ids
    room = services.rooms.get(notebook_id)
    assert room is not None
    room.closing.set()
    notebook.ycells[0]["source"].insert(5, "0")
    opened = await address.post("notebooks", {"path": "a.ipynb"})
    async with NativeClient(address, opened["id"]) as client:
        await client.until(lambda: client.source(0) == "x = 10")
    await address.post(f"notebooks/{opened['id']}/export", {})
    assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 10"]


async def test_file_ids_of_a_service_are_hints(
    jp_serverapp: ServerApp, address: ServerAddress, write_notebook: Write, documents: Any
) -> None:
    class Service:
        def get_path(self, file_id: str) -> str | None:
            return {"1234": "a.ipynb"}.get(file_id)

    write_notebook("a.ipynb", "x = 1")
    assert jp_serverapp.web_app is not None
    jp_serverapp.web_app.settings["file_id_manager"] = Service()
    assert not documents.ywebsocket_server.room_exists("json:notebook:1234")
    await address.post("notebooks", {"path": "a.ipynb"})
    assert documents.ywebsocket_server.room_exists("json:notebook:1234")
    assert (await documents.get_document(room_id="json:notebook:1234")).cell_number == 1
    assert await documents.get_document(room_id="json:notebook:9999", create=True) is None
    with pytest.raises(LookupError):
        await documents.ywebsocket_server.get_room("json:notebook:9999")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"path": "a.ipynb"},
        {"path": "a.ipynb", "content_type": "notebook"},
        {"room_id": "json:notebook:1", "path": "a.ipynb"},
    ],
)
async def test_arguments_that_name_nothing(documents: Any, arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="room_id"):
        await documents.get_document(**arguments)


async def test_a_peer_that_is_loaded_all_the_same_is_named(
    jp_serverapp: ServerApp, address: ServerAddress
) -> None:
    assert (await address.get("health"))["status"] == "ok"
    assert jp_serverapp.web_app is not None
    jp_serverapp.web_app.settings["jupyter_server_documents"] = object()
    health = await address.get("health")
    assert health["status"] == "degraded"
    assert "jupyter-server-documents is loaded as well" in health["problems"][0]
