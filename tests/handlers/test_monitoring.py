"""What operators and auditors see of a server: ``/metrics``, and facts in its event system."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from prometheus_client.parser import text_string_to_metric_families
from tornado.httpclient import AsyncHTTPClient

from anode_jlab.audit import SCHEMA_ID
from tests.frames import SYNC, varuint
from tests.native_client import NativeClient
from tests.server_address import ServerAddress


@pytest.fixture
def notebook(
    jp_asyncio_loop: asyncio.AbstractEventLoop,
    address: ServerAddress,
    write_notebook: Callable[..., Path],
) -> str:
    write_notebook("a.ipynb", "x = 1")
    opened = address.post("notebooks", {"path": "a.ipynb"})
    return str(jp_asyncio_loop.run_until_complete(opened)["id"])


async def metrics(address: ServerAddress) -> dict[str, float]:
    """Every sample of ours, by its name and labels as Prometheus writes them."""
    response = await AsyncHTTPClient().fetch(f"{address.url}metrics", headers=address.headers)
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(response.body.decode()):
        for sample in family.samples:
            if sample.name.startswith("anode_"):
                labels = ",".join(f"{key}={value}" for key, value in sample.labels.items())
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_metrics_follow_what_people_do(address: ServerAddress, notebook: str) -> None:
    before = await metrics(address)
    assert before["anode_ack_seconds_count"] == 0.0
    assert before["anode_store_free_bytes"] > 0.0
    async with NativeClient(address, notebook) as client:
        client.append(0, " # typed")
        await client.acked()
        during = await metrics(address)
        assert during["anode_rooms"] == during["anode_peers"] == 1.0
        assert during["anode_changes_waiting"] == 0.0
        assert during["anode_ack_seconds_count"] == 1.0
        assert during["anode_ack_seconds_bucket{le=+Inf}"] == 1.0
        assert during["anode_commit_seconds_count"] >= 1.0
        assert during["anode_commit_events_sum"] >= 2.0  # the change, and that she was seen
        assert during["anode_store_open_bytes"] > 0.0
        bad = NativeClient(address, notebook)
        await bad.connect()
        bad.send_raw(varuint(SYNC) + b"\xff\xff\xff")
        await bad.closed()
        after = await metrics(address)
    assert after["anode_frames_rejected_total{code=bad_frame}"] == 1.0
    assert after["anode_connections_lagged_total"] == 0.0


async def test_labels_hold_no_notebook_no_path_and_no_person(
    address: ServerAddress, notebook: str
) -> None:
    async with NativeClient(address, notebook) as client:
        client.append(0, "!")
        await client.acked()
        names = await metrics(address)
    labels = {name.partition("{")[2].partition("=")[0] for name in names} - {""}
    assert labels <= {"le", "code"}
    assert len(names) < 100


async def test_facts_reach_the_server_s_event_system(
    jp_serverapp: ServerApp, address: ServerAddress, notebook: str
) -> None:
    told: list[dict[str, Any]] = []

    async def listen(logger: object, schema_id: str, data: dict[str, Any]) -> None:
        told.append(data)

    assert jp_serverapp.event_logger is not None
    jp_serverapp.event_logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    async with NativeClient(address, notebook) as client:
        client.append(0, " # secret")
        seq = await client.acked()
        place = await address.get(f"notebooks/{notebook}")
        await address.post(f"notebooks/{notebook}/restore", {"seq": seq - 2})
        await client.until(lambda: client.sources == ["x = 1"])
    facts = [fact["fact"] for fact in told]
    assert facts == ["v1.ActorSeen", "v1.ActorSeen", "v1.Restored"]  # a token names nobody
    assert all((fact["notebook"], fact["path"]) == (notebook, "a.ipynb") for fact in told)
    assert told[0]["actor"]["kind"] == "human"
    assert told[-1]["seq"] > place["seq"]
    assert "secret" not in str(told)
