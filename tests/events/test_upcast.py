"""Events of an older form are read as today's, and found by today's names."""

from __future__ import annotations

from anode_jlab.events import registry
from anode_jlab.events.content import CellDeleted
from anode_jlab.events.registry import UnknownEvent
from anode_jlab.events.upcast import UPCASTS, Fields, Upcast, Upcasts
from anode_jlab.ids import CellId


def renamed(fields: Fields) -> Fields:
    return {"cell_id": fields["cell"], "index": fields["index"]}


def counted_from_zero(fields: Fields) -> Fields:
    place = fields["place"]
    assert isinstance(place, int)
    return {"cell": fields["cell"], "index": place - 1}


STEPS = Upcasts(
    {
        "v0.CellGone": Upcast(to="v0.CellRemoved", change=counted_from_zero),
        "v0.CellRemoved": Upcast(to="v1.CellDeleted", change=renamed),
    }
)


def test_steps_are_chained() -> None:
    expected = CellDeleted(cell_id=CellId("c"), index=3)
    for name, data in (
        ("v0.CellGone", b'{"cell":"c","place":4}'),
        ("v0.CellRemoved", b'{"cell":"c","index":3}'),
        ("v1.CellDeleted", b'{"cell_id":"c","index":3}'),
    ):
        assert registry.decode(name, data, None, upcasts=STEPS) == expected


def test_fields_that_a_step_cannot_read_leave_the_event_unknown() -> None:
    data = b'{"cell":"c"}'
    expected = UnknownEvent(name="v0.CellGone", data=data)
    assert registry.decode("v0.CellGone", data, None, upcasts=STEPS) == expected


def test_older_names_are_found_by_the_newest() -> None:
    assert STEPS.stored_names({"v1.CellDeleted", "v1.X"}) == {
        "v1.CellDeleted",
        "v0.CellRemoved",
        "v0.CellGone",
        "v1.X",
    }
    assert STEPS.stored_names({"v1.X"}) == {"v1.X"}


def test_every_released_step_ends_at_an_event_of_today() -> None:
    for name in registry.EVENTS:
        assert UPCASTS.newest_name(name) in registry.EVENTS
