"""Damaged, foreign and newer files are told apart, and never read as if they were whole."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from anode_jlab.errors import AnodeError, StoreDamaged, StoreTooNew, StoreUnavailable
from anode_jlab.eventlog.base import Loaded
from anode_jlab.eventlog.sqlite_schema import STORE_FORMAT
from anode_jlab.events.event import Envelope
from anode_jlab.ids import Seq
from tests.eventlog.logs import NOTEBOOK, keystroke, opened, written

FLIPS = 150


async def a_closed_log(folder: Path) -> Path:
    """A log of 60 updates with a snapshot at the 30th; its file."""
    store, log = await opened(folder)
    await log.release(await written(log, 60, snapshot_at=30))
    await store.close()
    return store.path_of(NOTEBOOK)


async def read_back(folder: Path) -> tuple[Loaded, list[Envelope]]:
    """What a fresh server finds, everything checked."""
    store, log = await opened(folder)
    try:
        loaded = await log.load()
        await log.verify()
        return loaded, await log.read(Seq(0))
    finally:
        await store.close()


def is_same(found: tuple[Loaded, list[Envelope]], whole: tuple[Loaded, list[Envelope]]) -> bool:
    """Whether both lead to one notebook: with a snapshot missing the tail is longer."""
    (loaded, events), (expected, all_events) = found, whole
    start = loaded.snapshot.seq if loaded.snapshot else 0
    return (
        events == all_events
        and list(loaded.tail) == all_events[start:]
        and loaded.snapshot in (None, expected.snapshot)
        and (loaded.head, loaded.lineage) == (expected.head, expected.lineage)
    )


def flip(path: Path, place: int, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.anyio
@pytest.mark.parametrize("target", [keystroke(12), keystroke(47)], ids=["before", "after"])
async def test_a_flipped_bit_is_found_at_load(tmp_path: Path, target: object) -> None:
    """On either side of the snapshot."""
    path = await a_closed_log(tmp_path)
    number = 12 if target == keystroke(12) else 47
    place = path.read_bytes().index(number.to_bytes(8, "big") * 3)
    flip(path, place, 3)
    store, log = await opened(tmp_path)
    with pytest.raises(StoreDamaged, match=f"Event {number + 1} is damaged"):
        await log.load()
    await store.close()


@pytest.mark.anyio
async def test_no_flip_anywhere_changes_what_is_read(tmp_path: Path) -> None:
    """Any bit of the file: found, or without effect."""
    path = await a_closed_log(tmp_path / "good")
    whole = await read_back(tmp_path / "good")
    content = path.read_bytes()
    rng = random.Random("flips in the file")
    found = 0
    for number in range(FLIPS):
        # Half of them in the first pages: header, schema and the small tables.
        reach = len(content) if number % 2 else 2 * 4096
        place, bit = rng.randrange(reach), rng.randrange(8)
        folder = tmp_path / f"flip-{number}"
        shutil.copytree(tmp_path / "good", folder)
        flip(folder / path.relative_to(tmp_path / "good"), place, bit)
        try:
            assert is_same(await read_back(folder), whole), f"bit {bit} of byte {place}"
        except (StoreDamaged, StoreTooNew, StoreUnavailable):
            found += 1
        shutil.rmtree(folder)
    assert found > FLIPS // 20


@pytest.mark.anyio
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "flipped"])
async def test_lost_frames_of_a_wal_are_found(tmp_path: Path, cut: bool) -> None:
    """The state of the files after a kill, with the WAL cut or flipped anywhere in its middle."""
    store, log = await opened(tmp_path / "live")
    await written(log, 30)
    rng = random.Random("wal")
    for number in range(12):
        folder = tmp_path / f"killed-{number}"
        shutil.copytree(tmp_path / "live", folder)
        wal = folder / NOTEBOOK[:2] / NOTEBOOK / "log.db-wal"
        content = wal.read_bytes()
        if cut:
            wal.write_bytes(content[: rng.randrange(len(content))])
        else:
            flip(wal, rng.randrange(len(content)), rng.randrange(8))
        kept = wal.read_bytes()
        after, damaged = await opened(folder)
        with pytest.raises(StoreDamaged, match="lost committed changes"):
            await damaged.acquire("me")
        with pytest.raises(StoreDamaged):
            await damaged.load()
        await after.close()
        assert wal.read_bytes() == kept, "the evidence is kept"
    shutil.copytree(tmp_path / "live", tmp_path / "whole")
    assert (await read_back(tmp_path / "whole"))[0].head == 31
    await store.close()


@pytest.mark.anyio
async def test_a_missing_event_is_found(tmp_path: Path) -> None:
    for number, seq in enumerate((5, 31, 45, 61)):
        folder = tmp_path / str(number)
        path = await a_closed_log(folder)
        with sqlite3.connect(path) as connection:
            connection.execute("DELETE FROM records WHERE seq = ?", (seq,))
        connection.close()
        with pytest.raises(StoreDamaged):
            await read_back(folder)


@pytest.mark.anyio
async def test_a_damaged_snapshot_is_found(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE snapshots SET state = document")
    connection.close()
    with pytest.raises(StoreDamaged, match="snapshot"):
        await read_back(tmp_path)


@pytest.mark.anyio
async def test_a_newer_format_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = await a_closed_log(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {STORE_FORMAT + 1}")
    connection.close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    store, log = await opened(tmp_path)
    with pytest.raises(StoreTooNew):
        await log.load()
    with pytest.raises(StoreTooNew):
        await log.acquire("me")
    with pytest.raises(StoreTooNew):
        await store.exists(NOTEBOOK)
    await store.close()
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


@pytest.mark.anyio
@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\x00" + bytes(84) + b"x"])
async def test_another_file_in_our_place(tmp_path: Path, content: bytes) -> None:
    store, log = await opened(tmp_path)
    path = store.path_of(NOTEBOOK)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    try:
        with pytest.raises(AnodeError):
            await log.append([keystroke(0)], epoch=1, expect_head=Seq(0))
        if not content.startswith(b"SQLite"):
            with pytest.raises(StoreDamaged):
                await log.load()
    finally:
        await store.close()
    assert path.read_bytes() == content
