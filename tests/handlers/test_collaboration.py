"""The door of jupyter-collaboration: its contract, with our rights and our durability."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError

from anode_jlab.handlers import collaboration
from anode_jlab.ids import NotebookId
from anode_jlab.services import Services
from tests.collaboration_client import GLOBAL_AWARENESS, RAW, CollaborationClient
from tests.frames import STEP1, SYNC, UPDATE, sync_frame, varuint
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def test_a_session_is_made_once(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("sub/a b.ipynb", "x = 1")
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    client = CollaborationClient(address, "sub/a b.ipynb")
    first = await client.open_session(201)
    again = await client.open_session(200)
    assert first == again
    assert set(first) == {"format", "type", "fileId", "sessionId"}
    assert (first["format"], first["type"]) == ("json", "notebook")
    opened = await address.post("notebooks", {"path": "sub/a b.ipynb"})
    assert first["fileId"] == opened["id"], "one notebook, whatever door one comes through"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("gone.ipynb", "json:notebook", 404),
        ("broken.ipynb", "json:notebook", 400),
        ("a.ipynb", "base64:file", 400),
        ("a.ipynb", "json:chat", 400),
    ],
)
async def test_sessions_that_are_refused(
    address: ServerAddress, write_notebook: Write, path: str, kind: str, status: int
) -> None:
    write_notebook("a.ipynb")
    write_notebook("broken.ipynb").write_text("{")
    await CollaborationClient(address, path, kind=kind).open_session(status)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"format": "json"}', b'{"type": 1}'])
async def test_session_bodies_that_are_refused(
    address: ServerAddress, write_notebook: Write, body: bytes
) -> None:
    write_notebook("a.ipynb")
    response = await address.fetch("PUT", "api/collaboration/session/a.ipynb", raw=body)
    assert (response.code, json.loads(response.body)["code"]) == (400, "bad_request")


@pytest.mark.parametrize("session", ["", "another", "x" * 200])
async def test_another_session_has_to_be_opened_anew(
    address: ServerAddress, write_notebook: Write, session: str
) -> None:
    write_notebook("a.ipynb", "x")
    client = CollaborationClient(address, "a.ipynb")
    await client.connect(wait=False, session_id=session)
    end = await client.closed()
    assert end.code == 1003
    reason = json.loads(end.reason or "")
    assert reason["reason"] == "unknown_session"
    assert reason["sessionId"] == client.session["sessionId"]
    assert client.kinds == [], "nothing of the document was shown"


@pytest.mark.parametrize("room", ["json:notebook:" + "0" * 32, "text:chat:1", "nonsense"])
async def test_rooms_that_are_not_there(address: ServerAddress, room: str) -> None:
    client = CollaborationClient(address, "", room=room)
    if ":" not in room:
        with pytest.raises(HTTPClientError) as refused:
            await _connect_to(client)
        assert refused.value.code == 404
        return
    await _connect_to(client)
    assert (await client.closed()).code == 4404


async def _connect_to(client: CollaborationClient) -> None:
    """Connect without asking for a session."""

    async def given(status: int = 200) -> dict[str, str]:
        form, kind, file = (*client.room.split(":"), "", "")[:3]
        names = {"format": form, "type": kind, "fileId": file, "sessionId": ""}
        return names if file else {**names, "format": client.room}

    client.open_session = given  # type: ignore[method-assign]
    await client.connect(wait=False)


async def test_both_doors_lead_into_one_room(
    address: ServerAddress, write_notebook: Write, services: Services
) -> None:
    write_notebook("a.ipynb", "x = 1", "y = 2")
    async with CollaborationClient(address, "a.ipynb") as theirs:
        assert (theirs.first[0], theirs.first[1]) == (SYNC, STEP1)
        assert theirs.sources == ["x = 1", "y = 2"]
        async with NativeClient(address, theirs.session["fileId"], after=0) as ours:
            assert len(services.rooms.open_ids) == 1
            theirs.text(0).insert(5, "0")
            await ours.until(lambda: ours.source(0) == "x = 10")
            ours.append(1, "1")
            await ours.acked()
            await theirs.until(lambda: theirs.sources[1] == "y = 21")
            ours.set_awareness({"cursor": 3})
            await theirs.until(lambda: ours.doc.client_id in theirs.awareness)
            state = theirs.awareness[ours.doc.client_id]
            assert (state["cursor"], set(state)) == (3, {"cursor", "user"})
            theirs.tell({"user": {"name": "somebody else"}, "agent": "a"})
            await ours.until(lambda: theirs.doc.client_id in ours.awareness)
            stamped = ours.awareness[theirs.doc.client_id]["user"]
            assert stamped["name"] != "somebody else", "the server says who it is"
            place = await address.get(f"notebooks/{ours.notebook_id}")
            assert len(place["peers"]) == 2
        await theirs.until(lambda: ours.doc.client_id not in theirs.awareness)
        assert set(theirs.kinds) <= {0, 1}, "only frames that they know"
    events = await address.get(
        f"notebooks/{theirs.session['fileId']}/events?name=CellSourceChanged&limit=50"
    )
    assert [event["actor"]["kind"] for event in events] == ["human", "human"]


async def test_a_save_writes_the_file(address: ServerAddress, write_notebook: Write) -> None:
    file = write_notebook("a.ipynb", "x = 1")
    async with CollaborationClient(address, "a.ipynb") as client:
        client.text(0).insert(5, "0")
        assert await client.save(7) == "success"
        assert json.loads(file.read_text())["cells"][0]["source"] == ["x = 10"]
        await client.until(lambda: client.state.get("dirty") is False)
        assert await client.save(300) == "success", "nothing to write is as good"
        file.write_text(json.dumps({**json.loads(file.read_text()), "metadata": {"by": "another"}}))
        client.text(0).insert(0, "# ")
        assert await client.save(301) == "success", "what another program wrote is taken in"
        written = json.loads(file.read_text())
        assert written["metadata"] == {"by": "another"}
        assert written["cells"][0]["source"] == ["# x = 10"]
        file.unlink()
        client.text(0).insert(0, "# ")
        assert await client.save(302) == "failed"
        assert not file.exists()


async def test_the_state_map_tells_about_the_file(
    address: ServerAddress, write_notebook: Write, services: Services
) -> None:
    file = write_notebook("a.ipynb", "x = 1")
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    async with CollaborationClient(address, "a.ipynb") as client:
        told = client.state.to_py() or {}
        notebook = client.session["fileId"]
        assert told.pop("hash")
        assert told == {
            "path": "a.ipynb",
            "dirty": False,
            "file_id": notebook,
            "document_id": f"json:notebook:{notebook}",
        }
        room = services.rooms.get(NotebookId(notebook))
        assert room is not None
        assert room.changed_seq <= room.exported_seq, "it is no change that a file has to hold"
        old_hash = client.state["hash"]
        client.text(0).insert(5, "0")
        client.state["dirty"] = True
        await client.save(1)
        await client.until(lambda: client.state["dirty"] is False)
        assert client.state["hash"] != old_hash
        assert (file.read_bytes(), file.stat().st_mtime_ns) != before
        renamed = await address.fetch("PATCH", "api/contents/a.ipynb", {"path": "b.ipynb"})
        assert renamed.code == 200
        await client.until(lambda: client.state["path"] == "b.ipynb")


async def test_readers_see_and_change_nothing(
    jp_serverapp: ServerApp, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1")
    write_notebook("empty.ipynb")
    async with CollaborationClient(address, "a.ipynb") as writer:
        assert jp_serverapp.web_app is not None
        jp_serverapp.web_app.settings["authorizer"] = ReadOnly(parent=jp_serverapp)
        reader = CollaborationClient(address, "a.ipynb")
        await reader.connect()
        assert reader.sources == ["x = 1"]
        assert await reader.save(1) == "failed"
        reader.text(0).insert(0, "hacked = ")
        assert (await reader.closed()).code == 4403
        assert set(reader.kinds) <= {0, 1, RAW}
        writer.text(0).insert(0, "still ")
        async with CollaborationClient(address, "a.ipynb") as other:
            await other.until(lambda: other.sources == ["still x = 1"])
        async with CollaborationClient(address, "empty.ipynb") as other:
            assert other.sources == [], "nothing is given to those who may not write"


class ReadOnly(Authorizer):
    def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
        return action == "read"


async def test_frames_of_other_programs_are_ignored(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x")
    async with CollaborationClient(address, "a.ipynb") as client:
        for frame in (b"\x7d\x05hello", b"\x03", bytes((RAW,)) + varuint(4) + b"fork", b"\x15"):
            client.send(frame)
        assert await client.save(1) == "success"


@pytest.mark.parametrize(
    "frame", [b"", b"\x02", b"\x02\x04save", b"\x02\x04save\x01\x01", sync_frame(UPDATE, b"\x01")]
)
async def test_a_bad_frame_closes_its_sender_only(
    address: ServerAddress, write_notebook: Write, frame: bytes
) -> None:
    write_notebook("a.ipynb", "x")
    async with CollaborationClient(address, "a.ipynb") as witness:
        bad = CollaborationClient(address, "a.ipynb")
        await bad.connect()
        bad.send(frame)
        assert (await bad.closed()).code == 4400
        assert await witness.save(1) == "success"


async def test_silence_is_filled(
    address: ServerAddress, write_notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collaboration, "KEEP_ALIVE_SECONDS", 0.05)
    write_notebook("a.ipynb", "x")
    async with CollaborationClient(address, "a.ipynb") as client:
        before = len(client.kinds)
        await client.until(lambda: len(client.kinds) >= before + 3)
        assert client.awareness == {}
        assert client.sources == ["x"]


async def test_everybody_on_the_server_meets_in_the_global_awareness(
    address: ServerAddress, anonymous: ServerAddress, services: Services
) -> None:
    one = CollaborationClient(address, "", room=GLOBAL_AWARENESS)
    two = CollaborationClient(address, "", room=GLOBAL_AWARENESS)
    await one.connect()
    one.tell({"current": "a.ipynb", "user": {"name": "not me"}})
    await one.until(lambda: True)
    await two.connect()
    await two.until(lambda: one.doc.client_id in two.awareness)
    state = two.awareness[one.doc.client_id]
    assert state["current"] == "a.ipynb"
    assert state["user"]["name"] != "not me"
    two.tell({"current": "b.ipynb"})
    await one.until(lambda: two.doc.client_id in one.awareness)
    one.send(sync_frame(STEP1, b"\x00"))  # a document is not asked for here: ignored
    one.close()
    await two.until(lambda: one.doc.client_id not in two.awareness)
    two.send(b"\x01\x03\x01\x01\x01")
    assert (await two.closed()).code == 4400
    assert services.lobby.peers == ()
    with pytest.raises(HTTPClientError) as refused:
        await CollaborationClient(anonymous, "", room=GLOBAL_AWARENESS).connect()
    assert refused.value.code in (401, 403)


async def test_an_empty_notebook_shows_a_first_cell(
    address: ServerAddress, write_notebook: Write
) -> None:
    file = write_notebook("a.ipynb")
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    async with CollaborationClient(address, "a.ipynb") as one:
        assert one.sources == [""]
        assert one.cells[0]["metadata"].to_py() == {"trusted": True}
        assert one.meta["metadata"].to_py() == {
            "kernelspec": {"name": "", "display_name": ""},
            "language_info": {"name": ""},
        }
        async with CollaborationClient(address, "a.ipynb") as two:
            assert two.sources == [""], "it comes once"
            assert (file.read_bytes(), file.stat().st_mtime_ns) == before
            assert await one.save(1) == "success"
            saved = json.loads(file.read_text())
            assert (saved["metadata"], len(saved["cells"])) == ({}, 1)
            two.text(0).insert(0, "x = 1")
            await one.until(lambda: one.sources == ["x = 1"])
            assert one.cells[0]["metadata"].to_py() == {}, "trust goes before anything comes"
            assert await one.save(2) == "success"
    saved = json.loads(file.read_text())
    assert (saved["metadata"], len(saved["cells"])) == ({}, 1)
