"""Artifacts as files beside the notebook's log, written whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from anode_jlab.artifacts.store import Kept, address_of
from anode_jlab.errors import ArtifactDamaged, ArtifactNotFound, StoreUnavailable
from anode_jlab.eventlog.whole_file import sync_renaming, write_whole
from anode_jlab.ids import NotebookId, Sha256

T = TypeVar("T")

FOLDER = "artifacts"

BLOCK_BYTES = 1 << 20
"""How much is read at once to look at a file."""

LOOKED_AT = 10_000
"""Files that are remembered to be whole; one more and all are looked at again."""


class FolderArtifacts:
    """``ArtifactStore`` of plain files, ``<store_dir>/<id[:2]>/<id>/artifacts/<sha256>``.

    Their owner alone may read them (files 0600, folders 0700).
    """

    def __init__(self, store_dir: Path) -> None:
        self._store_dir = store_dir
        self._whole: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        """What is kept again is not removed at the same moment."""

    def folder_of(self, notebook: NotebookId) -> Path:
        """Where the files of a notebook lie."""
        return self._store_dir / notebook[:2] / notebook / FOLDER

    async def put(self, notebook: NotebookId, data: bytes) -> Sha256:
        def keep() -> Sha256:
            sha256 = address_of(data)
            self._write(self.folder_of(notebook), sha256, data)
            return sha256

        return await _run(keep)

    async def size(self, notebook: NotebookId, sha256: Sha256) -> int:
        return await _run(lambda: self._look(self._place(notebook, sha256), sha256))

    async def read(
        self, notebook: NotebookId, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> bytes:
        def read() -> bytes:
            with self._place(notebook, sha256).open("rb") as file:
                file.seek(start)
                return file.read(-1 if stop is None else max(stop - start, 0))

        return await _run(read)

    async def addresses(self, notebook: NotebookId) -> list[Sha256]:
        def look() -> list[Sha256]:
            try:
                found = os.listdir(self.folder_of(notebook))
            except FileNotFoundError:
                return []
            return sorted(Sha256(name) for name in found if not name.startswith("."))

        return await _run(look)

    async def listing(self, notebook: NotebookId) -> dict[Sha256, Kept]:
        def look() -> dict[Sha256, Kept]:
            found = {}
            with suppress(FileNotFoundError), os.scandir(self.folder_of(notebook)) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        about = entry.stat()
                        found[Sha256(entry.name)] = Kept(about.st_size, about.st_mtime)
            return found

        return await _run(look)

    async def remove(
        self, notebook: NotebookId, sha256: Sha256, *, before: float | None = None
    ) -> bool:
        def remove() -> bool:
            place = self._place(notebook, sha256)
            with self._lock, suppress(FileNotFoundError):
                if before is None or place.stat().st_mtime < before:
                    place.unlink()
                    return True
            return False

        return await _run(remove)

    async def find(self, sha256: Sha256) -> NotebookId | None:
        def look() -> NotebookId | None:
            for place in self._store_dir.glob(f"??/*/{FOLDER}/{sha256}"):
                return NotebookId(place.parent.parent.name)
            return None

        return await _run(look)

    async def share(self, source: NotebookId, target: NotebookId, sha256: Sha256) -> None:
        def share() -> None:
            kept, folder = self._place(source, sha256), self.folder_of(target)
            if self._is_kept_again(folder / sha256):
                return
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with suppress(FileExistsError):
                    os.link(kept, folder / sha256)
                self._is_kept_again(folder / sha256)
                sync_renaming(folder)
            except FileNotFoundError:
                raise
            except OSError:  # a file system without hard links
                self._write(folder, sha256, kept.read_bytes())

        await _run(share)

    def _place(self, notebook: NotebookId, sha256: Sha256) -> Path:
        return self.folder_of(notebook) / sha256

    def _write(self, folder: Path, sha256: Sha256, data: bytes) -> None:
        """Put bytes at their address; a whole file that is there already stays.

        A damaged one is replaced: the same bytes are at hand again.
        """
        place = folder / sha256
        with suppress(FileNotFoundError):
            is_whole = place.stat().st_size == len(data) and _digest(place) == sha256
            if is_whole and self._is_kept_again(place):
                return
        write_whole(place, data)

    def _is_kept_again(self, place: Path) -> bool:
        """Whether it is there, and from now on young."""
        with self._lock, suppress(FileNotFoundError):
            os.utime(place)
            return True
        return False

    def _look(self, place: Path, sha256: Sha256) -> int:
        found = place.stat()
        mark = (found.st_size, found.st_mtime_ns)
        if self._whole.get(place) != mark:
            if _digest(place) != sha256:
                raise ArtifactDamaged
            if len(self._whole) >= LOOKED_AT:
                self._whole.clear()
            self._whole[place] = mark
        return found.st_size


def _digest(place: Path) -> str:
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


async def _run(call: Callable[[], T]) -> T:
    def translating() -> T:
        try:
            return call()
        except FileNotFoundError as error:
            raise ArtifactNotFound from error
        except OSError as error:
            raise StoreUnavailable(f"Large outputs cannot be kept: {error.strerror}.") from error

    return await asyncio.to_thread(translating)
