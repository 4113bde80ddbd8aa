"""Whose Yjs client ids are whose."""

from __future__ import annotations

from typing import Any

import pytest
from pycrdt import Map

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.rooms import authorship, awareness, frames
from anode_jlab.rooms.awareness import Entry
from anode_jlab.testing.clock import settle
from tests.documents.updates import in_root, part, string, update
from tests.rooms.inhabited import House, Person, run

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


def pose(person: Person, as_: Person) -> None:
    """From here on, write under the other's client id."""
    everything = person.document.encode()
    person.document = NotebookDocument(ids=person.house.ids, client_id=as_.document.doc.client_id)
    person.document.load(everything)
    person.document.doc.observe(lambda event: person.updates.append(event.update))


async def with_typing(home: House, name: str) -> Person:
    person = await home.joined(name)
    await person.type("#")
    await settle()
    return person


async def test_nobody_writes_under_the_id_of_somebody_else(home: House) -> None:
    ann = await with_typing(home, "ann")
    mallory = await home.joined("mallory")
    pose(mallory, ann)
    await mallory.type("forged")
    await settle()
    assert mallory.box.of(frames.Denied)[0].code == "foreign_client"
    assert mallory.box.closed == (4403, "foreign_client")
    await ann.type("ann's own")
    await settle()
    assert ann.box.of(frames.Ack)[-1].n == 2
    document: Any = home.room._document
    assert str(document.cell("second")["source"]) == "x = 1#ann's own"


async def test_nor_in_an_answer_to_step1(home: House) -> None:
    ann = await with_typing(home, "ann")
    mallory = await home.joined("mallory")
    pose(mallory, ann)
    mallory.change("forged")
    await mallory.send(frames.Step2(mallory.document.encode()))
    await settle()
    assert mallory.box.closed == (4403, "foreign_client")


async def test_nor_under_that_of_the_server(home: House) -> None:
    mallory = await home.joined("mallory")
    server = home.room._document.doc.client_id
    await mallory.send(frames.Update(update(part(server, 0, in_root(4, string("forged"))))))
    await settle()
    assert mallory.box.closed == (4403, "foreign_client")


def client_of(person: Person) -> int:
    client: int = person.document.doc.client_id
    return client


def announcing(person: Person) -> frames.Awareness:
    """The person's word that its client is there."""
    return frames.Awareness(awareness.encode([Entry(client_of(person), 1, b"{}")]))


@pytest.mark.parametrize("answer", [False, True])
async def test_nor_under_one_that_was_announced_and_not_yet_written_under(
    home: House, answer: bool
) -> None:
    """Else ann's first keystrokes would be taken for known ones."""
    ann, mallory = await home.joined("ann"), await home.joined("mallory")
    await ann.send(announcing(ann))
    pose(mallory, ann)
    forged = mallory.change("forged")
    if answer:
        await mallory.send(frames.Step2(mallory.document.encode()))
    else:
        await mallory.send(frames.Update(forged))
    await settle()
    assert mallory.box.closed == (4403, "foreign_client")
    await ann.type("ann's own")
    await settle()
    document: Any = home.room._document
    assert str(document.cell("second")["source"]) == "x = 1ann's own"


async def reopened(home: House) -> None:
    """The room is closed in order, and opened again."""
    home.room.closing.set()
    home.room = await run(home.clock, home.server.rooms.open(home.notebook))
    await settle()


async def back(home: House, person: Person) -> None:
    """Somebody comes back with the copy of the document that they had."""
    now = await home.enter(person.name)
    person.box, person.peer = now.box, now.peer


@pytest.mark.parametrize("answer", [False, True])
async def test_who_comes_back_is_not_kept_out_by_somebody_who_announced_their_id(
    home: House, answer: bool
) -> None:
    """Its id can be read in the document, and the room was opened anew meanwhile."""
    ann = await with_typing(home, "ann")
    await reopened(home)
    mallory = await home.joined("mallory")
    pose(mallory, ann)
    await mallory.send(announcing(mallory))
    await back(home, ann)
    typed = ann.change("ann's own")
    if answer:
        await ann.send(frames.Step2(ann.document.encode()))
    else:
        await ann.send(frames.Update(typed))
    await settle()
    assert ann.box.closed is None
    document: Any = home.room._document
    assert str(document.cell("second")["source"]) == "x = 1#ann's own"
    # From now on it is known; she is seen, and nobody else writes there.
    mallory.box.forget()
    await ann.send(frames.Awareness(awareness.encode([Entry(client_of(ann), 2, b"{}")])))
    await settle()
    assert mallory.box.of(frames.Awareness)
    mallory.change("forged, and longer than hers")
    await mallory.send(frames.Step2(mallory.document.encode()))
    await settle()
    assert mallory.box.closed == (4403, "foreign_client")


