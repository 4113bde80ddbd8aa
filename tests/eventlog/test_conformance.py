"""The conformance suite on every store that we ship."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from anode_jlab.clock import SystemClock
from anode_jlab.eventlog.base import EventStore
from anode_jlab.eventlog.journal import Journal
from anode_jlab.eventlog.memory import MemoryEventStore
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.eventlog.sqlite_file import Durability
from anode_jlab.testing.eventlog_conformance import EventLogConformance


class TestMemory(EventLogConformance):
    @pytest.fixture
    async def store(self) -> AsyncIterator[EventStore]:
        store = MemoryEventStore()
        yield store
        await store.close()


class TestSqlite(EventLogConformance):
    durability = Durability.FULL
    journal = Journal.WAL

    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[EventStore]:
        store = SqliteEventStore(
            tmp_path, durability=self.durability, clock=SystemClock(), journal=self.journal
        )
        yield store
        await store.close()


class TestSqliteRelaxed(TestSqlite):
    durability = Durability.RELAXED


class TestSqliteRollback(TestSqlite):
    journal = Journal.ROLLBACK
