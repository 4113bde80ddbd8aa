"""One live notebook and the people in it: changes become durable here before anyone sees them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from anode_jlab.clock import Clock
from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.shared import Reader, SharedDocument
from anode_jlab.errors import AnodeError, BadFrame, OtherLineage, RoomClosed, StoreTooNew
from anode_jlab.eventlog.base import EventLog, SeqRange
from anode_jlab.events.actor import SERVER, Actor
from anode_jlab.events.document import STATE, PathChanged
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import Lineage, NotebookId, Seq
from anode_jlab.materializers.state import NotebookState
from anode_jlab.rooms.batch import Write
from anode_jlab.rooms.deadline import within
from anode_jlab.rooms.errands import Errands
from anode_jlab.rooms.guard import Guard
from anode_jlab.rooms.landing import RoomListener
from anode_jlab.rooms.opened import NotebookExporter, OpenedNotebook
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.parts import Parts
from anode_jlab.rooms.peer import Outbox, Peer, PeerOptions
from anode_jlab.rooms.protocol import CloseCode
from anode_jlab.rooms.roles import Role
from anode_jlab.rooms.scribe import By

logger = logging.getLogger(__name__)

T = TypeVar("T")

PARTING_SECONDS = 2.0
"""How long the last changes may take to become durable when a room closes."""


class Room:
    """An async context manager that owns the tasks of one notebook.

    Check, apply, commit, then broadcast and ack: what is not durable waits in the committer.
    """

    def __init__(
        self,
        opened: OpenedNotebook,
        *,
        clock: Clock,
        guard: Guard,
        outside: Outside | None = None,
    ) -> None:
        self.notebook_id: NotebookId = opened.notebook_id
        self.lineage: Lineage = opened.lineage
        self.log: EventLog = opened.log
        """The notebook's events; to be read only."""
        self.kind: AnyKind = opened.kind
        """What sort of document it is."""
        self.closing = asyncio.Event()
        """Set when the room has to go: asked for, unused, or failed."""
        self.failed: BaseException | None = None
        """Why the room has to be thrown away without a last export; it is loaded anew."""
        self.exporter: NotebookExporter
        """Writes the notebook's file; set by ``Rooms`` before anybody gets the room."""
        self._clock = clock
        self._document = opened.document
        self._errands = Errands(self._errand_broke)
        self._operations = 0
        self._used_at = clock.monotonic()
        self._parting = False
        parts = self._parts = Parts(opened, self, clock, guard, outside or Outside())
        self._peers = parts.peers
        self._ledger = parts.ledger
        self._committer = parts.committer
        self._reception = parts.reception
        self.chronicle, self.blamer = parts.chronicle, parts.blamer
        self.conditions = parts.conditions
        """What is wrong at the moment; connections are told of each change."""

    # --- what it is ------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The notebook's path in the contents API."""
        return self._ledger.path

    @property
    def head(self) -> Seq:
        """Seq of the newest durable event."""
        return self._ledger.head

    @property
    def saved_seq(self) -> Seq:
        """What is durable; the same as ``head``, because nothing else is ever shown."""
        return self.head

    @property
    def exported_seq(self) -> Seq:
        """The seq whose document the file holds."""
        return self._ledger.exported_seq

    @property
    def changed_seq(self) -> Seq:
        """Seq of the newest durable change of the document; the file has ``exported_seq``."""
        return self._ledger.changed_seq

    @property
    def state(self) -> NotebookState:
        """The materialised state at ``head``."""
        return self._ledger.state

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections, oldest first."""
        return tuple(self._peers.values())

    @property
    def read_only(self) -> bool:
        """The log holds events that this version does not understand: nobody may write."""
        return self._ledger.state.counts.unknown > 0

    def at_most(self, role: Role) -> Role:
        """What somebody with this role may do here and now."""
        return Role.READER if self.read_only else role

    @property
    def recovering(self) -> bool:
        """The log had lost something, and clients may still bring it back."""
        return self._parts.recovery.under_way

    def idle_seconds(self) -> float:
        """For how long nobody was connected and nothing was asked of it."""
        if self._peers or self._operations:
            return 0.0
        return self._clock.monotonic() - self._used_at

    def touch(self) -> None:
        """Somebody is about to use the room: its idle time starts anew."""
        self._used_at = self._clock.monotonic()

    def held(self) -> AbstractContextManager[None]:
        """Keep the room open for as long as this context lasts, though nobody is in it."""
        return self._operation()

    def subscribe(self, listener: RoomListener) -> Callable[[], None]:
        """Tell a listener of changes until the returned function is called."""
        self._parts.listeners.append(listener)
        return lambda: self._parts.listeners.remove(listener)

    # --- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self._errands.begin()
        for run in self._parts.runs:
            self.spawn(run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make durable what was taken, store a snapshot, let go of everything: a few seconds.

        Cancelled, it lets go at once: what is not durable stays with the clients.
        """
        in_order = False
        try:
            if not isinstance(error, asyncio.CancelledError):
                await self.part()
                if self._ledger.changed and self.failed is None and not self._committer.stalled:
                    await self._bounded("closed without a snapshot", self._last_snapshot())
                in_order = not self._committer.stalled
        finally:
            self._parting = True
            self._committer.stop()
            try:
                if in_order:
                    await within(self._clock, PARTING_SECONDS, self._committer.ended())
            finally:
                await self._let_go()

    async def _let_go(self) -> None:
        await self._errands.end()
        self._reception.close_all(CloseCode.RESTART, "restart")
        await self._parts.tenure.end()
        await self.log.close()
        self._document.close()

    async def part(self) -> None:
        """Take no more frames, make durable and ack what was taken, then close all connections."""
        self.closing.set()
        if self._parting:
            return
        self._parting = True
        await self._bounded("closed with changes that are not durable", self.flush())
        self._reception.close_all(CloseCode.RESTART, "reload" if self.failed else "restart")

    # --- connections -----------------------------------------------------------------------------

    async def connect(
        self,
        *,
        actor: Actor,
        user: Mapping[str, object],
        role: Role,
        outbox: Outbox,
        options: PeerOptions | None = None,
        stable: bool = False,
    ) -> Peer:
        """A connection begins: HELLO goes out as the first frame of all, then the room's step1.

        ``stable``: the actor's id is the same on each connection of this person. Raises RoomClosed
        when the room is about to go (open it again), OtherLineage when the client holds another
        CRDT history: it got HELLO and close code 4409, and nothing else.
        """
        if self._parting or self.closing.is_set():
            raise RoomClosed
        return self._reception.admit(
            actor=actor,
            user=user,
            role=self.at_most(role),
            outbox=outbox,
            options=options or PeerOptions(),
            stable=stable,
        )

    async def receive(self, peer: Peer, frame: bytes) -> None:
        """As ``take``, until the frame is dealt with."""
        rest = self.take(peer, frame)
        if rest is not None:
            await rest

    def take(self, peer: Peer, frame: bytes) -> Coroutine[Any, Any, None] | None:
        """Deal with one frame of a connection, see ``Intake.take``; its content never raises."""
        return None if self._parting else self._parts.intake.take(peer, frame)

    def disconnect(self, peer: Peer) -> None:
        """The connection ended; may be called more than once."""
        self._reception.forget(peer)

    def set_role(self, peer: Peer, role: Role) -> None:
        """From its next frame on, the connection may do this; it is told by NOTICE."""
        self._reception.set_role(peer, self.at_most(role))

    def heard(self, peer: Peer) -> None:
        """The connection gave a sign of life below the protocol (a websocket pong)."""
        peer.heard_at = self._clock.monotonic()

    def lag(self, peer: Peer, dropped: Iterable[bytes] = ()) -> None:
        """The outbox overflowed and dropped these frames: nothing is sent until ``resync``."""
        self._reception.lag(peer, dropped)

    def resync(self, peer: Peer) -> None:
        """The outbox has room again: one fresh difference instead of all that was dropped."""
        self._reception.resync(peer)

    # --- the document ----------------------------------------------------------------------------

    async def shown(self, fn: Reader[T]) -> T:
        """Read the document now; the result is let out once all that it shows is durable."""
        with self._operation():
            value = fn(self._document)
            await self._committer.drained()
            return value

    async def shown_at(self, fn: Reader[T]) -> tuple[T, NotebookState]:
        """As ``shown``, with the state at exactly that moment (``state.seq`` is its seq)."""
        with self._operation():
            value = fn(self._document)
            return value, await self._committer.passed(lambda _: self._ledger.state)

    async def edit(
        self,
        actor: Actor,
        origin: str,
        fn: Reader[None],
        extra: Sequence[Event | By] = (),
    ) -> SeqRange:
        """Change the document in one transaction, with ``extra`` events (``fn`` may add some) in
        the same commit. Returns when it is durable and broadcast; an edit that did nothing and
        carries no event has the range of the head. Raises StoreTooNew when ``read_only``,
        RoomClosed when it did not become durable.
        """
        with self._change():
            await self._committer.ready()
            try:
                with self._document.edit(origin) as edit:
                    fn(self._document)
            except BaseException as error:
                if not self._document.usable:
                    self.discard(error)
                raise
            self._parts.intake.count_in(edit.changes)
            return await self._write(
                [
                    *self._parts.scribe.changes(edit.changes, actor, None, origin),
                    *self._parts.scribe.facts(extra, actor),
                ],
                sum(len(change.update) for change in edit.changes),
            )

    async def record(self, events: Sequence[Event], actor: Actor) -> SeqRange:
        """Log events that do not change the document; returns when they are durable."""
        with self._change():
            await self._committer.ready()
            return await self._write(self._parts.scribe.facts(events, actor), 0)

    async def begin_lineage(self, records: Sequence[Record]) -> SeqRange:
        """Log the records of a new lineage (``new_lineage.beginning``); everybody loads it anew."""
        with self._operation():
            await self._committer.ready()
            given = await self._write(records, 0)
            self.discard(OtherLineage("A new lineage began."))
            return given

    async def moved(self, new_path: str) -> None:
        """The notebook's file was renamed: log it, once."""
        if new_path != self.path and not self.read_only:
            moved = PathChanged(old_path=self.path, new_path=new_path)

            def tell(document: SharedDocument) -> None:
                if "path" in document.state:
                    document.state["path"] = new_path

            await self.edit(SERVER, STATE, tell, extra=[moved])

    async def flush(self) -> None:
        """Wait until all that was applied by now is durable. Raises RoomClosed if it never is."""
        await self._committer.drained()

    # --- inside ----------------------------------------------------------------------------------

    async def _write(self, records: Sequence[Record], size: int) -> SeqRange:
        if not records:
            await self._committer.drained()
            return SeqRange(first=self.head, last=self.head)
        done: asyncio.Future[SeqRange] = asyncio.get_running_loop().create_future()
        self._committer.put(Write(records, size, done=done))
        return await done

    @contextmanager
    def _operation(self) -> Iterator[None]:
        self._operations += 1
        try:
            yield
        finally:
            self._operations -= 1
            self.touch()

    def _change(self) -> AbstractContextManager[None]:
        if self.read_only:
            raise StoreTooNew
        return self._operation()

    async def _last_snapshot(self) -> None:
        await self._parts.snapshots.take()
        await self.flush()

    async def _bounded(self, failure: str, work: Coroutine[object, object, None]) -> None:
        try:
            if await within(self._clock, PARTING_SECONDS, work):
                return
        except AnodeError as error:
            logger.debug("Closing notebook %s: %r", self.notebook_id, error)
        logger.warning("Notebook %s %s.", self.notebook_id, failure)

    # --- told by its parts -----------------------------------------------------------------------

    def discard(self, error: BaseException, culprit: Peer | None = None) -> None:
        """Throw the room away: what is in the log is the truth, everybody loads it anew."""
        if self.failed is not None:
            return
        self.failed = error
        logger.error("The room of notebook %s was discarded: %r", self.notebook_id, error)
        self._parting = True
        self.closing.set()
        self._committer.stop()
        if culprit is not None:
            self._reception.close(culprit, CloseCode.BAD_FRAME, BadFrame.code)
        self._reception.close_all(CloseCode.RESTART, "reload")

    def peers_changed(self) -> None:
        """Somebody came, left or got another role."""
        self.touch()
        for listener in tuple(self._parts.listeners):
            listener.on_peer_change()

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run something for as long as the room lives; the room is discarded when it raises."""
        self._errands.spawn(work)

    def _errand_broke(self, error: BaseException) -> None:
        if not self._parting:
            self.discard(error)
