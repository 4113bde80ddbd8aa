"""A medium that refuses: nothing is stored by halves, and the same append succeeds later."""

from __future__ import annotations

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anode_jlab.errors import StoreUnavailable
from anode_jlab.eventlog.base import Snapshot
from anode_jlab.ids import Seq
from tests.eventlog.logs import HOLDER, NOTEBOOK, keystroke, opened, start, written


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.anyio
async def test_disk_full_while_appending(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    lease = await written(log, 3)
    refused = 0
    head = 4
    with full_disk(256 * 1024):
        for _ in range(60):
            try:
                given = await log.append(
                    [keystroke(head, 8000)] * 2, epoch=lease.epoch, expect_head=Seq(head)
                )
                assert not refused, "the disk did not get any emptier"
                head = given.last
            except StoreUnavailable:
                refused += 1
        assert refused
        assert (await log.load()).head == head
        assert (await log.renew(lease)).epoch == lease.epoch or refused
    given = await log.append([keystroke(head)], epoch=lease.epoch, expect_head=Seq(head))
    assert given.first == head + 1
    assert await log.verify() == head + 1
    await store.close()


@pytest.mark.anyio
async def test_disk_full_at_the_first_append(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    lease = await log.acquire(HOLDER)
    with full_disk(16 * 1024):
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))
            assert not await store.exists(NOTEBOOK)
            assert (await log.load()).head == 0
    assert (await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))).last == 1
    assert await log.verify() == 1
    await store.close()


@pytest.mark.anyio
async def test_disk_full_at_a_snapshot(tmp_path: Path) -> None:
    store, log = await opened(tmp_path)
    lease = await written(log, 3)
    large = Snapshot(
        seq=Seq(4), document=b"".join(n.to_bytes(8, "big") for n in range(200_000)), state=b"{}"
    )
    with full_disk(200 * 1024), pytest.raises(StoreUnavailable):
        await log.put_snapshot(large, epoch=lease.epoch)
    assert (await log.load()).snapshot is None
    await log.put_snapshot(large, epoch=lease.epoch)
    assert (await log.load()).snapshot == large
    await store.close()


@pytest.mark.anyio
async def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the store should be")
    store, log = await opened(tmp_path / "store")
    lease = await log.acquire(HOLDER)
    with pytest.raises(StoreUnavailable):
        await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))
    (tmp_path / "store").unlink()
    await log.append([start()], epoch=lease.epoch, expect_head=Seq(0))
    await store.close()


@pytest.mark.anyio
async def test_only_the_owner_may_look(tmp_path: Path) -> None:
    store, log = await opened(tmp_path / "store")
    await written(log, 1)
    path = store.path_of(NOTEBOOK)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    for folder in (path.parent, path.parent.parent, tmp_path / "store"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    await store.close()