async def test_who_never_wrote_under_an_id_does_not_get_it_from_who_announced_it(
    home: House,
) -> None:
    ann = await with_typing(home, "ann")
    await reopened(home)
    await back(home, ann)
    await ann.send(announcing(ann))
    mallory = await home.joined("mallory")
    pose(mallory, ann)
    await mallory.type("forged")
    await settle()
    assert mallory.box.closed == (4403, "foreign_client")


async def test_who_types_without_awareness_is_not_announced_by_another(home: House) -> None:
    ann, mallory = await with_typing(home, "ann"), await home.joined("mallory")
    pose(mallory, ann)
    await mallory.send(announcing(mallory))
    await settle()
    assert not ann.box.of(frames.Awareness)
    await ann.send(announcing(ann))
    await settle()
    (told,) = awareness.decode(mallory.box.of(frames.Awareness)[-1].payload)
    assert told.state is not None
    state = awareness.decode_state(told.state)
    assert state is not None
    assert isinstance(state["user"], dict)
    assert state["user"]["username"] == "ann"


async def test_another_tab_of_the_same_person_may(home: House) -> None:
    ann, again = await with_typing(home, "ann"), await home.joined("ann")
    pose(again, ann)
    await again.type("!")
    await settle()
    assert again.box.of(frames.Ack)[-1].n == 1


async def test_what_is_known_is_no_writing(home: House) -> None:
    ann, bob = await with_typing(home, "ann"), await home.joined("bob")
    await bob.send(frames.Update(ann.document.encode()))
    await settle()
    assert bob.box.of(frames.Ack)[-1].n == 1
    assert bob.box.closed is None


async def test_who_has_no_identity_owns_no_id(home: House) -> None:
    """With a shared token, a tab that comes back is somebody else by name."""
    before = await home.joined("anonymous-1", stable=False)
    await before.type("#")
    after = await home.joined("anonymous-2", stable=False)
    await settle()
    after.take()
    pose(after, before)
    await after.type("!")
    await settle()
    assert after.box.of(frames.Ack)[-1].n == 1


async def test_an_answer_may_bring_the_work_of_others_and_owns_nothing(home: House) -> None:
    """After a log was rebuilt, those who hold more give it back."""
    ann, bob = await home.joined("ann"), await home.joined("bob")
    lost = ann.change("lost")
    bob.document.load(lost)
    await bob.send(frames.Step2(bob.document.encode()))
    await settle()
    assert bob.box.closed is None
    await ann.type(" and on")
    await settle()
    assert ann.box.closed is None
    assert str(ann.source()) == "x = 1lost and on"


@pytest.mark.parametrize("kind", [frames.Update, frames.Step2])
async def test_one_connection_brings_few_ids(
    home: House, monkeypatch: pytest.MonkeyPatch, kind: type[frames.Update | frames.Step2]
) -> None:
    monkeypatch.setattr(authorship, "MOST_NEW_CLIENTS_IN_ANSWERS", 64)
    ann = await home.joined("ann")
    new = [update(part(1000 + n, 0, in_root(4, string("x")))) for n in range(65)]
    for data in new[:64]:
        await ann.send(kind(data))
        await ann.send(kind(data))  # known: counted once
    await settle()
    assert ann.box.of(frames.Ack)[-1].n == 128
    await ann.send(kind(new[64]))
    assert ann.box.closed == (4400, "bad_frame")


async def test_cells_made_by_the_server_are_edited_by_people(home: House) -> None:
    ann = await home.joined("ann")
    ann.document.cells.append(Map({"id": "new", "cell_type": "code"}))
    await ann.send(frames.Update(ann.updates.pop()))
    await ann.type("typed into the server's text")
    await settle()
    assert ann.box.of(frames.Ack)[-1].n == 2
