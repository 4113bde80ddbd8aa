"""How many connections a notebook takes, and whose identity stays the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from traitlets.config import Config

from anode_jlab.ids import NotebookId
from anode_jlab.services import Services
from tests.native_client import NativeClient
from tests.server_address import ServerAddress


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.AnodeConfig.max_connections = 3
    jp_server_config.AnodeConfig.max_connections_per_person = 2
    return jp_server_config


async def test_too_many_connections(
    address: ServerAddress, write_notebook: Callable[..., Path], services: Services
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = str((await address.post("notebooks", {"path": "a.ipynb"}))["id"])
    clients = [NativeClient(address, notebook) for _ in range(3)]
    for client in clients:  # by token and without a cookie: three people
        await client.connect()
    late = NativeClient(address, notebook)
    await late.connect(wait=False)
    end = await late.closed()
    assert (end.code, end.reason) == (4429, "too_many_connections")
    await clients[0].close()
    room = services.rooms.get(NotebookId(notebook))
    assert room is not None
    while len(room.peers) > 2:
        await asyncio.sleep(0.01)
    await late.reconnect()
    assert late.source(0) == "x = 1"
    for client in (*clients, late):
        await client.close()


async def test_a_login_makes_one_person_of_several_connections(
    address: ServerAddress, write_notebook: Callable[..., Path], services: Services
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = str((await address.post("notebooks", {"path": "a.ipynb"}))["id"])
    answer = await address.fetch("GET", "api/me", headers=address.headers)
    cookies = "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_list("Set-Cookie"))
    headers = address.headers | {"Cookie": cookies}
    clients = [NativeClient(address, notebook, headers=headers) for _ in range(3)]
    for client in clients[:2]:
        await client.connect()
    async with NativeClient(address, notebook):
        room = services.rooms.get(NotebookId(notebook))
        assert room is not None
        assert [peer.stable for peer in room.peers] == [True, True, False]
    while len(room.peers) > 2:
        await asyncio.sleep(0.01)
    await clients[2].connect(wait=False)
    assert (await clients[2].closed()).code == 4429
    for client in clients:
        await client.close()
