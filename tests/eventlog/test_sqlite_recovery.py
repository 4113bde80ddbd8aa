"""A damaged log comes back with its good beginning; what was damaged is kept."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab.errors import HeldElsewhere, StoreDamaged, StoreTooNew
from anode_jlab.eventlog.base import Recovered
from anode_jlab.eventlog.machine import this_process
from anode_jlab.eventlog.sqlite_recovery import kept_logs
from anode_jlab.eventlog.sqlite_schema import REBUILT_NAME
from anode_jlab.events.document import LogRecovered
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from anode_jlab.testing.clock import VirtualClock
from tests.eventlog.logs import HOLDER, NOTEBOOK, keystroke, opened, written

FLIPS = 200
CUTS = 20


async def a_closed_log(folder: Path, updates: int = 60, snapshot_at: int | None = 30) -> Path:
    store, log = await opened(folder)
    await log.release(await written(log, updates, snapshot_at=snapshot_at))
    await store.close()
    return store.path_of(NOTEBOOK)


async def everything(folder: Path) -> list[Envelope]:
    """All events, each of them checked."""
    store, log = await opened(folder)
    try:
        await log.load()
        await log.verify()
        return await log.read(Seq(0))
    finally:
        await store.close()


async def recovered(folder: Path) -> Recovered | None:
    store, _ = await opened(folder)
    try:
        return await store.recover(NOTEBOOK)
    finally:
        await store.close()


def flip(path: Path, place: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


async def check_recovery(folder: Path, path: Path, whole: list[Envelope]) -> Recovered:
    """Recover what was damaged there: a good beginning of ``whole``, and the damage kept."""
    damaged = files_of(path.parent)
    found = await recovered(folder)
    assert found is not None
    events = await everything(folder)
    assert events[:-1] == whole[: found.good_upto], "nothing altered, nothing skipped"
    assert events[-1].event == LogRecovered(
        good_upto=found.good_upto,
        lost_upto=found.lost_upto,
        reason=found.reason,
        kept=found.kept,
    )
    assert events[-1].seq == found.lost_upto + 1
    assert files_of(path.parent / found.kept) == damaged
    assert await recovered(folder) is None, "it is whole now"
    return found


def record_places(path: Path, whole: list[Envelope]) -> list[tuple[int, int]]:
    """Where in the file the bytes of updates lie, and the seq that each belongs to."""
    content = path.read_bytes()
    places: list[tuple[int, int]] = []
    for envelope in whole[1:]:
        payload = envelope.event.update  # type: ignore[attr-defined]
        start = content.index(payload)
        places += [(start + offset, envelope.seq) for offset in range(len(payload))]
    return places


@pytest.mark.anyio
@pytest.mark.timeout(600)
async def test_flips_in_records_are_all_found_and_the_beginning_is_back(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path / "good")
    whole = await everything(tmp_path / "good")
    places = record_places(path, whole)
    rng = random.Random("flips in records")
    for number in range(FLIPS):
        place, seq = rng.choice(places)
        folder = tmp_path / f"flip-{number}"
        shutil.copytree(tmp_path / "good", folder)
        damaged = folder / path.relative_to(tmp_path / "good")
        flip(damaged, place, rng.randrange(8))
        with pytest.raises(StoreDamaged, match=f"Event {seq} is damaged"):
            await everything(folder)
        found = await check_recovery(folder, damaged, whole)
        assert (found.good_upto, found.lost_upto) == (seq - 1, 61)
        shutil.rmtree(folder)


@pytest.mark.anyio
@pytest.mark.timeout(600)
async def test_flips_anywhere_give_back_a_true_beginning(tmp_path: Path) -> None:
    """Header, schema, small tables, pages between: whatever is reported can be recovered from."""
    path = await a_closed_log(tmp_path / "good")
    whole = await everything(tmp_path / "good")
    size = path.stat().st_size
    rng = random.Random("flips anywhere")
    recoveries = 0
    for number in range(100):
        place = rng.randrange(size if number % 2 else 3 * 4096)
        folder = tmp_path / f"flip-{number}"
        shutil.copytree(tmp_path / "good", folder)
        damaged = folder / path.relative_to(tmp_path / "good")
        flip(damaged, place, rng.randrange(8))
        try:
            events = await everything(folder)
        except StoreDamaged:
            await check_recovery(folder, damaged, whole)
            recoveries += 1
        except StoreTooNew:
            continue  # a flip in the number of the format: refused and not touched
        else:
            assert events == whole
        shutil.rmtree(folder)
    assert recoveries > 5


@pytest.mark.anyio
@pytest.mark.parametrize("index_too", [True, False], ids=["with its index", "alone"])
async def test_cut_logs_are_found_and_end_where_they_were_cut(
    tmp_path: Path, index_too: bool
) -> None:
    """The files after a kill, the write-ahead log cut; also when the index of it is gone."""
    store, log = await opened(tmp_path / "live")
    await written(log, 40)
    shutil.copytree(tmp_path / "live", tmp_path / "whole")
    whole = await everything(tmp_path / "whole")
    rng = random.Random("cuts")
    beginnings = set()
    for number in range(CUTS):
        folder = tmp_path / f"cut-{number}"
        shutil.copytree(tmp_path / "live", folder)
        path = folder / NOTEBOOK[:2] / NOTEBOOK / "log.db"
        wal, index = path.with_name("log.db-wal"), path.with_name("log.db-shm")
        content = wal.read_bytes()
        wal.write_bytes(content[: rng.randrange(len(content) - 4096)])
        if not index_too:
            index.unlink()
        with pytest.raises(StoreDamaged, match="lost committed changes"):
            await everything(folder)
        found = await check_recovery(folder, path, whole)
        assert found.lost_upto == 41, "the witness knows what there was"
        beginnings.add(found.good_upto)
    assert len(beginnings) > 5
    await store.close()


@pytest.mark.anyio
async def test_an_old_copy_in_place_of_the_log_is_found(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path, 20, None)
    old = path.read_bytes()
    store, log = await opened(tmp_path)
    lease = await log.acquire(HOLDER)
    await log.append([keystroke(21)], epoch=lease.epoch, expect_head=Seq(21))
    await log.release(lease)
    await store.close()
    path.write_bytes(old)
    with pytest.raises(StoreDamaged, match="its last 1 events"):
        await everything(tmp_path)


@pytest.mark.anyio
async def test_content_after_the_damage_is_offered(tmp_path: Path) -> None:
    """The newest snapshot, and the updates after it that are good by themselves."""
    path = await a_closed_log(tmp_path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE records SET bytes = x'00' WHERE seq = 12 OR seq = 50")
    found = await recovered(tmp_path)
    assert found is not None
    assert (found.good_upto, found.lost_upto) == (11, 61)
    document, *updates = found.offered
    assert document == b"document " * 99
    expected = [keystroke(n).event.update for n in range(30, 61) if n != 49]  # type: ignore[attr-defined]
    assert updates == expected


@pytest.mark.anyio
async def test_a_damaged_snapshot_costs_no_event(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path)
    whole = await everything(tmp_path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE snapshots SET state = document")
    found = await check_recovery(tmp_path, path, whole)
    assert found.good_upto == found.lost_upto == 61


@pytest.mark.anyio
@pytest.mark.parametrize("word", [b"CREATE TABLE records", b"events", b"SQLite format", b"anod"])
async def test_a_damaged_schema_or_header_costs_no_event(tmp_path: Path, word: bytes) -> None:
    path = await a_closed_log(tmp_path)
    whole = await everything(tmp_path)
    flip(path, path.read_bytes().index(word) + 2, 4)
    found = await check_recovery(tmp_path, path, whole)
    assert found.good_upto == 61


@pytest.mark.anyio
async def test_words_damaged_in_their_table_are_found_in_its_index(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path)
    whole = await everything(tmp_path)
    content = path.read_bytes()
    word = b"humanannAnn"
    first = content.index(word)
    assert content.index(word, first + 1), "the index has it too"
    flip(path, first, 2)
    found = await check_recovery(tmp_path, path, whole)
    assert found.good_upto == 61


@pytest.mark.anyio
async def test_a_rebuilt_log_goes_on(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE records SET data = x'00' WHERE seq = 40")
    assert await recovered(tmp_path) is not None
    store, log = await opened(tmp_path)
    lease = await log.acquire(HOLDER)
    assert lease.epoch == 2, "earlier holders stay fenced"
    loaded = await log.load()
    assert loaded.head == 62
    assert loaded.snapshot is not None
    assert loaded.snapshot.seq == 30
    await log.append([keystroke(63)], epoch=lease.epoch, expect_head=Seq(62))
    assert await log.verify() == 63
    assert [e.seq for e in await log.read(Seq(38), limit=3)] == [39, 62, 63]
    await store.close()
    assert kept_logs(path.parent)


@pytest.mark.anyio
async def test_an_interrupted_rebuilding_is_finished(tmp_path: Path) -> None:
    """At any moment of it: the log stays known as damaged until the new one is in its place."""
    path = await a_closed_log(tmp_path)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE records SET data = x'00' WHERE seq = 40")
    path.with_name(REBUILT_NAME).write_bytes(whole)
    (path.parent / "rebuilding").mkdir()
    with pytest.raises(StoreDamaged, match="interrupted"):
        await everything(tmp_path)
    path.unlink()
    with pytest.raises(StoreDamaged, match="interrupted"):
        await everything(tmp_path)
    assert await recovered(tmp_path) is None
    assert len(await everything(tmp_path)) == 61
    assert not any("rebuil" in file.name for file in path.parent.iterdir())


@pytest.mark.anyio
async def test_a_log_that_is_held_is_left_alone(tmp_path: Path) -> None:
    clock = VirtualClock()
    theirs = this_process()
    their_store, their_log = await opened(tmp_path, clock=clock, process=theirs)
    await written(their_log, 20)
    path = their_store.path_of(NOTEBOOK)
    before = {file.name for file in path.parent.iterdir()}
    folder = tmp_path / "copy"
    shutil.copytree(path.parent, folder / NOTEBOOK[:2] / NOTEBOOK)
    copied = folder / NOTEBOOK[:2] / NOTEBOOK / "log.db"
    with closing(sqlite3.connect(copied)) as database, database:
        database.execute("UPDATE records SET data = x'00' WHERE seq = 9")
        database.execute("UPDATE lease SET host = 'elsewhere'")
    store, _ = await opened(folder, clock=clock)
    with pytest.raises(HeldElsewhere):
        await store.recover(NOTEBOOK)
    assert not kept_logs(copied.parent)
    await store.close()
    await their_store.close()
    assert before >= {"log.db", "head"}
