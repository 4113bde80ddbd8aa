"""What a simulated client keeps of its changes until they are acked, as our browser's does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pycrdt import merge_updates

from anode_jlab.documents.update_reader import STRING, Id
from anode_jlab.documents.update_shape import OWN_LIMITS, read_shape
from anode_jlab.rooms.guard import Vector


class Kept(NamedTuple):
    """The update of one transaction, and the marks that it wrote."""

    update: bytes
    marks: frozenset[str]


class Bundle(NamedTuple):
    """Changes that go into one frame."""

    update: bytes
    changes: tuple[Kept, ...]


NO_CHANGES = Bundle(b"\x00\x00", ())


class Ledger:
    """The rules of ``src/sync/ledger.ts``: own changes in their order, and in which frame each
    went out last."""

    def __init__(self) -> None:
        self._changes: list[tuple[Kept, int]] = []
        self._frames = 0

    def change(self, kept: Kept) -> None:
        """A change was made; no frame carries it yet."""
        self._changes.append((kept, 0))

    def frame(self, bundle: Bundle) -> None:
        """A frame goes out; frames are counted from 1."""
        self._frames += 1
        self._changes = [
            (kept, self._frames if any(kept is sent for sent in bundle.changes) else frame)
            for kept, frame in self._changes
        ]

    def all(self) -> list[Kept]:
        """What has to be sent, in order, when the server asks."""
        return [kept for kept, _ in self._changes]

    def ack(self, ordinal: int) -> None:
        """Frames up to this one are durable."""
        self._changes = [(kept, frame) for kept, frame in self._changes if not 0 < frame <= ordinal]

    def disconnect(self) -> None:
        """The connection is gone: all of it has to be sent again."""
        self._frames = 0
        self._changes = [(kept, 0) for kept, _ in self._changes]


def bundles(changes: Sequence[Kept]) -> list[Bundle]:
    """The rules of ``src/sync/bundles.ts``: mere typing is joined, all else goes alone."""
    groups: list[tuple[list[Kept], Id | None]] = []
    for kept in changes:
        typed = _typed(kept.update)
        if typed is not None and groups and groups[-1][1] == typed[0]:
            groups[-1][0].append(kept)
            groups[-1] = (groups[-1][0], typed[1])
        else:
            groups.append(([kept], None if typed is None else typed[1]))
    return [
        Bundle(merge_updates(*(kept.update for kept in group)), tuple(group)) for group, _ in groups
    ]


def after(vector: bytes, changes: Sequence[Kept]) -> bytes:
    """The state vector of who was at ``vector`` and got these changes."""
    clocks = Vector.decode(vector)
    for kept in changes:
        shape = read_shape(kept.update, OWN_LIMITS)
        for client, start in shape.starts.items():
            if start <= clocks.get(client, 0):
                clocks[client] = max(clocks.get(client, 0), shape.ends[client])
    return clocks.encode()


def _typed(update: bytes) -> tuple[Id, Id] | None:
    """Where a change begins and ends that brings nothing but text of one person."""
    shape = read_shape(update, OWN_LIMITS)
    is_typing = not shape.deletions and all(block.ref == STRING for block in shape.blocks)
    if not is_typing or len(shape.ends) != 1:
        return None
    [(client, start)] = shape.starts.items()
    return (client, start), (client, shape.ends[client])
