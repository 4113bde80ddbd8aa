"""Whose lock counts, and what becomes of one that nobody stands behind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from anode_jlab.documents import lock_file
from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.lock_file import Mark, Person, lock_of
from anode_jlab.errors import HeldByAnother, HeldElsewhere
from anode_jlab.eventlog.machine import Process, this_process
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.file_locks import LOOK_SECONDS, STALE_SECONDS, FileLocks
from anode_jlab.testing.clock import VirtualClock
from tests.documents.managers import FILE_MANAGERS, make_manager

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

OURS = this_process()
ELSEWHERE = Process(host="other", boot="b", pid=1, started=1)
DEAD = msgspec.structs.replace(OURS, started=1)
BEFORE_REBOOT = msgspec.structs.replace(OURS, boot="earlier")
ALIVE = Process(host=OURS.host, boot=OURS.boot, pid=os.getppid(), started=0)
NOTEBOOK, OTHER = NotebookId("a" * 32), NotebookId("b" * 32)
ANN, BEN = Person(id="hub ann", name="ann"), Person(id="hub ben", name="ben")


class Server:
    """Locks of one process in a folder, and what another process left there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = VirtualClock()
        self.lock = lock_of(root / "day.ipynb")
        self.errors: list[BaseException] = []
        (root / "day.ipynb").touch()
        self.locks = self.of(OURS)

    def of(self, process: Process, person: Person = ANN) -> FileLocks:
        return FileLocks(
            ServerContents(make_manager(FILE_MANAGERS["file"], self.root)),
            server=f"http://{process.host}/",
            person=person,
            process=process,
            clock=self.clock,
        )

    def left_by(self, process: Process, person: Person = BEN) -> Mark:
        mark = self.of(process, person).new_mark(OTHER)
        lock_file.put_lock(self.lock, mark)
        return mark

    async def check(self) -> None:
        await self.locks.check("day.ipynb", NOTEBOOK)


async def until(clock: VirtualClock, true: Callable[[], bool]) -> None:
    """Threads of the real machine do the work between the looks."""
    async with asyncio.timeout(60):
        while not true():
            await clock.advance(LOOK_SECONDS)
            await asyncio.sleep(0.01)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


@pytest.mark.parametrize("process", [DEAD, BEFORE_REBOOT])
async def test_of_a_dead_process(server: Server, process: Process) -> None:
    server.left_by(process)
    await server.check()


@pytest.mark.parametrize("person", [ANN, BEN])
async def test_of_a_living_process(server: Server, person: Person) -> None:
    server.left_by(ALIVE, person)
    with pytest.raises(HeldElsewhere, match=f"process {ALIVE.pid} on ") as caught:
        await server.check()
    assert isinstance(caught.value, HeldByAnother) == (person is BEN)


async def test_of_this_process_for_another_notebook(server: Server) -> None:
    """Two paths that nobody knew to be one file."""
    server.left_by(OURS)
    with pytest.raises(HeldElsewhere):
        await server.check()


async def test_of_this_process_for_the_file_as_a_text(server: Server) -> None:
    mark = server.left_by(OURS)
    lock_file.put_lock(server.lock, msgspec.structs.replace(mark, kind=Kind.TEXT))
    await server.check()


@pytest.mark.parametrize("is_garbage", [False, True])
async def test_of_another_machine_counts_while_it_is_renewed(
    server: Server, is_garbage: bool
) -> None:
    mark = server.left_by(ELSEWHERE)
    for renewed in range(3):
        renewal = msgspec.structs.replace(mark, renewed=renewed)
        lock_file.put_lock(server.lock, renewal)
        if is_garbage:
            server.lock.write_bytes(b"" if renewed == 2 else b"{" * renewed)
        with pytest.raises(HeldElsewhere):
            await server.check()
        await server.clock.advance(STALE_SECONDS - 1)
        with pytest.raises(HeldElsewhere):
            await server.check()
    await server.clock.advance(1.5)
    await server.check()


async def test_it_is_seized_from_the_same_person_only(server: Server) -> None:
    left = server.left_by(ELSEWHERE)
    with pytest.raises(HeldByAnother):
        await server.locks.seize("day.ipynb", NOTEBOOK)
    assert msgspec.json.decode(server.lock.read_bytes(), type=Mark) == left
    server.left_by(ELSEWHERE, ANN)
    await server.locks.seize("day.ipynb", NOTEBOOK)
    await server.check()
    taken = msgspec.json.decode(server.lock.read_bytes(), type=Mark)
    assert (taken.process, taken.notebook) == (OURS, NOTEBOOK)


async def test_a_life(server: Server) -> None:
    """Made when wanted, made again when somebody cleaned it away, moved with the file, removed."""
    path = "day.ipynb"
    lock = server.locks.of_room(NOTEBOOK, lambda: path, server.errors.append)
    await lock.ensure()
    assert server.lock.exists()
    assert server.lock.stat().st_mode & 0o444 == 0o444
    server.lock.unlink()
    await lock.ensure()
    assert server.lock.exists()
    (server.root / "other").mkdir()
    path = "other/day.ipynb"
    await lock.ensure()
    assert not server.lock.exists()
    assert lock_of(server.root / path).exists()
    await lock.release()
    assert sorted(file.name for file in server.root.rglob("*")) == ["day.ipynb", "other"]


async def test_it_is_renewed_and_its_loss_is_told(server: Server) -> None:
    lock = server.locks.of_room(NOTEBOOK, lambda: "day.ipynb", server.errors.append)
    running = [asyncio.ensure_future(run()) for run in lock.runs]
    lock.want()
    await until(server.clock, server.lock.exists)
    before = server.lock.read_bytes()
    await until(server.clock, lambda: server.lock.read_bytes() not in (before, b""))
    left = server.left_by(ELSEWHERE, ANN)
    await until(server.clock, lambda: bool(server.errors))
    assert isinstance(server.errors[0], HeldElsewhere)
    for task in running:
        task.cancel()
    await lock.release()
    assert msgspec.json.decode(server.lock.read_bytes(), type=Mark) == left


async def test_a_folder_that_cannot_be_written_has_none(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    lock = server.locks.of_room(NOTEBOOK, lambda: "day.ipynb", server.errors.append)
    await lock.ensure()
    await lock.release()
    assert not server.lock.exists()


def test_long_names(tmp_path: Path) -> None:
    name = "ü" * 120 + ".ipynb"
    (tmp_path / name).touch()
    lock = lock_of(tmp_path / name)
    lock.touch()
    assert lock != lock_of(tmp_path / ("ö" * 120 + ".ipynb"))
