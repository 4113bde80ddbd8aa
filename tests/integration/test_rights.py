"""Show: rights hold on every route and frame, with the server's own identity and authorizer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tornado.httpclient import HTTPClientError

from tests.frames import UPDATE
from tests.integration import policy
from tests.integration.server_process import ServerProcess
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(300),
]

RECHECK = "c.AnodeConfig.role_check_seconds = 1\n"


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    process = ServerProcess(tmp_path, config=policy.CONFIG + RECHECK)
    process.token = policy.ALICE
    process.write_notebook("day.ipynb", "x = 1", "y = 2")
    async with process:
        yield process


async def test_roles(server: ServerProcess) -> None:
    roles = {}
    for token in (policy.ALICE, policy.ED, policy.RITA):
        opened = await server.address_of(token).post("notebooks", {"path": "day.ipynb"})
        roles[token] = opened["role"]
    assert roles == {policy.ALICE: "owner", policy.ED: "editor", policy.RITA: "reader"}


async def test_one_without_rights_gets_nothing(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    nobody = server.address_of(policy.NOBODY)
    for route in ("health", "notebooks", f"notebooks/{notebook}", "openapi.json"):
        assert (await nobody.get(route, 403))["code"] == "not_allowed"
    with pytest.raises(HTTPClientError) as refused:
        await NativeClient(nobody, notebook).connect()
    assert refused.value.code == 403


async def test_only_an_owner_purges(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    ed = server.address_of(policy.ED)
    assert (await ed.post(f"notebooks/{notebook}/purge", {}, 403))["code"] == "not_allowed"
    alice = server.address_of(policy.ALICE)
    await alice.post(f"notebooks/{notebook}/purge", {}, 202)
    (event,) = await ed.get(f"notebooks/{notebook}/events?name=HistoryPurged")
    assert event["actor"]["id"] == "alice"


async def test_a_reader_reads_and_changes_nothing(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    rita = server.address_of(policy.RITA)
    before = (server.root / "day.ipynb").read_bytes()
    for action, body in (
        ("export", {"overwrite": True}),
        ("reload", {}),
        ("restore", {"seq": 1}),
        ("purge", {}),
    ):
        assert (await rita.post(f"notebooks/{notebook}/{action}", body, 403))[
            "code"
        ] == "not_allowed"
    assert (await rita.get(f"notebooks/{notebook}/document"))["cells"][0]["source"] == "x = 1"

    async with NativeClient(server.address, notebook) as alice:
        reader = NativeClient(rita, notebook)
        await reader.connect()
        assert reader.hello["role"] == "reader"
        # What a client lacks no change for: a step2 (always sent) was discarded and acknowledged.
        assert reader.frames_sent == reader.frames_acked >= 1
        reader.insert(0, 0, "hacked = True\n")
        end = await reader.closed()
        assert (end.code, (reader.denied or {})["code"]) == (4403, "read_only")
        alice.append(0, "0")
        await alice.acked()
        assert alice.source(0) == "x = 10"
        await reader.close()
    assert "hacked" not in json.dumps(await server.address.get(f"notebooks/{notebook}/document"))
    assert (server.root / "day.ipynb").read_bytes() == before or "hacked" not in (
        server.root / "day.ipynb"
    ).read_text()


async def test_a_reader_cannot_bring_changes_in_a_step2(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    reader = NativeClient(server.address_of(policy.RITA), notebook)
    await reader.connect()
    await reader.drop()
    reader.insert(0, 0, "while away")
    await reader.connect()
    assert reader.frames_acked == reader.frames_sent
    async with NativeClient(server.address, notebook) as alice:
        assert alice.source(0) == "x = 1"
    await reader.close()


async def test_an_update_that_changes_nothing_is_no_violation(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    async with NativeClient(server.address_of(policy.RITA), notebook) as reader:
        reader.send_counted(UPDATE, b"\x00\x00")
        await reader.acked()
        assert reader.connected


async def test_nobody_can_pose_as_somebody_else(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    async with (
        NativeClient(server.address, notebook) as alice,
        NativeClient(server.address_of(policy.BOB), notebook, after=0) as bob,
    ):
        bob.set_awareness({"user": {"username": "alice", "name": "Alice"}, "cursor": 1})
        await alice.until(lambda: bob.doc.client_id in alice.awareness)
        assert alice.awareness[bob.doc.client_id]["user"]["username"] == "bob"
        bob.append(0, "0")
        await bob.acked()
    events = await server.address.get(f"notebooks/{notebook}/events?name=DocumentUpdated")
    assert events[-1]["actor"] == {"kind": "human", "id": "bob", "name": "Bob"}


async def test_the_others_see_who_one_is_and_since_when(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    browser = {"Authorization": f"token {policy.VERA}", "User-Agent": "Mozilla/5.0 (X11)"}
    forged = {"user": {"kind": "assistant", "since": "1999-01-01T00:00:00.000Z", "role": "owner"}}
    async with (
        NativeClient(server.address, notebook) as alice,
        NativeClient(server.address_of(policy.BOB), notebook) as bob,
        NativeClient(server.address, notebook, headers=browser) as vera,
    ):
        ids = {bob.doc.client_id, vera.doc.client_id}
        for client in (bob, vera):
            client.set_awareness(forged)
        await alice.until(lambda: ids <= set(alice.awareness))
        program = alice.awareness[bob.doc.client_id]["user"]
        person = alice.awareness[vera.doc.client_id]["user"]
    assert (program["kind"], person["kind"]) == ("api", "human")
    assert program["since"].startswith("20")
    assert "role" not in program
    assert len(person["name"]) == len(person["display_name"]) == 2048
    assert person["avatar_url"] is None


async def test_the_list_tells_where_the_others_are(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    bob = server.address_of(policy.BOB)
    inhabited = "notebooks?inhabited=true"
    async with NativeClient(server.address, notebook):
        assert await server.address.get(inhabited) == []
        (line,) = await bob.get(inhabited)
        assert (line["path"], line["others"]) == ("day.ipynb", ["Alice"])
        async with NativeClient(bob, notebook):
            (line,) = await server.address.get("notebooks?q=DAY")
            assert line["people"] == ["Alice", "Bob"]
            assert line["others"] == ["Bob"]
            assert await server.address.get("notebooks?q=night&inhabited=true") == []


async def test_rights_taken_away_hold_for_open_connections(server: ServerProcess) -> None:
    notebook = await server.open("day.ipynb")
    async with (
        NativeClient(server.address, notebook) as alice,
        NativeClient(server.address_of(policy.BOB), notebook) as bob,
        NativeClient(server.address_of(policy.ED), notebook) as ed,
    ):
        bob.append(0, "0")
        await bob.acked()
        (server.place / "config" / "taken").write_text("bob write\ned read\n")
        assert (await ed.closed()).code == 4403
        # Both are looked at in the same second; Bob is told before his next frame is refused.
        await bob.until(lambda: bob.notice.get("role") == "reader")
        bob.append(0, "0")
        assert (await bob.closed()).code == 4403
        alice.append(1, "0")
        await alice.acked()
        assert alice.sources == ["x = 10", "y = 20"]


async def test_a_cookie_from_a_foreign_origin_opens_nothing(server: ServerProcess) -> None:
    notebook = (await server.address.post("notebooks", {"path": "day.ipynb"}))["id"]
    server.write_notebook("other.ipynb", "z = 3")
    cookie = {"Cookie": "person=alice"}
    own = cookie | {"Origin": server.address.url.rstrip("/")}
    foreign = cookie | {"Origin": "https://evil.example"}
    open_before = (await server.address.get("health"))["notebooks_open"]

    with pytest.raises(HTTPClientError) as refused:
        await NativeClient(server.address, notebook, headers=foreign).connect()
    assert refused.value.code == 403
    anonymous = ServerAddress(url=server.address.url)
    for headers in (foreign, cookie, own):
        # A change by cookie needs the XSRF token, wherever it comes from.
        answer = await anonymous.fetch(
            "POST", "anode/api/notebooks", {"path": "other.ipynb"}, headers=headers
        )
        assert answer.code in (403, 404), headers
        assert set(json.loads(answer.body)) == {"code", "message", "hint"}
    assert (await server.address.get("health"))["notebooks_open"] == open_before
    async with NativeClient(server.address, notebook, headers=own) as client:
        assert client.source(0) == "x = 1"
