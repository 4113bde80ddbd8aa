"""What a notebook ran in one go: from the moment when something began to wait until nothing does.

People who left want to know when it is over, and how it went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.ids import ExecutionId
from anode_jlab.materializers.execution import ExecutionStatus
from anode_jlab.materializers.run_table import RunTable


class StintDone(msgspec.Struct, frozen=True, kw_only=True):
    """``runs`` counts by status: also ``pending``, for what is held because the kernel ended.
    ``error`` is that of the first run that failed, ``requested_by`` holds keys of actors."""

    path: str
    seconds: float
    runs: dict[str, int]
    error: str
    requested_by: tuple[str, ...]

    @property
    def text(self) -> str:
        """A sentence for people."""
        went_well = self.runs.get(ExecutionStatus.COMPLETED, 0)
        others = [f"{count} {status}" for status, count in self.runs.items() if count]
        how = f"{went_well} cells" if set(self.runs) == {"completed"} else ", ".join(others)
        error = f" ({self.error})" if self.error else ""
        return f"{self.path}: done after {_duration(self.seconds)}, {how}{error}"


Told = Callable[[StintDone], None]
"""Who wants to know of it; must not raise."""


class Stint:
    """Follows one notebook's queue; to be asked each time when it is looked what runs next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: float | None = None
        self._ids: dict[ExecutionId, None] = {}

    def go_on(self, table: RunTable) -> None:
        """Something runs or waits for it."""
        if self._began is None:
            self._began = self._clock.monotonic()
        self._ids.update((run.id, None) for run in table.queue)

    def end(self, table: RunTable, path: str) -> StintDone | None:
        """Nothing runs, and nothing will by itself; None when that is no news."""
        began, self._began = self._began, None
        ids, self._ids = self._ids, {}
        found = [run for id_ in ids if (run := table.find(id_)) is not None]
        if began is None or not found:
            return None
        errors = [run.error for run in found if run.error is not None]
        return StintDone(
            path=path,
            seconds=self._clock.monotonic() - began,
            runs=dict(Counter(run.status.value for run in found)),
            error=f"{errors[0].name}: {errors[0].value}" if errors else "",
            requested_by=tuple(dict.fromkeys(run.requested_by for run in found)),
        )


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
