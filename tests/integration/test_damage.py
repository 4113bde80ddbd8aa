"""Show: logs that are damaged, cut, replaced or removed cost nobody what they still hold."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.clock import SystemClock
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.events.actor import SERVER
from anode_jlab.events.event import Record
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.ids import NotebookId
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient, SocketClosedError

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]


def log_file(server: ServerProcess, notebook: str) -> Path:
    return server.store / notebook[:2] / notebook / "log.db"


def spoil(path: Path, which: str) -> int:
    """Damage the event that ``which`` selects, as a flipped bit would; its seq."""
    with closing(sqlite3.connect(path)) as database, database:
        (seq,) = database.execute(f"SELECT {which} FROM records WHERE bytes NOT NULL").fetchone()
        database.execute("UPDATE records SET time = time + 1 WHERE seq = ?", (seq,))
    return int(seq)


async def events(server: ServerProcess, notebook: str, name: str) -> list[dict[str, Any]]:
    answer = await server.address.get(f"notebooks/{notebook}/events?name={name}")
    return list(answer["events"] if isinstance(answer, dict) else answer)


async def test_clients_bring_back_what_a_damaged_log_lost(server: ServerProcess) -> None:
    file = server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address, notebook, autosave=False) as client:
        for _ in range(30):
            client.append(0, "0")
        await client.acked()
        lineage, head = client.hello["lineage"], client.acked_seq
        await client.drop()
        await server.kill()
        damaged = spoil(log_file(server, notebook), "max(seq) - 20")
        await server.start()
        await client.connect()
        assert client.hello["lineage"] == lineage, "their history goes on"
        assert client.source(0) == "x = 1" + "0" * 30
        async with NativeClient(server.address, notebook) as other:
            assert other.source(0) == client.source(0), "everything is there, once"
        (told,) = await events(server, notebook, "v1.LogRecovered")
        assert told["data"]["good_upto"] == damaged - 1
        assert told["data"]["lost_upto"] == head
        updates = await events(server, notebook, "v1.DocumentUpdated")
        (back,) = [event for event in updates if event["data"]["origin"] == "recovered_from"]
        assert back["cause"] == told["seq"] == head + 1
        kept = log_file(server, notebook).parent / told["data"]["kept"]
        assert (kept / "log.db").exists()
        lost = await server.address.fetch(
            "GET", f"anode/api/notebooks/{notebook}/document?seq={damaged + 1}"
        )
        assert lost.code == 410
        await server.address.post(f"notebooks/{notebook}/export", {})
    assert source_in(file) == "x = 1" + "0" * 30


async def test_a_fuller_file_is_not_overwritten_after_damage(server: ServerProcess) -> None:
    """Nobody has it open any more: the file holds what the log lost, and a person decides."""
    file = server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address, notebook) as old:
        for _ in range(30):
            old.append(0, "0")
        await old.acked()
        await server.address.post(f"notebooks/{notebook}/export", {})
        await old.drop()
        await server.kill()
        spoil(log_file(server, notebook), "max(seq) - 20")
        await server.start()
        async with NativeClient(server.address, notebook) as client:
            assert len(client.source(0)) < 35
            await client.until(lambda: conditions(client) == {"file_changed_outside"})
            refused = await server.address.fetch(
                "POST", f"anode/api/notebooks/{notebook}/export", {}
            )
            assert refused.code == 409
            assert source_in(file) == "x = 1" + "0" * 30
            await server.address.post(f"notebooks/{notebook}/reload", {})
            assert (await client.closed()).code == 1012
        async with NativeClient(server.address, notebook) as client:
            assert client.source(0) == "x = 1" + "0" * 30
            assert client.hello["lineage"] != old.hello["lineage"], "the old one is not merged"
            assert not client.conditions
        with pytest.raises(SocketClosedError) as refusal:
            await old.connect()
        assert refusal.value.code == 4409


async def test_a_log_without_its_beginning_starts_a_new_lineage(server: ServerProcess) -> None:
    server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address, notebook) as client:
        client.append(0, "0")
        await client.acked()
        await server.address.post(f"notebooks/{notebook}/export", {})
        await client.drop()
        await server.kill()
        spoil(log_file(server, notebook), "min(seq)")
        await server.start()
        with pytest.raises(SocketClosedError) as refusal:
            await client.connect()
        assert refusal.value.code == 4409
    async with NativeClient(server.address, notebook) as client:
        assert client.source(0) == "x = 10"


async def test_a_log_that_is_removed_while_it_is_open_is_written_again(
    server: ServerProcess,
) -> None:
    server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    path = log_file(server, notebook)
    async with NativeClient(server.address, notebook, autosave=False) as client:
        client.append(0, "0")
        await client.acked()
        shutil.rmtree(path.parent.parent)
        client.append(0, "0")
        await client.acked()
        assert path.exists()
        await client.drop()
        await server.kill()
        await server.start()
        async with NativeClient(server.address, notebook) as other:
            assert other.source(0) == "x = 100"
            assert other.hello["lineage"] == client.hello["lineage"]


async def test_a_log_that_is_replaced_while_it_is_open_counts(server: ServerProcess) -> None:
    """Somebody puts an older copy in its place: what is there now is loaded, clients offer more."""
    server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    path = log_file(server, notebook)
    async with NativeClient(server.address, notebook, autosave=False) as client:
        client.append(0, "0")
        await client.acked()
        with closing(sqlite3.connect(path)) as database:
            database.execute("VACUUM INTO ?", (str(path.with_name("copy.db")),))
        client.append(0, "0")
        await client.acked()
        for name in ("log.db-wal", "log.db-shm"):
            path.with_name(name).unlink()
        path.with_name("copy.db").replace(path)
        client.append(0, "0")
        with pytest.raises(SocketClosedError):
            await client.acked()
        await client.connect()
        assert client.source(0) == "x = 1000"
        async with NativeClient(server.address, notebook) as other:
            assert other.source(0) == "x = 1000"


async def test_a_log_removed_while_the_server_is_down(server: ServerProcess) -> None:
    server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address, notebook) as client:
        client.append(0, "0")
        await client.acked()
        await server.address.post(f"notebooks/{notebook}/export", {})
        await client.drop()
        await server.terminate()
        log_file(server, notebook).unlink()
        await server.start()
        with pytest.raises(SocketClosedError) as refusal:
            await client.connect()
        assert refusal.value.code == 4409, "never merged blindly"
    async with asyncio.timeout(60), NativeClient(server.address, notebook) as client:
        assert client.source(0) == "x = 10"


async def test_a_log_of_a_newer_version_is_refused_and_not_touched(server: ServerProcess) -> None:
    server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    await server.terminate()
    path = log_file(server, notebook)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    await server.start()
    refused = await server.address.post("notebooks", {"path": "day.ipynb"}, 409)
    assert refused["code"] == "store_too_new"
    assert "Upgrade anode_jlab" in refused["hint"]
    assert (await server.address.fetch("GET", "api/contents/day.ipynb")).code == 200
    await server.terminate()
    assert path.read_bytes() == before
    assert not list(path.parent.glob("damaged-*"))


async def append_unknown(server: ServerProcess, notebook: str) -> None:
    """What a newer version would have left, in a log whose format we know."""
    clock = SystemClock()
    store = SqliteEventStore(server.store, durability="full", clock=clock)
    try:
        log = await store.open(NotebookId(notebook))
        lease = await log.acquire("a newer version")
        event = UnknownEvent(name="v9.CellTeleported", data=b'{"to": 3}')
        record = Record(event=event, actor=SERVER, time=clock.now())
        head = (await log.load()).head
        await log.append([record], epoch=lease.epoch, expect_head=head)
        await log.release(lease)
        await log.close()
    finally:
        await store.close()


async def test_an_event_of_a_newer_version_is_kept_and_makes_read_only(
    server: ServerProcess,
) -> None:
    file = server.write_notebook("day.ipynb", "x = 1")
    notebook = await server.open("day.ipynb")
    await server.terminate()
    await append_unknown(server, notebook)
    before = file.read_bytes()
    await server.start()
    opened = await server.address.post("notebooks", {"path": "day.ipynb"})
    assert (opened["id"], opened["role"]) == (notebook, "reader")
    async with NativeClient(server.address, notebook) as client:
        assert client.source(0) == "x = 1"
        client.append(0, "0")
        assert (await client.closed()).code == 4403
    every = await server.address.get(f"notebooks/{notebook}/events")
    (unknown,) = (event for event in every if event["name"] == "v9.CellTeleported")
    assert unknown["data"] == {"to": 3}
    await server.address.post(f"notebooks/{notebook}/export", {"overwrite": True}, 409)
    assert file.read_bytes() == before


def conditions(client: NativeClient) -> set[str]:
    return {condition["code"] for condition in client.conditions}


def source_in(file: Path) -> str:
    return "".join(json.loads(file.read_text())["cells"][0]["source"])
