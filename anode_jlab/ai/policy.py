"""Which calls of tools ask a person first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anode_jlab.ai.tools.spec import Kind, Tool, Turn
from anode_jlab.events.actor import Actor
from anode_jlab.events.assistant import Mode
from anode_jlab.materializers.assistant import AllowanceState

_UNASKED: dict[Mode, frozenset[Kind]] = {
    Mode.ASK: frozenset({Kind.READ}),
    Mode.EDIT: frozenset({Kind.READ}),
    Mode.AGENT: frozenset({Kind.READ, Kind.EDIT}),
    Mode.AUTO: frozenset(Kind),
}
"""What each mode does without asking."""


_RUNS = frozenset({"execute_cell", "run_cells"})
"""They are one thing to who allows it: whoever may run one cell after the other may run them at
once."""


def asks(tool: Tool[Any], turn: Turn, allowances: Iterable[AllowanceState]) -> bool:
    """Whether a person has to allow this call."""
    if tool.always_asks:
        return turn.mode is not Mode.AUTO
    if tool.kind in _UNASKED[turn.mode]:
        return False
    return not any(
        _covers(allowance.tool, tool.name)
        and is_same(allowance.person, turn.actor)
        and allowance.conversation_id == turn.conversation
        for allowance in allowances
    )


def _covers(allowed: str, tool: str) -> bool:
    return allowed == tool or {allowed, tool} <= _RUNS


def is_same(one: Actor, other: Actor) -> bool:
    """Whether two actors are one, by whichever name."""
    return (one.kind, one.id) == (other.kind, other.id)
