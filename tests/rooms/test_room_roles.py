"""What each role may do in a room."""

from __future__ import annotations

import pytest

from anode_jlab.events.content import CellSourceChanged
from anode_jlab.rooms import frames
from anode_jlab.rooms.roles import Role
from anode_jlab.testing.clock import settle
from tests.rooms.inhabited import House

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


# --- roles -----------------------------------------------------------------------------------


async def test_a_reader_reads(home: House) -> None:
    ann, rita = await home.joined("ann"), await home.joined("rita", Role.READER)
    await ann.type("hello")
    await settle()
    rita.take()
    assert str(rita.source()) == "x = 1hello"
    rita.box.forget()
    head = home.room.head
    rita.document.state["dirty"] = False
    await rita.send(frames.Step2(rita.document.encode()))  # carries a change: discarded
    await rita.send(frames.Update(ann.document.encode()))  # all known: no violation
    await rita.send(frames.Update(b"\x00\x00"))
    await settle()
    assert rita.box.of(frames.Ack)[-1].n == 3
    assert rita.box.closed is None
    assert home.room.head == head


async def test_a_reader_who_writes_is_denied(home: House) -> None:
    rita = await home.joined("rita", Role.READER)
    await rita.type("forbidden")
    await rita.type("ignored")
    await settle()
    assert [type(frame) for frame in rita.box.frames] == [frames.Denied]
    assert rita.box.of(frames.Denied)[0].code == "read_only"
    assert rita.box.closed == (4403, "read_only")
    assert home.logged(CellSourceChanged) == []


async def test_a_reader_who_deletes_is_denied(home: House) -> None:
    rita = await home.joined("rita", Role.READER)
    del rita.source()[0:1]
    await rita.send(frames.Update(rita.updates.pop()))
    await settle()
    assert rita.box.closed == (4403, "read_only")


async def test_what_a_reader_repeats_is_read_from_the_document_seldom(home: House) -> None:
    ann, rita = await home.joined("ann"), await home.joined("rita", Role.READER)
    del ann.source()[0:1]
    await ann.send(frames.Update(ann.updates.pop()))
    await settle()
    known = frames.Update(ann.document.encode())
    for _ in range(500):
        await rita.send(known)
    await settle()
    assert rita.box.of(frames.Ack)[-1].n == 500
    for _ in range(500):  # each one after another deletion: the document is read again each time
        await ann.type("y")
        del ann.source()[0:1]
        await ann.send(frames.Update(ann.updates.pop()))
        await rita.send(known)
    assert rita.box.closed == (4429, "too_fast")
    assert ann.box.closed is None


async def test_acks_of_what_was_taken_come_before_denied(home: House) -> None:
    ann = await home.joined("ann")
    home.day.slow_seconds = 1.0
    await ann.type("taken")
    home.room.set_role(ann.peer, Role.READER)
    await ann.type("refused")
    assert ann.box.closed is None
    await home.clock.advance(5.0)
    assert [type(frame) for frame in ann.box.frames] == [frames.Notice, frames.Ack, frames.Denied]
    assert ann.box.of(frames.Notice)[0].role is Role.READER
    assert ann.box.of(frames.Ack)[0].n == 1
    assert ann.box.closed == (4403, "read_only")


async def test_a_reader_becomes_an_editor_while_connected(home: House) -> None:
    ann = await home.joined("ann", Role.READER)
    home.room.set_role(ann.peer, Role.EDITOR)
    await ann.type("allowed")
    await settle()
    assert ann.box.of(frames.Ack)[0].n == 1
