"""How events of an older form are read as today's: the stored bytes stay, the reader translates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

import msgspec

Fields: TypeAlias = dict[str, object]
"""The fields of one event as stored, without its bytes."""


class Upcast(msgspec.Struct, frozen=True, kw_only=True):
    """One step from an old form to the next.

    ``change`` is pure: logs are replayed through it for ever.
    """

    to: str
    change: Callable[[Fields], Fields]


class Upcasts:
    """The chains of forms that events went through: old name -> step to the next name."""

    def __init__(self, steps: Mapping[str, Upcast]) -> None:
        self._steps = dict(steps)

    def newest_name(self, name: str) -> str:
        """The name under which an event stored as ``name`` is read."""
        while (step := self._steps.get(name)) is not None:
            name = step.to
        return name

    def read(self, name: str, data: bytes) -> tuple[str, bytes]:
        """The newest name and fields of an event that was stored as ``name`` with ``data``."""
        step = self._steps.get(name)
        if step is None:
            return name, data
        fields = msgspec.json.decode(data, type=Fields)
        while step is not None:
            name, fields = step.to, step.change(fields)
            step = self._steps.get(name)
        return name, msgspec.json.encode(fields)

    def stored_names(self, names: Collection[str]) -> frozenset[str]:
        """Every name under which events that are read as one of ``names`` may have been stored."""
        older = (old for old in self._steps if self.newest_name(old) in names)
        return frozenset(names).union(older)


UPCASTS = Upcasts({})
"""The steps between released forms. None so far: every event is still in its first form."""
