"""The socket: bad frames end their sender only, slow clients cost nobody else, limits hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect
from traitlets.config import Config

from anode_jlab.ids import NotebookId
from anode_jlab.services import Services
from tests.frames import ACK, EVENTS, HELLO, STEP1, STEP2, SYNC, UPDATE, sync_frame, varuint
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

LIMIT = 256 * 1024


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.AnodeConfig.max_update_bytes = LIMIT
    jp_server_config.AnodeConfig.max_step2_bytes = 2 * LIMIT
    jp_server_config.AnodeConfig.send_queue_bytes = LIMIT
    return jp_server_config


@pytest.fixture
def notebook(
    jp_asyncio_loop: asyncio.AbstractEventLoop,
    address: ServerAddress,
    write_notebook: Callable[..., Path],
) -> str:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    opened = address.post("notebooks", {"path": "a.ipynb"})
    return str(jp_asyncio_loop.run_until_complete(opened)["id"])


@pytest.fixture
def witness(
    jp_asyncio_loop: asyncio.AbstractEventLoop, address: ServerAddress, notebook: str
) -> Iterator[NativeClient]:
    """Somebody else in the room, who must not notice anything."""

    async def join() -> NativeClient:
        client = NativeClient(address, notebook)
        await client.connect()
        return client

    async def go_on(client: NativeClient) -> None:
        before = client.source(1)
        client.append(1, "!")
        await client.acked()
        assert client.source(1) == before + "!"
        await client.close()

    client = jp_asyncio_loop.run_until_complete(join())
    yield client
    jp_asyncio_loop.run_until_complete(go_on(client))


async def test_hello_comes_first_and_tells_where_one_is(
    address: ServerAddress, notebook: str
) -> None:
    async with NativeClient(address, notebook) as client:
        assert client.answers[0] == HELLO
        hello = client.hello
        assert (hello["id"], hello["role"], hello["path"]) == (notebook, "owner", "a.ipynb")
        assert hello["limits"] == {"update": LIMIT, "step2": 2 * LIMIT}
        assert client.sources == ["x = 1", "y = 2"]
        place = await address.get(f"notebooks/{notebook}")
        assert [peer["client"] for peer in place["peers"]] == [hello["client"]]
    assert (await address.get(f"notebooks/{notebook}"))["peers"] == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"", 4400),
        (b"\x00", 4400),
        (b"\x00\x02", 4400),
        (b"\x00\x02\x05\x01", 4400),
        (b"\x00\x03\x00", 4400),
        (b"\x00\x02\x02\x00\x00\x00", 4400),
        (bytes((HELLO,)) + b"{}", 4400),
        (bytes((ACK, 1, 1)), 4400),
        (b"\x7f", 4400),
        (b"\xff" * 12, 4400),
        (sync_frame(STEP1, b"\xff\xff\xff\xff\x0f"), 4400),
        (sync_frame(UPDATE, b"\x01\x01\x01"), 4400),
        (sync_frame(UPDATE, b"\xff\xff\xff\xff\x0f" + bytes(40)), 4400),
        (sync_frame(STEP2, b"garbage"), 4400),
        (b"\x01\x03\x01\x01\x01", 4400),
        (sync_frame(UPDATE, bytes(LIMIT + 1)), 4413),
        (sync_frame(STEP2, bytes(2 * LIMIT + 1)), 4413),
    ],
    ids=lambda value: value[:12].hex() or "empty" if isinstance(value, bytes) else None,
)
async def test_a_bad_frame_closes_its_sender_only(
    address: ServerAddress,
    notebook: str,
    witness: NativeClient,
    services: Services,
    frame: bytes,
    code: int,
) -> None:
    room = services.rooms.get(NotebookId(notebook))
    bad = NativeClient(address, notebook)
    await bad.connect()
    bad.send_raw(frame)
    end = await bad.closed()
    assert end.code == code
    assert end.reason
    assert services.rooms.get(NotebookId(notebook)) is room, "the room goes on"
    await bad.close()


async def test_a_text_frame_is_a_bad_frame(
    address: ServerAddress, notebook: str, witness: NativeClient
) -> None:
    url = address.socket_url(f"anode/api/notebooks/{notebook}/room")
    socket = await websocket_connect(HTTPRequest(url, headers=address.headers))
    await socket.write_message("hello")
    while await socket.read_message() is not None:
        pass
    assert socket.close_code == 4400


async def test_a_frame_beyond_all_limits_is_not_even_read(
    address: ServerAddress, notebook: str, witness: NativeClient
) -> None:
    bad = NativeClient(address, notebook)
    await bad.connect()
    bad.send_raw(bytes(3 * LIMIT))
    assert (await bad.closed()).code in (1006, 1009, None)
    await bad.close()


@pytest.mark.parametrize(
    "query",
    ["lineage=nonsense", "after=-1", "autosave=perhaps", "something=else", "after=1&after=2"],
)
async def test_a_query_that_is_not_understood_is_refused_before_the_upgrade(
    address: ServerAddress, notebook: str, query: str
) -> None:
    url = address.socket_url(f"anode/api/notebooks/{notebook}/room?{query}")
    with pytest.raises(HTTPClientError) as refused:
        await websocket_connect(HTTPRequest(url, headers=address.headers))
    assert refused.value.code == 400


async def test_another_lineage_is_turned_away_before_any_sync(
    address: ServerAddress, notebook: str, witness: NativeClient
) -> None:
    client = NativeClient(address, notebook)
    client.hello = {"lineage": "0" * 16}
    await client.connect(wait=False)
    end = await client.closed()
    assert (end.code, end.reason) == (4409, "other_lineage")
    assert SYNC not in client.answers
    await client.close()


async def test_a_notebook_that_is_not_there(address: ServerAddress) -> None:
    client = NativeClient(address, "0" * 32)
    await client.connect(wait=False)
    assert (await client.closed()).code == 4404
    await client.close()


def created_cells(client: NativeClient) -> list[str]:
    return [e["data"]["cell_id"] for e in client.events if e["name"] == "v1.CellCreated"]


async def test_a_slow_client_gets_one_fresh_difference(
    address: ServerAddress, notebook: str, witness: NativeClient, services: Services
) -> None:
    slow = NativeClient(address, notebook, after=0)
    await slow.connect(frozen=True)
    await slow.thaw(lambda: slow.sources == ["x = 1", "y = 2"])
    # Far more than the kernel's buffers and the queue hold; the witness is not held up by it.
    text = "#" * (LIMIT // 2)
    for _ in range(120):
        witness.delete(0, 0, len(witness.source(0)))
        witness.insert(0, 0, text)
        await witness.acked()
    witness.add_cell(2, "last", "the end")
    await witness.acked()
    room = services.rooms.get(NotebookId(notebook))
    assert room is not None
    assert any(peer.lagging for peer in room.peers), "the test has to overflow the queue"

    await slow.thaw(lambda: slow.cell_ids[-1:] == ["last"])
    assert slow.sources == witness.sources
    head = room.head
    await slow.thaw(lambda: "last" in created_cells(slow))
    seqs = [event["seq"] for event in slow.events]
    assert seqs == sorted(set(seqs)), "events come in order and once"
    assert seqs[-1] <= head
    slow.append(2, "!")
    await slow.thaw(lambda: slow.frames_acked == slow.frames_sent)
    assert EVENTS in slow.answers
    await slow.close()
    await witness.until(lambda: witness.source(2) == "the end!")


async def test_a_closed_connection_leaves_nothing_behind(
    address: ServerAddress, notebook: str, services: Services
) -> None:
    room = services.rooms.get(NotebookId(notebook))
    assert room is not None
    for _ in range(5):
        async with NativeClient(address, notebook) as client:
            client.set_awareness({"cursor": 1})
            client.send_raw(varuint(21))
            await client.acked()
    async with NativeClient(address, notebook) as last:
        await last.until(lambda: len(room.peers) == 1)
        assert set(last.awareness) <= {last.doc.client_id}
