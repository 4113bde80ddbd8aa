"""Replay is live: one fold, whatever the batches, the snapshots and the moments of asking."""

from __future__ import annotations

import random

import msgspec
import pytest

from anode_jlab.events.content import (
    CellCreated,
    CellDeleted,
    CellIdReplaced,
    CellMoved,
    CellSourceChanged,
    CellTypeChanged,
)
from anode_jlab.events.document import (
    DocumentUpdated,
    Exported,
    ExternalChangeMerged,
    LineageStarted,
    PathChanged,
)
from anode_jlab.events.event import Envelope, Event
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.ids import CellId, Lineage, Seq
from anode_jlab.materializers import state as states
from anode_jlab.materializers.builder import DELETED_CELLS_KEPT
from anode_jlab.materializers.state import (
    EMPTY,
    NotebookState,
    OtherStateFormat,
    StateBuilder,
    apply,
    decode,
    encode,
    replay,
    to_wire,
)
from tests.events.samples import ACTORS, history

ANN, BOB = ACTORS[2], ACTORS[4]


def log(*events: Event) -> list[Envelope]:
    """The events in their places, one second apart."""
    return [
        Envelope(seq=Seq(seq), time=float(seq), actor=ANN, event=event)
        for seq, event in enumerate(events, 1)
    ]


def created(cell_id: str, index: int) -> CellCreated:
    return CellCreated(cell_id=CellId(cell_id), cell_type="code", index=index)


def order(state: NotebookState) -> str:
    return "".join(cell.id for cell in state.cells)


@pytest.mark.parametrize("seed", range(60))
def test_replay_is_live_for_any_split(seed: int) -> None:
    envelopes = history(seed, 150)
    rng = random.Random(seed)
    folded = EMPTY
    for envelope in envelopes:
        folded = apply(folded, envelope)
    assert replay(envelopes) == folded

    live = StateBuilder()
    for envelope in envelopes:
        live.apply(envelope)
        if rng.random() < 0.2:
            live.state()
    assert live.state() == folded

    resumed, place = EMPTY, 0
    while place < len(envelopes):
        size = rng.randint(1, 40)
        resumed = replay(envelopes[place : place + size], decode(encode(resumed)))
        place += size
    assert resumed == folded
    assert encode(resumed) == encode(folded)
    to_wire(folded)


@pytest.mark.parametrize("seed", range(10))
def test_a_state_never_changes(seed: int) -> None:
    envelopes = history(seed, 80)
    states_seen = [EMPTY]
    builder = StateBuilder()
    for envelope in envelopes:
        builder.apply(envelope)
        states_seen.append(builder.state())
    encoded = [encode(state) for state in states_seen]
    replay(envelopes, states_seen[0])
    for place in range(len(envelopes)):
        apply(states_seen[place], envelopes[place])
    assert [encode(state) for state in states_seen] == encoded


@pytest.mark.parametrize("seed", range(30))
def test_structural_facts_keep_the_order_of_a_plain_list(seed: int) -> None:
    """Facts as the recorder orders them, against a list on which the same is done directly."""
    rng = random.Random(seed)
    cells: list[str] = []
    events: list[Event] = []
    for made in range(120):
        choice = rng.random()
        if not cells or choice < 0.5:
            place = rng.randint(0, len(cells))
            cells.insert(place, f"c{made} ")
            events.append(created(f"c{made} ", place))
        elif choice < 0.8:
            source = rng.randrange(len(cells))
            cell_id = cells.pop(source)
            target = rng.randint(0, len(cells))
            cells.insert(target, cell_id)
            events.append(CellMoved(cell_id=CellId(cell_id), from_index=source, to_index=target))
        else:
            place = rng.randrange(len(cells))
            events.append(CellDeleted(cell_id=CellId(cells.pop(place)), index=place))
    assert order(replay(log(*events))) == "".join(cells)


def test_events_must_follow_one_another() -> None:
    first, second = log(created("a", 0), created("b", 1))
    with pytest.raises(ValueError, match="cannot follow"):
        replay([second])
    with pytest.raises(ValueError, match="cannot follow"):
        replay([first, first])


def test_who_made_and_who_changed_a_cell() -> None:
    made, typed = log(
        created("a", 0), CellSourceChanged(cell_id=CellId("a"), inserted=1, deleted=0, length=1)
    )
    (cell,) = replay([made, msgspec.structs.replace(typed, actor=BOB)]).cells
    assert (cell.created_by, cell.created_at) == ("human:ann", 1.0)
    assert (cell.updated_by, cell.updated_at) == ("assistant:bob", 2.0)


def test_a_move_is_no_change_of_content_and_a_new_type_is() -> None:
    state = replay(
        log(
            created("a", 0),
            created("b", 1),
            CellMoved(cell_id=CellId("a"), from_index=0, to_index=1),
            CellTypeChanged(cell_id=CellId("b"), from_type="code", to_type="raw"),
        )
    )
    assert [(cell.id, cell.type, cell.updated_at) for cell in state.cells] == [
        ("b", "raw", 4.0),
        ("a", "code", 1.0),
    ]


