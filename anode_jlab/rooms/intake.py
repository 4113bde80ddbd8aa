"""What becomes of a frame that came in: checked, applied and queued for the log, or refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from anode_jlab.clock import Clock
from anode_jlab.documents.change import Change
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.documents.update_shape import OWN_LIMITS, UpdateShape, read_shape
from anode_jlab.errors import AnodeError, BadFrame, ReadOnly, TooLarge
from anode_jlab.rooms import pace, protocol
from anode_jlab.rooms.authorship import Authorship, ForeignClient, nobody
from anode_jlab.rooms.batch import Dealt, Write
from anode_jlab.rooms.committer import Committer
from anode_jlab.rooms.deadline import within
from anode_jlab.rooms.delete_set import DeleteSet
from anode_jlab.rooms.disputes import Disputes
from anode_jlab.rooms.frames import Awareness, Ping, Step1, Step2, Update
from anode_jlab.rooms.guard import Guard, Vector
from anode_jlab.rooms.herald import Herald
from anode_jlab.rooms.offload import Offload
from anode_jlab.rooms.peer import Peer
from anode_jlab.rooms.presence import Presence
from anode_jlab.rooms.recalling import Recalling
from anode_jlab.rooms.recovery import RECOVERED, Recovery
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.rooms.showing import Showing

logger = logging.getLogger(__name__)

PEER = "peer"
"""Origin of the transactions that connections send."""

CHECKED_IN_THREAD_BYTES = 64 * 1024
"""Larger updates take milliseconds to check: not on the loop."""

LARGEST_AWARENESS_BYTES = 1 << 20
LARGEST_STEP1_BYTES = 4 << 20
"""A state vector has about ten bytes per client that ever typed."""

LEARN_AFTER_SECONDS = 5.0
"""Reading a large document takes as long as parsing it: not while people wait for it to open."""

MOST_GAPS = 3
"""Answers in a row that may leave a gap; then the client's copy is broken for good."""


class GapNotFilled(ReadOnly):
    """Changes that this client once had are missing in what it sends."""

    code = "gap"
    hint = "Its copy of the notebook cannot be merged; keep its text and open the notebook anew."


class Door(Protocol):
    """The way out for a connection that sent what it must not."""

    def expel(self, peer: Peer, error: AnodeError) -> None: ...

    def deny(self, peer: Peer, error: AnodeError) -> None: ...


