"""A person at a notebook: types marks, keeps what is not acked, connects again and again."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from anode_jlab.clock import Clock
from anode_jlab.documents.cells import new_cell
from anode_jlab.documents.ipynb import read_cell
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.recorder import NO_CHANGE
from anode_jlab.errors import AnodeError
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.ids import Ids
from anode_jlab.rooms import frames, protocol
from anode_jlab.rooms.peer import Peer, PeerOptions
from anode_jlab.rooms.roles import Role
from anode_jlab.testing.marks import MARK, PIECE, mark
from anode_jlab.testing.simulated_files import retyped
from anode_jlab.testing.simulated_ledger import NO_CHANGES, Bundle, Kept, Ledger, after, bundles
from anode_jlab.testing.simulated_link import Change, Session, SimulatedOutbox, Wire

if TYPE_CHECKING:
    from anode_jlab.testing.simulation import World

LONGEST_DELAY_SECONDS = 0.3
LONGEST_BACKOFF_SECONDS = 2.0
LONGEST_HALF_OPEN_SECONDS = 5.0


class SimulatedClient:
    """Speaks the native protocol as its rules say, with a copy of the document of its own.

    One that ``merges`` keeps no changes by themselves: its answer to step1 is one update of all.
    """

    def __init__(
        self, name: str, world: World, chance: random.Random, ids: Ids, *, merges: bool
    ) -> None:
        self.name = name
        self.document = NotebookDocument(ids=ids, client_id=ids.yjs_client())
        self.acked: set[str] = set()
        self.pending: set[str] = set()
        """Marks that were typed and are not acked."""
        self.dropped: set[str] = set()
        """Marks that were pending until the document itself had lost them."""
        self.closes: list[tuple[int, str]] = []
        self.session: Session | None = None
        self._world = world
        self._clock: Clock = world.clock
        self._chance = chance
        self._merges = merges
        self._count = 0
        self._cells = 0
        self._mute = False
        self._loading = False
        self._ledger = Ledger()
        self._nap = 0.0
        self._typing: set[str] = set()
        self.document.doc.observe(self._on_transaction)

    # --- typing ----------------------------------------------------------------------------------

    @property
    def typed(self) -> int:
        """How many marks were typed."""
        return self._count

    def act(self) -> None:
        """Do something at random."""
        if not self.document.cell_ids:
            return  # nothing was loaded yet
        kind = self._chance.random()
        if kind < 0.64:
            self._type()
        elif kind < 0.8:
            self._delete_something()
        elif kind < 0.86:
            self._add_cell()
        else:
            self._clone_cell()

    def _type(self) -> None:
        self._count += 1
        word = mark(self.name, self._count)
        self.pending.add(word)
        text = self._text()
        pieces = PIECE.findall(str(text))
        place = sum(map(len, pieces[: self._chance.randint(0, len(pieces))]))
        self._typing = {word}
        text.insert(place, word)
        self._typing = set()

    def _delete_something(self) -> None:
        text = self._text()
        place, plain = 0, []
        for piece in PIECE.findall(str(text)):
            if len(piece) == 1:
                plain.append(place)
            place += len(piece)
        if plain:
            at = self._chance.choice(plain)
            del text[at : at + 1]

    def _add_cell(self) -> None:
        ids = self.document.cell_ids
        place = self._chance.randint(0, len(ids))
        self._cells += 1
        raw = {"id": f"{self.name}-{self._cells}", "metadata": {}, "source": "plain"}
        self.document.cells.insert(place, new_cell(retyped(raw, "code")))
        self.document.load(NO_CHANGE)

    def _clone_cell(self) -> None:
        """Move a cell, or change its type: JupyterLab deletes it and inserts a copy of it."""
        cell_id = self._chance.choice(self.document.cell_ids)
        cell, place = self.document.cell(cell_id), self.document.index(cell_id)
        assert cell is not None
        assert place is not None
        copy, target = read_cell(cell), place
        if self._chance.random() < 0.5:
            target = self._chance.randrange(len(self.document.cells))
        else:
            copy = retyped(copy, self._chance.choice(["code", "markdown", "raw"]))
        with self.document.doc.transaction():
            del self.document.cells[place]
            self.document.cells.insert(target, new_cell(copy))
        self.document.load(NO_CHANGE)

    def _text(self) -> Any:
        cell_id = self._chance.choice(self.document.cell_ids)
        cell = self.document.cell(cell_id)
        assert cell is not None
        return cell["source"]

    def _on_transaction(self, event: Any) -> None:
        if self._loading:
            return
        kept = Kept(event.update, frozenset(self._typing))
        self._ledger.change(kept)
        session = self.session
        if not self._mute and session is not None and session.asked:
            self._send_bundle(session, Bundle(kept.update, (kept,)))

    # --- the line --------------------------------------------------------------------------------

    async def live(self) -> None:
        """Connect, and connect again, until cancelled."""
        while True:
            try:
                await self._connect()
            except AnodeError as error:
                self._world.note(f"{self.name} was refused: {error.code}")
            nap, self._nap = self._nap, 0.0
            await self._clock.sleep(nap + self._chance.random() * LONGEST_BACKOFF_SECONDS)

    def cut(self) -> None:
        """The line breaks: what is under way is lost."""
        if self.session is not None:
            self.session.over.set()

    def sleep(self, seconds: float) -> None:
        """The lid is shut: the line goes, and comes back after so long."""
        self._nap = seconds
        self.cut()

    def say_again(self) -> None:
        """Send the last change once more, as a proxy or a bug may."""
        session = self.session
        if session is not None and session.asked and session.last is not None:
            self._ledger.frame(NO_CHANGES)
            self._put_change(session, *session.last)

    def skip_one(self) -> None:
        """Type something that is never sent: the next change leaves a gap.

        Not without a ledger: what is in a cell when another moves it would be dropped for good.
        """
        if not self.document.cell_ids or self._merges:
            return
        self._mute = True
        self._type()
        self._mute = False

    async def _connect(self) -> None:
        server = self._world.server
        room = await server.rooms.open(self._world.notebook)
        down = Wire(self._clock, self._chance, LONGEST_DELAY_SECONDS, self._arrive)
        up = Wire(
            self._clock,
            self._chance,
            LONGEST_DELAY_SECONDS,
            lambda frame: room.receive(peer, frame),
        )
        session = Session(up, lambda: server.dead)

        def ended(code: int, reason: str) -> None:
            self.closes.append((code, reason))
            session.over.set()

        outbox = SimulatedOutbox(
            down, dead=lambda: server.dead, witness=self._world.promises.saw, ended=ended
        )
        if self._chance.random() < 0.5:  # may speak first, before any HELLO
            up.put(protocol.encode(frames.Step1(self.document.state_vector())))
            session.spoke_first = True
        peer = await room.connect(
            actor=Actor(kind=ActorKind.HUMAN, id=self.name, name=self.name),
            user={"username": self.name},
            role=Role.EDITOR,
            outbox=outbox,
            options=PeerOptions(after=self._world.chance_of_events(self._chance)),
            stable=True,
        )
        self.session = session
        try:
            await self._hold(session, up, down)
        finally:
            self.session = None
            self._ledger.disconnect()
            self._world.later(self._leave(room, peer))

    async def _hold(self, session: Session, up: Wire, down: Wire) -> None:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(wire.run()) for wire in (up, down)]
            await session.over.wait()
            for task in running:
                task.cancel()

    async def _leave(self, room: Any, peer: Peer) -> None:
        await self._clock.sleep(self._chance.random() * LONGEST_HALF_OPEN_SECONDS)
        room.disconnect(peer)

    def _send_bundle(self, session: Session, bundle: Bundle) -> None:
        self._ledger.frame(bundle)
        marks = frozenset[str]().union(*(kept.marks for kept in bundle.changes))
        self._put_change(session, frames.Update(bundle.update), marks)

    def _put_change(self, session: Session, frame: Change, marks: frozenset[str]) -> None:
        session.sent.append(marks)
        session.last = (frame, marks)
        session.up.put(protocol.encode(frame))

    async def _arrive(self, data: bytes) -> None:
        session = self.session
        if session is None:
            return
        frame = protocol.decode_server(data)
        if isinstance(frame, frames.Hello):
            if not session.spoke_first:
                vector = self.document.state_vector()
                session.up.put(protocol.encode(frames.Step1(vector)))
        elif isinstance(frame, frames.Step1):
            self._answer(session, frame.vector)
        elif isinstance(frame, frames.Step2 | frames.Update):
            if session.asked:
                self._take(frame)
            else:
                session.early.append(frame)
        elif isinstance(frame, frames.Ack):
            told = frozenset[str]().union(*session.sent[: frame.n])
            self._world.promises.saved(told - self.acked)
            self.acked |= told
            self.pending -= self.acked
            self._ledger.ack(frame.n)

    def _answer(self, session: Session, vector: bytes) -> None:
        """As ``src/sync/session.ts``: own changes one by one, then all else there is."""
        session.asked = True
        changes = [] if self._merges else self._ledger.all()
        for bundle in bundles(changes):
            self._send_bundle(session, bundle)
        self._ledger.frame(NO_CHANGES)
        rest = frames.Step2(self.document.diff(after(vector, changes)))
        if self._merges:
            self._forget_what_is_not_in(rest.update)
        self._put_change(session, rest, frozenset(self.pending))
        for early in session.early:
            self._take(early)
        session.early.clear()

    def _forget_what_is_not_in(self, update: bytes) -> None:
        """Typed into a cell that another moved, and neither stored nor here any more: Yjs dropped
        it when it heard of the move."""
        known = {*MARK.findall(update.decode("latin-1")), *self._world.promises.history()}
        self.dropped |= self.pending - known
        self.pending &= known

    def _take(self, frame: Change) -> None:
        self._loading = True
        self.document.load(frame.update)
        self._loading = False
