"""A full disk: the file keeps its old bytes, nothing is left behind, and a later try succeeds."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.documents.contents import ServerContents
from anode_jlab.documents.files import NotebookFile
from anode_jlab.errors import FileNotWritten
from tests.documents.managers import FILE_MANAGERS, make_manager

KILOBYTE = 1024


def big_notebook(kilobytes: int) -> dict[str, Any]:
    """A notebook whose file is about this large."""
    line = "x" * (KILOBYTE - 8)
    cell = {"cell_type": "raw", "id": "a", "metadata": {}, "source": "\n".join([line] * kilobytes)}
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@contextmanager
def tiny_disk(place: Path, kilobytes: int) -> Iterator[None]:
    """A file system of this size; raises CalledProcessError where mounting is not allowed."""
    options = f"size={kilobytes}k"
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        check=True,
        capture_output=True,
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def limited_file_size(kilobytes: int) -> Iterator[None]:
    """No file of this process grows beyond this size (for a process of its own)."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * KILOBYTE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def write_on_full_disk(kind: str, root: Path, full: Any) -> None:
    """The whole story: read, fail for lack of space, have room again, succeed."""
    file = NotebookFile("a.ipynb", ServerContents(make_manager(FILE_MANAGERS[kind], root)))
    place = root / "a.ipynb"
    place.write_text(json.dumps(big_notebook(20), indent=2))
    before = place.read_bytes()
    content = await file.read()

    with full():
        for kilobytes in (60, 110, 200):
            with pytest.raises(FileNotWritten) as caught:
                await file.write(big_notebook(kilobytes), expect=content.hash)
            assert caught.value.code == "file_not_written"
            assert place.read_bytes() == before
            assert set(os.listdir(root)) <= {"a.ipynb", "ballast.bin", ".ipynb_checkpoints"}
        assert await file.current_hash() == content.hash

    written = await file.write(big_notebook(60), expect=content.hash)
    assert written.changed
    assert (await file.read()).value == big_notebook(60)
    assert place.read_text().startswith('{\n  "cells"')


def filled(root: Path, kilobytes: int) -> Any:
    """A context in which all but a little of the disk below ``root`` is taken."""

    @contextmanager
    def full() -> Iterator[None]:
        ballast = root / "ballast.bin"
        ballast.write_bytes(b"0" * kilobytes * KILOBYTE)
        try:
            yield
        finally:
            ballast.unlink()

    return full


def main(root: str) -> None:
    """What the child process does."""
    for kind in FILE_MANAGERS:
        place = Path(root) / kind
        place.mkdir()
        asyncio.run(write_on_full_disk(kind, place, lambda: limited_file_size(48)))


def test_limited_file_size(tmp_path: Path) -> None:
    code = f"from {__name__} import main; main({str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("free", [16, 30, 45], ids="{}k free".format)
@pytest.mark.parametrize("kind", FILE_MANAGERS)
def test_full_file_system(kind: str, free: int, tmp_path: Path) -> None:
    """With too little room even for the old bytes' copy, and with room for that but not more.

    Where mounting is not allowed, the limit on file sizes stands in.
    """
    root = tmp_path / "disk"
    root.mkdir()
    try:
        with tiny_disk(root, 400):
            asyncio.run(write_on_full_disk(kind, root, filled(root, 400 - 24 - free)))
    except subprocess.CalledProcessError:
        test_limited_file_size(tmp_path)