@dataclass(slots=True, eq=False)
class Intake:
    """Takes the frames of all connections of a room, each connection's in order."""

    door: Door
    broken: Callable[[BaseException, Peer], None]
    clock: Clock
    document: SharedDocument
    guard: Guard
    authorship: Authorship
    vector: Vector
    committer: Committer
    showing: Showing
    presence: Presence
    herald: Herald
    scribe: Scribe
    recovery: Recovery
    offload: Offload
    recalling: Recalling
    disputes: Disputes
    _nested: asyncio.Event = field(default_factory=asyncio.Event)
    """An update nests into what was loaded: only then its depth matters."""
    _learned: asyncio.Event = field(default_factory=asyncio.Event)
    _deleted: DeleteSet | None = None
    """What is deleted in the document, while that is known."""

    async def learn(self) -> None:
        """Let the guard know the document that was loaded: soon, or when it is needed."""
        await within(self.clock, LEARN_AFTER_SECONDS, self._nested.wait())
        loaded = self.document.encode()
        await self.offload(lambda: self._teach(loaded))
        self._learned.set()

    def _teach(self, update: bytes) -> None:
        try:
            self.guard.learn(update)
        except AnodeError as error:  # deeper than a client may nest: nothing more goes below it
            logger.warning("The depth of our own content is not known: %s", error.message)

    def take(self, peer: Peer, data: bytes) -> Coroutine[Any, Any, None] | None:
        """Deal with one frame; what is left of it, if that takes longer than this call.

        Await it before the next frame of this connection. A bad frame closes its connection, and
        nobody else notices. Keystrokes are done within the call: a task for each costs as much.
        """
        if not peer.open or peer.denied:
            return None
        peer.heard_at = self.clock.monotonic()
        try:
            rest = self._deal(peer, data, peer.heard_at)
        except AnodeError as error:
            self.door.expel(peer, error)
            return None
        return None if rest is None else self._finish(peer, rest)

    async def _finish(self, peer: Peer, rest: Awaitable[None]) -> None:
        peer.busy += 1
        try:
            await rest
        except AnodeError as error:
            self.door.expel(peer, error)
        finally:
            peer.busy -= 1
            if not peer.busy:
                peer.heard_at = self.clock.monotonic()

    def _deal(self, peer: Peer, data: bytes, now: float) -> Coroutine[Any, Any, None] | None:
        size = len(data)
        if size > self.guard.step2_limits.size + 16:
            raise TooLarge
        message = protocol.decode_client(data)
        if isinstance(message, Update):
            pace.spend(peer, size, 0.0, now)
            return self._change(peer, message.update, step2=False)
        if isinstance(message, Awareness):
            pace.spend(peer, size, pace.AWARENESS_TOKENS, now)
            self._awareness(peer, message.payload)
        elif isinstance(message, Step2):
            pace.spend(peer, size, 0.0, now)
            return self._change(peer, message.update, step2=True)
        elif isinstance(message, Step1):
            self._answer(peer, message.vector, now)
        else:
            pace.spend(peer, size, 0.0, now)
        return None

    def _answer(self, peer: Peer, vector: bytes, now: float) -> None:
        size = len(vector)
        if size > LARGEST_STEP1_BYTES:
            raise TooLarge("The state vector is too large.")
        # Who got every commit and has them all only wants to know whether we are there, as
        # y-websocket does with ``resyncInterval``.
        is_probe = peer.synced and not peer.lagging and Vector.decode(vector) == self.vector
        pace.spend(peer, size, pace.PROBE_TOKENS if is_probe else pace.STEP1_TOKENS, now)
        peer.vector = vector
        if self.recalling.needed:
            known = Vector.decode(vector)
            peer.behind = bool(known) and self.vector.exceeds(known)
        if self.committer.stalled:
            # The answer has to wait for the store, but the client asks whether the line is alive.
            peer.send(protocol.encode(Ping()), now)
        if is_probe:
            self.showing.nothing(peer)
        else:
            self.showing.difference(peer, vector)

    def _change(
        self, peer: Peer, update: bytes, *, step2: bool
    ) -> Coroutine[Any, Any, None] | None:
        peer.received += 1
        ordinal = peer.received
        if not self.committer.open or len(update) > CHECKED_IN_THREAD_BYTES:
            return self._change_later(peer, ordinal, update, step2=step2)
        shape = self.guard.check(update, step2=step2)
        if shape.inserted_types and not self._learned.is_set():
            return self._change_later(peer, ordinal, update, step2=step2)
        if self.recalling.needed and self._may_be_old(peer, shape, step2=step2):
            return self._change_later(peer, ordinal, update, step2=step2)
        if self.disputes.over(peer, shape):
            return self._change_later(peer, ordinal, update, step2=step2)
        self._judge(peer, ordinal, update, shape, step2=step2)
        return asyncio.sleep(0) if self.committer.crowded else None

    async def _change_later(self, peer: Peer, ordinal: int, update: bytes, *, step2: bool) -> None:
        shape = await self._shape(update, step2=step2)
        if shape.inserted_types and not self._learned.is_set():
            self._nested.set()
            await self._learned.wait()
            shape = await self._shape(update, step2=step2)
        if self.recalling.needed and self._may_be_old(peer, shape, step2=step2):
            await self.recalling.recall()
        if disputed := self.disputes.over(peer, shape):
            await self.disputes.settle(peer, disputed)
        if not self.committer.open:
            await self.committer.ready()
        if peer.open and not peer.denied:
            self._judge(peer, ordinal, update, shape, step2=step2)
        if self.committer.crowded:
            await asyncio.sleep(0)

    def _judge(
        self, peer: Peer, ordinal: int, update: bytes, shape: UpdateShape, *, step2: bool
    ) -> None:
        """Let a change in, or refuse it, or ask for what it lacks."""
        peer.answered = peer.answered or step2
        if not peer.role.may_write:
            self._from_reader(peer, ordinal, shape, step2=step2)
            return
        try:
            # After damage, answers bring what others had written before it.
            recovers = step2 and self.recovery.under_way
            speaker_of = nobody if recovers else self.presence.speaker_of
            self.authorship.check(peer, shape, self.vector, step2=step2, speaker_of=speaker_of)
        except ForeignClient as error:
            self.door.deny(peer, error)
            return
        if self.guard.gap(shape, self.vector):
            self._miss(peer, shape, step2=step2)
        else:
            self._apply(peer, ordinal, update, shape, step2=step2)

    def _may_be_old(self, peer: Peer, shape: UpdateShape, *, step2: bool) -> bool:
        """Whether the maker of a change may not have known what our document was loaded with."""
        if peer.behind:
            return True
        if step2:
            return not self.vector.covers(shape)
        return not (peer.answered or shape.is_empty)

    async def _shape(self, update: bytes, *, step2: bool) -> UpdateShape:
        if len(update) <= CHECKED_IN_THREAD_BYTES:
            return self.guard.check(update, step2=step2)
        return await self.offload(lambda: self.guard.check(update, step2=step2))

    def _apply(
        self, peer: Peer, ordinal: int, update: bytes, shape: UpdateShape, *, step2: bool
    ) -> None:
        self.guard.accept(shape)
        origin, cause = PEER, None
        if step2 and self.recovery.under_way:
            origin, cause = RECOVERED, self.recovery.at
        changes = self._integrate(peer, update, shape, origin)
        self.vector.advance(shape)
        if shape.deletions:
            self._deleted = None
        if peer.missing:
            ordinal = ordinal if step2 and self._is_whole(peer) else 0
        if len(changes) == 1 and not changes[0].update:
            self.committer.put(Dealt(peer, ordinal))
            return
        if len(changes) > 1:
            self.count_in(changes[1:])
        records = self.scribe.changes(changes, peer.actor, peer.number, origin, cause)
        self.committer.put(Write(records, len(update), peer, ordinal, since=peer.heard_at))

    def _integrate(
        self, peer: Peer, update: bytes, shape: UpdateShape, origin: str
    ) -> list[Change]:
        try:
            return self.document.apply(update, origin=origin, author=peer.actor, shape=shape)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the native layer panics past Exception
            if isinstance(error, AnodeError) and self.document.usable:
                raise
            self.broken(error, peer)
            raise BadFrame("The change could not be applied.") from error

    def count_in(self, changes: Sequence[Change]) -> None:
        """Take note of transactions that the server made itself."""
        self._deleted = None
        for change in changes:
            if change.update:
                self._teach(change.update)
        self.vector.update(Vector.decode(self.document.state_vector()))

    def _is_whole(self, peer: Peer) -> bool:
        """Whether a step2 that was just applied brought all that was missing before it."""
        if any(self.vector.get(client, 0) < end for client, end in peer.missing.items()):
            self._ask_again(peer)
            return False
        peer.missing.clear()
        peer.gaps = 0
        return True

    def _miss(self, peer: Peer, shape: UpdateShape, *, step2: bool) -> None:
        """An update depends on what we do not have: the client is asked for all of it, once."""
        asked = bool(peer.missing)
        for client, end in (*shape.needs.items(), *shape.ends.items()):
            peer.missing[client] = max(end, peer.missing.get(client, 0))
        if step2:
            self._ask_again(peer)
        elif not asked:
            self.showing.ask(peer)

    def _ask_again(self, peer: Peer) -> None:
        peer.gaps += 1
        if peer.gaps >= MOST_GAPS:
            self.door.deny(peer, GapNotFilled())
        else:
            self.showing.ask(peer)

    def _from_reader(self, peer: Peer, ordinal: int, shape: UpdateShape, *, step2: bool) -> None:
        if step2 or self._changes_nothing(peer, shape):
            self.committer.put(Dealt(peer, ordinal))
        else:
            self.door.deny(peer, ReadOnly())

    def _changes_nothing(self, peer: Peer, shape: UpdateShape) -> bool:
        if not self.vector.covers(shape):
            return False
        if not shape.deletions:
            return True
        if self._deleted is None:
            # As dear as a step1, so that nobody makes us read the document all the time.
            pace.spend(peer, 0, pace.STEP1_TOKENS, self.clock.monotonic())
            everything = self.document.diff(self.document.state_vector())
            self._deleted = DeleteSet(read_shape(everything, OWN_LIMITS).deletions)
        return all(self._deleted.covers(deletion) for deletion in shape.deletions)

    def _awareness(self, peer: Peer, payload: bytes) -> None:
        if len(payload) > LARGEST_AWARENESS_BYTES:
            raise TooLarge("The awareness update is too large.")
        actor, user, stable = peer.actor.id, peer.user, peer.stable
        if self.presence.receive(peer.number, actor, user, payload, stable=stable):
            self.herald.spread()
