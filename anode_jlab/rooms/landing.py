"""What follows a commit: state, changes to the others, acks, events, and what waited to be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from anode_jlab.clock import Clock
from anode_jlab.eventlog.base import SeqRange
from anode_jlab.events.document import DocumentUpdated
from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import PeerNumber, Seq
from anode_jlab.rooms import fanout, protocol
from anode_jlab.rooms.batch import Dealt, Entry, Packed, Write
from anode_jlab.rooms.feed import Feed
from anode_jlab.rooms.frames import Ack
from anode_jlab.rooms.ledger import Ledger
from anode_jlab.rooms.outside import Outside
from anode_jlab.rooms.peer import Peer


class RoomListener(Protocol):
    """Somebody who acts on what happened in a room, such as the exporter. Must not raise."""

    def on_change(self, applied_seq: Seq) -> None:
        """The document changed; the change is durable up to ``applied_seq``."""
        ...

    def on_peer_change(self) -> None:
        """Somebody came, left or got another role."""
        ...


@dataclass(slots=True, eq=False)
class _Outcome:
    """What one batch asks to be sent."""

    envelopes: list[Envelope] = field(default_factory=list)
    updates: list[fanout.Sent] = field(default_factory=list)
    acks: dict[Peer, int] = field(default_factory=dict)
    done: list[tuple[asyncio.Future[SeqRange], SeqRange]] = field(default_factory=list)
    since: list[float] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Landing:
    """Called by the committer with each batch that became durable."""

    clock: Clock
    ledger: Ledger
    peers: Mapping[PeerNumber, Peer]
    feed: Feed
    listeners: list[RoomListener]
    outside: Outside

    def __call__(self, batch: Sequence[Entry], packed: Packed, first: Seq) -> None:
        outcome = _Outcome()
        at = writes = 0
        for entry in batch:
            if isinstance(entry, Write):
                end = packed.ends[writes]
                self._take(entry, packed.records[at:end], Seq(first + at), outcome)
                writes, at = writes + 1, end
            elif isinstance(entry, Dealt):
                if entry.ordinal:
                    outcome.acks[entry.sender] = entry.ordinal
            else:
                self._send(outcome)
                outcome = _Outcome()
                entry.then(self.ledger.head)
        self._send(outcome)

    def _take(self, write: Write, records: Sequence[Record], first: Seq, outcome: _Outcome) -> None:
        for seq, record in enumerate(records, first):
            event = record.event
            envelope = Envelope(
                seq=Seq(seq),
                time=record.time,
                actor=record.actor,
                event=event,
                client=record.client,
                cause=record.cause,
            )
            self.ledger.apply(envelope)
            outcome.envelopes.append(envelope)
            if type(event) is DocumentUpdated:
                outcome.updates.append((event.update, write.sender if event.client else None))
        if write.sender is not None and write.ordinal:
            outcome.acks[write.sender] = write.ordinal
            outcome.since.append(write.since)
        if write.done is not None:
            last = Seq(first + len(records) - 1)
            outcome.done.append((write.done, SeqRange(first=first, last=last)))

    def _send(self, outcome: _Outcome) -> None:
        now = self.clock.monotonic()
        if outcome.updates:
            fanout.spread(outcome.updates, self.peers.values(), now)
        for peer, ordinal in outcome.acks.items():
            if ordinal > peer.acked:
                peer.acked = ordinal
                if not peer.lagging:
                    peer.send(protocol.encode(Ack(ordinal, self.ledger.head)), now)
        for since in outcome.since:
            self.outside.meter.acked(now - since)
        self.feed.push(outcome.envelopes, now)
        if outcome.envelopes:
            ledger = self.ledger
            self.outside.told(ledger.notebook_id, ledger.path, outcome.envelopes)
        if outcome.updates:
            for listener in self.listeners:
                listener.on_change(self.ledger.head)
        for future, given in outcome.done:
            if not future.done():
                future.set_result(given)
