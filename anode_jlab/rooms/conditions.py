"""What is wrong with a room at the moment, in words for the people in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from anode_jlab.clock import Clock


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong and goes on being wrong; ``since`` in seconds of the Unix epoch."""

    code: str
    message: str
    hint: str
    since: float


class Conditions:
    """The set of conditions of one room, one per code; tells its listener about each change."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._by_code: dict[str, Condition] = {}

    def set(self, code: str, message: str, hint: str) -> None:
        """State a condition; the same code again updates its words and keeps its beginning."""
        known = self._by_code.get(code)
        since = known.since if known else self._clock.now()
        condition = Condition(code=code, message=message, hint=hint, since=since)
        if condition != known:
            self._by_code[code] = condition
            self._changed()

    def clear(self, code: str) -> None:
        """The condition is over; nothing happens when it was not set."""
        if self._by_code.pop(code, None) is not None:
            self._changed()

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Condition]:
        return iter(tuple(self._by_code.values()))

    def __len__(self) -> int:
        return len(self._by_code)