def test_undoing_a_deletion_brings_back_who_made_the_cell() -> None:
    state = replay(log(created("a", 0), CellDeleted(cell_id=CellId("a"), index=0)))
    (gone,) = state.deleted
    assert (gone.cell.id, gone.deleted_at, state.cells) == ("a", 2.0, ())
    back = Envelope(seq=Seq(3), time=3.0, actor=BOB, event=created("a", 0))
    state = apply(state, back)
    assert state.deleted == ()
    assert (state.cells[0].created_by, state.cells[0].created_at) == ("human:ann", 1.0)
    assert state.cells[0].updated_by == "assistant:bob"


def test_only_the_latest_deletions_are_remembered() -> None:
    events: list[Event] = []
    for number in range(DELETED_CELLS_KEPT + 5):
        events += [created(f"c{number}", 0), CellDeleted(cell_id=CellId(f"c{number}"), index=0)]
    deleted = replay(log(*events)).deleted
    assert len(deleted) == DELETED_CELLS_KEPT
    assert deleted[0].cell.id == "c5"


def test_a_doubled_id_waits_for_its_repair() -> None:
    doubled = log(created("a", 0), created("b", 1), created("a", 2))
    assert order(replay(doubled)) == "aba"
    copy_gone = log(
        created("a", 0),
        created("b", 1),
        created("a", 2),
        CellDeleted(cell_id=CellId("a"), index=2),
    )
    assert order(replay(copy_gone)) == "ab"
    assert replay(copy_gone).deleted == ()
    renamed = log(
        created("a", 0),
        created("b", 1),
        created("a", 2),
        CellIdReplaced(cell_id=CellId("a"), new_id=CellId("n"), index=2),
    )
    assert order(replay(renamed)) == "abn"


def test_a_new_lineage_starts_without_cells() -> None:
    state = replay(
        log(
            LineageStarted(lineage=Lineage("1"), path="a"),
            created("a", 0),
            LineageStarted(lineage=Lineage("2"), path="b", file_hash="h"),
        )
    )
    assert (state.lineage, state.path, state.file_hash, state.cells) == ("2", "b", "h", ())


def test_what_the_file_holds() -> None:
    def update(origin: str) -> DocumentUpdated:
        return DocumentUpdated(update=b"abc", client=0, origin=origin)

    def file_of(*events: Event) -> tuple[int, int, str, str]:
        state = replay(log(*events))
        return state.exported_upto, state.changed_upto, state.path, state.file_hash

    events: list[Event] = [LineageStarted(lineage=Lineage("1"), path="a", file_hash="h1")]
    events.append(update("import"))
    assert file_of(*events) == (2, 2, "a", "h1")
    events.append(update("peer"))
    assert file_of(*events) == (2, 3, "a", "h1")
    events.append(Exported(upto=Seq(3), path="a", file_hash="h2"))
    assert file_of(*events) == (3, 3, "a", "h2")
    events.append(PathChanged(old_path="a", new_path="b"))
    events.append(update("reload"))
    events.append(ExternalChangeMerged(path="b", file_hash="h3", cells_changed=1))
    assert file_of(*events) == (7, 6, "b", "h3")
    assert replay(log(*events)).counts.update_bytes == 9


def test_unknown_events_are_counted() -> None:
    unknown = UnknownEvent(name="v9.X", data=b"{}")
    assert replay(log(unknown, created("a", 0), unknown)).counts.unknown == 2


def test_a_state_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(EMPTY)
    assert decode(data) == EMPTY
    monkeypatch.setattr(states, "STATE_FORMAT", 99)
    with pytest.raises(OtherStateFormat):
        decode(data)


def test_the_wire_form() -> None:
    wire = to_wire(
        replay(
            log(
                LineageStarted(lineage=Lineage("1"), path="a"),
                created("a", 0),
                created("b", 1),
                CellDeleted(cell_id=CellId("b"), index=1),
            )
        )
    )
    ann = {"kind": "human", "id": "ann", "name": "Ann"}
    assert wire["cells"] == [
        {
            "id": "a",
            "type": "code",
            "order": 0,
            "created_by": ann,
            "created_at": "1970-01-01T00:00:02.000Z",
            "updated_by": ann,
            "updated_at": "1970-01-01T00:00:02.000Z",
        }
    ]
    assert [cell["id"] for cell in wire["deleted_cells"]] == ["b"]
    assert wire["seq"] == 4
    assert wire["actors"][0] == {
        **ann,
        "first_at": "1970-01-01T00:00:01.000Z",
        "last_at": "1970-01-01T00:00:04.000Z",
        "events": 4,
    }
