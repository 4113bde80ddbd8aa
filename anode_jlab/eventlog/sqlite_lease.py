"""The lease row of ``log.db``: who may append, and whether that somebody is still there."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

import msgspec

from anode_jlab.clock import Clock
from anode_jlab.errors import HeldElsewhere, LeaseLost, StoreDamaged
from anode_jlab.eventlog.base import LEASE_SECONDS, Lease
from anode_jlab.eventlog.machine import Process, is_alive

_COLUMNS = "epoch, token, holder, host, boot, pid, started, wall_expires, boot_expires"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Our right to append: the lease, and a word that no other claim has."""

    lease: Lease
    token: str


class _Held(NamedTuple):
    epoch: int
    token: str
    holder: str | None
    host: str
    boot: str
    pid: int
    started: int
    wall_expires: float
    boot_expires: float


class LeaseRow:
    """Reads and writes the lease; every method belongs inside a transaction of the caller."""

    def __init__(self, clock: Clock, process: Process) -> None:
        self._clock = clock
        self._process = process

    def claim(
        self, connection: sqlite3.Connection, holder: str, token: str, *, take_over: bool = False
    ) -> Claim:
        """Take the lease with a new epoch. Raises HeldElsewhere while a living one has it, unless
        ``take_over``."""
        held = _held(connection)
        is_held = held is not None and held.holder is not None and self._is_living(held, holder)
        if held is not None and is_held and not take_over:
            raise HeldElsewhere(_who_has_it(held))
        claim = self.first_claim(holder, token, epoch=held.epoch + 1 if held else 1)
        self.store(connection, claim)
        return claim

    def check_free(self, connection: sqlite3.Connection) -> int:
        """The last epoch; raises HeldElsewhere while a living process other than ours holds it."""
        held = _held(connection)
        if held is not None and held.holder is not None:
            theirs = Process(host=held.host, boot=held.boot, pid=held.pid, started=held.started)
            if theirs != self._process and self._is_living(held, held.holder):
                raise HeldElsewhere(_who_has_it(held))
        return held.epoch if held is not None else 0

    def first_claim(self, holder: str, token: str, *, epoch: int = 1) -> Claim:
        """A claim on a log that is not stored yet: it counts from the first append on."""
        expires = self._clock.monotonic() + LEASE_SECONDS
        return Claim(lease=Lease(epoch=epoch, holder=holder, expires=expires), token=token)

    def renewed(self, claim: Claim) -> Claim:
        """The same claim for another term."""
        return self.first_claim(claim.lease.holder, claim.token, epoch=claim.lease.epoch)

    def store(self, connection: sqlite3.Connection, claim: Claim) -> None:
        """Write the claim down."""
        process = self._process
        connection.execute(
            f"INSERT OR REPLACE INTO lease (id, {_COLUMNS}) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                claim.lease.epoch,
                claim.token,
                claim.lease.holder,
                process.host,
                process.boot,
                process.pid,
                process.started,
                self._clock.now() + LEASE_SECONDS,
                claim.lease.expires,
            ),
        )

    def check(self, connection: sqlite3.Connection, claim: Claim) -> None:
        """Raise LeaseLost when the claim was taken over."""
        found = connection.execute("SELECT epoch, token, holder FROM lease").fetchone()
        if found is None or found[:2] != (claim.lease.epoch, claim.token):
            holder = found[2] if found and found[2] else "another server"
            raise LeaseLost(f"The notebook was taken over by {holder}.")

    def give_back(self, connection: sqlite3.Connection, claim: Claim) -> None:
        """Free the lease; its epoch stays, so that the next one is greater."""
        connection.execute(
            "UPDATE lease SET holder = NULL, token = '' WHERE epoch = ? AND token = ?",
            (claim.lease.epoch, claim.token),
        )

    def _is_living(self, held: _Held, holder: str) -> bool:
        theirs = Process(host=held.host, boot=held.boot, pid=held.pid, started=held.started)
        if theirs == self._process and held.holder == holder:
            return False  # our own earlier claim: the new one fences it
        if self._process.rebooted_since(theirs):
            return False
        if self._process.same_machine(theirs):
            return is_alive(theirs) and held.boot_expires > self._clock.monotonic()
        return held.wall_expires > self._clock.now()


def _who_has_it(held: _Held) -> str:
    host, _, _ = held.host.partition(" ")  # the namespace of its processes tells people nothing
    return f"The notebook is open in {held.holder} (process {held.pid} on {host})."


def _held(connection: sqlite3.Connection) -> _Held | None:
    found = connection.execute(f"SELECT {_COLUMNS} FROM lease").fetchone()
    if found is None:
        return None
    held = _Held(*found)
    numbers = (held.epoch, held.pid, held.started, held.wall_expires, held.boot_expires)
    if not all(isinstance(number, int | float) for number in numbers):
        raise StoreDamaged("The lease of the event log is damaged.")
    return held
