"""The event log as a port: what every store must do, and the values that travel through it.

Shipped conformance suite: ``anode_jlab.testing.eventlog_conformance``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

import msgspec

from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import Lineage, NotebookId, Seq

LEASE_SECONDS = 15.0
"""How long a lease lasts without renewal: as long as a notebook may be blocked by a dead server."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to append to one log, until ``expires`` (monotonic seconds of the holder)."""

    epoch: int
    holder: str
    expires: float


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Document and materialised state at ``seq``.

    ``document`` is one Yjs v1 update that rebuilds the document from nothing, ``state`` the
    encoded materialised state (``materializers.state.encode``).
    """

    seq: Seq
    document: bytes
    state: bytes


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was made from the events up to ``seq``, kept so that only what came later has
    to be read. It can be made anew at any time, and holds no text of the document."""

    name: str
    seq: Seq
    content: bytes


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What opening a notebook needs: the newest snapshot, if any, and all events after it."""

    lineage: Lineage | None
    head: Seq
    snapshot: Snapshot | None
    tail: tuple[Envelope, ...]


class SeqRange(msgspec.Struct, frozen=True, kw_only=True):
    """First and last seq (inclusive) that an append gave out."""

    first: Seq
    last: Seq


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a damaged log: its good beginning, and the event ``LogRecovered`` at ``seq``.

    What was after ``good_upto``, up to ``lost_upto`` at least, is lost. ``offered`` is document
    content that was found further on, good by itself and of the same lineage, to be applied in this
    order wherever nothing in between is missing. ``kept`` is where the damaged store is.
    """

    seq: Seq
    good_upto: Seq
    lost_upto: Seq
    reason: str
    kept: str
    offered: tuple[bytes, ...] = ()


class EventLog(Protocol):
    """The ordered events of one notebook."""

    async def acquire(self, holder: str, *, take_over: bool = False) -> Lease:
        """Take the right to append, with a new epoch that fences every earlier holder.

        Raises HeldElsewhere while another living server holds it, unless ``take_over``.
        """
        ...

    async def renew(self, lease: Lease) -> Lease:
        """Prolong a lease. Raises LeaseLost when somebody else took it."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens when it was lost already."""
        ...

    async def append(
        self,
        records: Sequence[Record],
        *,
        epoch: int,
        expect_head: Seq,
        dedupe: str | None = None,
    ) -> SeqRange:
        """Store all records, or none, and return once they are durable.

        Records get consecutive seqs from ``expect_head + 1``. Raises HeadMoved when the head is
        another, LeaseLost when ``epoch`` is not the current one, StoreUnavailable when the medium
        refuses (disk full, read-only): then nothing was stored and the call may be repeated.
        With ``dedupe`` the same key appended again returns the first call's range and stores
        nothing.
        """
        ...

    async def read(
        self,
        after: Seq,
        *,
        limit: int | None = None,
        names: Collection[str] | None = None,
    ) -> list[Envelope]:
        """Envelopes with seq > ``after`` in order; only those named, when ``names`` is given."""
        ...

    def subscribe(self, after: Seq) -> AsyncIterator[Sequence[Envelope]]:
        """All envelopes with seq > ``after``, in order and without gaps, as they become durable."""
        ...

    async def load(self) -> Loaded:
        """The newest snapshot and the events after it. Raises StoreDamaged, StoreTooNew."""
        ...

    async def put_snapshot(self, snapshot: Snapshot, *, epoch: int) -> None:
        """Store a snapshot; older ones stay (they are the way stations of time travel)."""
        ...

    async def put_tables(self, state: bytes, *, epoch: int) -> None:
        """Rebuild what the store derives from an encoded state for those who query it with SQL.

        ``put_snapshot`` does the same with the snapshot's state; a store without such tables does
        nothing.
        """
        ...

    async def snapshot_before(self, seq: Seq) -> Snapshot | None:
        """The newest snapshot with a seq <= ``seq``."""
        ...

    async def put_derived(self, derived: Derived, *, epoch: int) -> None:
        """Store something derived in place of what has its name."""
        ...

    async def derived(self, name: str) -> Derived | None:
        """What was stored under this name; None also when it is damaged."""
        ...

    async def compact(self, upto: Seq, *, epoch: int, whole: bool = False) -> int:
        """Pack some of the oldest events of keystrokes up to ``upto`` closer together.

        Returns how many (0: nothing is left to pack). They are read as before, and their hashes
        stay. Each call takes milliseconds of a thread; call it again for more. A rest that is
        not worth a block is left for later, unless ``whole``.
        """
        ...

    async def purge(self, first: Seq, last: Seq, *, epoch: int) -> int:
        """Remove the bytes of some document updates from ``first`` to ``last``, and all snapshots.

        Returns how many updates (0: none has bytes any more). The events keep their place and
        hashes; an update that was purged is read without bytes. Raises ValueError unless there is
        a snapshot at ``last + 1``, from which the notebook can go on. Call it until it returns 0,
        then ``reclaim``; log ``HistoryPurged`` before.
        """
        ...

    async def reclaim(self, *, epoch: int, thorough: bool = False) -> None:
        """Give space that became free back to the machine, when it is much.

        ``thorough``: in any case, so that nothing that was purged is left in the store's files.
        """
        ...

    async def verify(self) -> Seq:
        """Check every record and snapshot, and return the head.

        Takes seconds on a long log (``load`` checks only what it returns). Raises StoreDamaged.
        """
        ...

    async def close(self) -> None:
        """Wait for what is queued and let go of all resources."""
        ...


class EventStore(Protocol):
    """All the logs of one server."""

    kind: str
    """``sqlite``, ``postgresql`` or ``memory``; told by ``health``."""

    async def open(self, notebook: NotebookId) -> EventLog:
        """The log of a notebook; an empty one when it has none yet (nothing is written by this)."""
        ...

    async def exists(self, notebook: NotebookId) -> bool:
        """Whether this notebook has a stored log."""
        ...

    async def recover(self, notebook: NotebookId) -> Recovered | None:
        """Set a damaged log aside and put its good beginning in its place.

        None when the log is whole (by now). All logs of the notebook must be closed. Raises
        HeldElsewhere while another living server has it, StoreUnavailable when the medium refuses.
        """
        ...

    async def close(self) -> None:
        """Close every log."""
        ...
