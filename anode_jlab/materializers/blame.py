"""Who wrote what in each cell, up to one event: kept, so that only what came later has to be read.

It holds no text of the document: lengths, times and names only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from anode_jlab.events.actor import Actor
from anode_jlab.ids import CellId, Seq
from anode_jlab.materializers.authored import Origin, Run
from anode_jlab.materializers.notebook import ActorKey, actor_key

SAME_SECONDS: Final = 60.0
"""What one actor writes within this time of its beginning counts as written at once."""


class Blame(msgspec.Struct, frozen=True, kw_only=True):
    """``cells`` has the runs of each cell, ``open`` the origin that each actor writes under now.

    ``gone`` are the cells that were deleted: they may come back.
    """

    seq: Seq = Seq(0)
    origins: tuple[Origin, ...] = ()
    cells: dict[CellId, tuple[Run, ...]] = {}
    open: dict[ActorKey, int] = {}
    gone: tuple[CellId, ...] = ()


class Origins:
    """Hands out an origin for each change; depends on the events alone."""

    def __init__(self, known: Sequence[Origin] = (), current: Mapping[ActorKey, int] = {}) -> None:
        self.all: list[Origin] = list(known)
        self.current: dict[ActorKey, int] = dict(current)

    def of(self, actor: Actor, seq: Seq, time: float) -> int:
        """The one that a change belongs to: that of its actor's last changes, or a new one."""
        place = self.current.get(key := actor_key(actor))
        if place is not None:
            begun = self.all[place]
            if begun.actor == actor and 0.0 <= time - begun.time <= SAME_SECONDS:
                return place
        self.current[key] = self.new(actor, seq, time)
        return self.current[key]

    def new(self, actor: Actor | None, seq: Seq, time: float) -> int:
        """One for itself."""
        self.all.append(Origin(seq=seq, time=time, actor=actor))
        return len(self.all) - 1


def pruned(blame: Blame) -> Blame:
    """The same without the origins that nothing is left of."""
    used = {run.origin for runs in blame.cells.values() for run in runs} | {*blame.open.values()}
    places = {origin: place for place, origin in enumerate(sorted(used))}
    return msgspec.structs.replace(
        blame,
        origins=tuple(blame.origins[origin] for origin in places),
        cells={
            cell: tuple(Run(run.length, places[run.origin]) for run in runs)
            for cell, runs in blame.cells.items()
        },
        open={key: places[origin] for key, origin in blame.open.items()},
    )
