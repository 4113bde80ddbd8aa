"""Packed logs: small, whole, and as well guarded against damage as single rows."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from anode_jlab.errors import StoreDamaged
from anode_jlab.eventlog.base import Lease, Snapshot
from anode_jlab.eventlog.sqlite import SqliteEventLog
from anode_jlab.events.content import CellCreated, CellSourceChanged
from anode_jlab.events.event import Envelope, Record
from anode_jlab.ids import CellId, Seq
from tests.eventlog.logs import ANN, HOLDER, NOTEBOOK, keystroke, opened, start

SECRET = b"the secret that was typed"


def records(keys: int) -> list[Record]:
    """One person types into one cell, as the server records it; a secret is among the keys."""
    found = [start()]
    for number in range(1, keys + 1):
        source = CellSourceChanged(cell_id=CellId("3f2b81aa"), inserted=1, deleted=0, length=number)
        stroke = keystroke(number)
        if number == keys // 3:
            event = stroke.event
            stroke = Record(
                event=type(event)(update=SECRET, client=1, origin="peer"),
                actor=ANN,
                time=stroke.time,
            )
        found += [stroke, Record(event=source, actor=ANN, time=stroke.time, client=1)]
        if number % 500 == 0:
            created = CellCreated(cell_id=CellId(f"c{number}"), cell_type="code", index=0)
            found.append(Record(event=created, actor=ANN, time=stroke.time))
    return found


async def typed(log: SqliteEventLog, keys: int) -> Lease:
    """The keys, one commit each, as far as it matters for the size of the file."""
    lease = await log.acquire(HOLDER)
    waiting = records(keys)
    for begin in range(0, len(waiting), 20):
        part = waiting[begin : begin + 20]
        await log.append(part, epoch=lease.epoch, expect_head=Seq(begin))
    return lease


async def pack_all(log: SqliteEventLog, lease: Lease) -> None:
    head = (await log.load()).head
    while await log.compact(head, epoch=lease.epoch, whole=True):
        pass
    await log.reclaim(epoch=lease.epoch)


async def everything(folder: Path) -> list[Envelope]:
    store, log = await opened(folder)
    try:
        await log.verify()
        await log.load()
        return await log.read(Seq(0))
    finally:
        await store.close()


async def a_packed_log(folder: Path, keys: int = 3000) -> Path:
    store, log = await opened(folder)
    lease = await typed(log, keys)
    await pack_all(log, lease)
    await log.release(lease)
    await store.close()
    return store.path_of(NOTEBOOK)


@pytest.mark.anyio
async def test_packing_makes_the_file_small(tmp_path: Path) -> None:
    """Two records a key: a third of what they take as rows, at most."""
    store, log = await opened(tmp_path)
    lease = await typed(log, 3000)
    path = store.path_of(NOTEBOOK)
    await log.reclaim(epoch=lease.epoch, thorough=True)
    before = path.stat().st_size
    await pack_all(log, lease)
    assert path.stat().st_size < before / 3
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (2,), "old code refuses it"
    await store.close()


@pytest.mark.anyio
async def test_flips_in_blocks_are_found_and_the_beginning_is_back(tmp_path: Path) -> None:
    path = await a_packed_log(tmp_path / "good")
    whole = await everything(tmp_path / "good")
    content = path.read_bytes()
    rng = random.Random("flips in blocks")
    found = 0
    for number in range(40):
        folder = tmp_path / f"flip-{number}"
        shutil.copytree(tmp_path / "good", folder)
        damaged = folder / path.relative_to(tmp_path / "good")
        spoilt = bytearray(content)
        spoilt[rng.randrange(len(content) // 8, len(content))] ^= 1 << rng.randrange(8)
        damaged.write_bytes(spoilt)
        try:
            assert await everything(folder) == whole
        except StoreDamaged:
            found += 1
            store, _ = await opened(folder)
            back = await store.recover(NOTEBOOK)
            await store.close()
            assert back is not None
            events = await everything(folder)
            assert events[:-1] == whole[: back.good_upto]
            assert back.lost_upto == len(whole)
        shutil.rmtree(folder)
    assert found > 20


@pytest.mark.anyio
async def test_a_purged_and_packed_log_can_be_rebuilt(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    lease = await typed(log, 2000)
    await log.put_snapshot(Snapshot(seq=Seq(1501), document=b"", state=b"{}"), epoch=lease.epoch)
    while await log.purge(Seq(400), Seq(1500), epoch=lease.epoch):
        pass
    await pack_all(log, lease)
    await log.release(lease)
    await store.close()
    whole = await everything(tmp_path)
    with closing(sqlite3.connect(store.path_of(NOTEBOOK))) as database, database:
        database.execute("UPDATE snapshots SET state = document")
        database.execute("UPDATE records SET time = 0 WHERE seq = (SELECT max(seq) FROM records)")
    store, log = await opened(tmp_path)
    back = await store.recover(NOTEBOOK)
    assert back is not None
    assert back.good_upto == len(whole) - 1
    lease = await log.acquire(HOLDER)
    await pack_all(log, lease)
    await store.close()
    assert (await everything(tmp_path))[:-1] == whole[:-1]


@pytest.mark.anyio
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "loose"])
async def test_what_was_purged_is_in_no_file(tmp_path: Path, packed: bool) -> None:
    store, log = await opened(tmp_path)
    lease = await typed(log, 600)
    if packed:
        await pack_all(log, lease)
    else:
        assert any(SECRET in file.read_bytes() for file in store.path_of(NOTEBOOK).parent.iterdir())
    await log.put_snapshot(Snapshot(seq=Seq(1001), document=b"", state=b"{}"), epoch=lease.epoch)
    while await log.purge(Seq(1), Seq(1000), epoch=lease.epoch):
        pass
    await log.reclaim(epoch=lease.epoch, thorough=True)
    for file in store.path_of(NOTEBOOK).parent.iterdir():
        assert SECRET not in file.read_bytes(), file.name
    assert all(
        getattr(envelope.event, "update", b"") != SECRET for envelope in await log.read(Seq(0))
    )
    await log.verify()
    await store.close()


PACKER = """
import asyncio, sys
from pathlib import Path
from tests.eventlog.logs import HOLDER, opened
async def main():
    store, log = await opened(Path(sys.argv[1]))
    lease = await log.acquire(HOLDER)
    head = (await log.load()).head
    while count := await log.compact(head, epoch=lease.epoch, whole=True):
        print(count, flush=True)
    await log.reclaim(epoch=lease.epoch, thorough=True)
    print("done", flush=True)
asyncio.run(main())
"""


@pytest.mark.anyio
async def test_killed_while_it_packs(tmp_path: Path) -> None:
    """Whatever was under way, every event is there once."""
    store, log = await opened(tmp_path / "good")
    lease = await typed(log, 4000)
    await log.release(lease)
    await store.close()
    whole = await everything(tmp_path / "good")
    for lines in range(1, 7):
        folder = tmp_path / f"killed-{lines}"
        shutil.copytree(tmp_path / "good", folder)
        packer = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PACKER, str(folder)),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert packer.stdout is not None
        for _ in range(lines):
            await packer.stdout.readline()
        packer.kill()
        await packer.wait()
        assert await everything(folder) == whole
