"""Records as rows of ``log.db`` and back, sealed on the way in and checked on the way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from anode_jlab.errors import StoreDamaged, StoreTooNew
from anode_jlab.eventlog.sealing import actor_bytes, seal, sealed_bytes
from anode_jlab.events import registry
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.events.event import Envelope, Record
from anode_jlab.events.registry import StoredEvent
from anode_jlab.ids import Seq

RECORD_COLUMNS = "seq, time, actor, client, cause, name, data, bytes, crc, chain"

Row: TypeAlias = tuple[
    int, float, int, int | None, int | None, int, bytes, bytes | None, int | None, bytes
]
"""The values of ``RECORD_COLUMNS``; actor and name are ids of their tables.

A packed row whose bytes were purged has no ``crc``: what it said cannot be checked any more.
"""

INSERT_RECORD = f"INSERT INTO records ({RECORD_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


_KNOWN_KINDS = frozenset(kind.value for kind in ActorKind)


class _KnownActor(NamedTuple):
    """An actor's row: None where a newer version wrote a kind, or a flipped bit a value, unknown
    to us; ``sealed`` shows which of the two.
    """

    actor: Actor | None
    sealed: bytes


class Writing:
    """Turns records into rows. Knows the ids that actors and names have in this file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._names = dict(connection.execute("SELECT name, id FROM names"))
        self._actors: dict[Actor, tuple[int, bytes]] = {
            known.actor: (number, known.sealed)
            for number, known in _actors(connection).items()
            if known.actor is not None
        }

    def rows(self, records: Sequence[Record], head: int, chain: bytes) -> list[Row]:
        """Rows for records that follow the record at ``head`` with this chain hash.

        New actors and names are inserted: call it inside the transaction, and make a new
        ``Writing`` when that is rolled back.
        """
        rows: list[Row] = []
        for seq, record in enumerate(records, head + 1):
            stored = registry.encode(record.event)
            actor, sealed_actor = self._actors.get(record.actor) or self._add_actor(record.actor)
            sealed = sealed_bytes(
                seq, record.time, sealed_actor, record.client, record.cause, stored
            )
            crc, chain = seal(chain, sealed)
            rows.append(
                (
                    seq,
                    record.time,
                    actor,
                    record.client,
                    record.cause,
                    self._names.get(stored.name) or self._add_name(stored.name),
                    stored.data,
                    stored.blob,
                    crc,
                    chain,
                )
            )
        return rows

    def _add_name(self, name: str) -> int:
        cursor = self._connection.execute("INSERT INTO names (name) VALUES (?)", (name,))
        number = self._names[name] = _new_id(cursor)
        return number

    def _add_actor(self, actor: Actor) -> tuple[int, bytes]:
        cursor = self._connection.execute(
            "INSERT INTO actors (kind, actor, name) VALUES (?, ?, ?)",
            (actor.kind.value, actor.id, actor.name),
        )
        known = self._actors[actor] = (
            _new_id(cursor),
            actor_bytes(actor.kind.value, actor.id, actor.name),
        )
        return known


class Reading:
    """Turns rows into envelopes, checking each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._names: dict[int, str] = dict(connection.execute("SELECT id, name FROM names"))
        self._actors = _actors(connection)

    def name_ids(self, names: Iterable[str]) -> list[int]:
        """The ids of those of the names that occur in this file."""
        wanted = frozenset(names)
        return [number for number, name in self._names.items() if name in wanted]

    def envelope(self, row: Row) -> Envelope:
        """The envelope of a row whose checksum is right. Raises StoreDamaged."""
        return self._open(row, None)

    def chained(self, row: Row, previous: bytes) -> Envelope:
        """The same, for a row that follows the one with the chain hash ``previous``."""
        return self._open(row, previous)

    def check(self, row: Row, previous: bytes) -> None:
        """Only check a row and its link to the one before. Raises StoreDamaged."""
        self._parts(row, previous)

    def _open(self, row: Row, previous: bytes | None) -> Envelope:
        stored, actor = self._parts(row, previous)
        return Envelope(
            seq=Seq(row[0]),
            time=row[1],
            actor=actor,
            event=registry.decode(stored.name, stored.data, stored.blob),
            client=row[3],
            cause=None if row[4] is None else Seq(row[4]),
        )

    def _parts(self, row: Row, previous: bytes | None) -> tuple[StoredEvent, Actor]:
        seq, time, actor, client, cause, name, data, blob, crc, chain = row
        try:
            known = self._actors[actor]
            if crc is None and known.actor is not None:
                return StoredEvent(self._names[name], data, b""), known.actor
            stored = StoredEvent(self._names[name], data, blob)
            sealed = sealed_bytes(seq, time, known.sealed, client, cause, stored)
            found = seal(previous or b"", sealed)
        except Exception as error:  # a flipped bit can make a value of any type of any other
            raise StoreDamaged(f"Event {seq} is damaged.") from error
        if found.crc != crc or (previous is not None and found.chain != chain):
            raise StoreDamaged(f"Event {seq} is damaged: its checksum does not match.")
        if known.actor is None:
            raise StoreTooNew(f"Event {seq} is by a kind of actor that this version does not know.")
        return stored, known.actor


def _actors(connection: sqlite3.Connection) -> dict[int, _KnownActor]:
    known: dict[int, _KnownActor] = {}
    for number, kind, actor_id, name in connection.execute(
        "SELECT id, kind, actor, name FROM actors"
    ):
        try:
            sealed = actor_bytes(kind, actor_id, name)
        except AttributeError:  # not text any more: the records of this actor do not match
            sealed = b""
        actor = (
            Actor(kind=ActorKind(kind), id=actor_id, name=name)
            if sealed and kind in _KNOWN_KINDS
            else None
        )
        known[number] = _KnownActor(actor, sealed)
    return known


def _new_id(cursor: sqlite3.Cursor) -> int:
    number = cursor.lastrowid
    assert number is not None  # an INSERT into a rowid table that did not raise
    return number
