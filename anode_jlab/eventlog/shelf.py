"""Bytes that are kept beside a notebook's log, by name: a port with two implementations.

Shipped conformance suite: ``anode_jlab.testing.shelf_conformance``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.whole_file import write_whole
from anode_jlab.ids import NotebookId

T = TypeVar("T")


class Shelf(Protocol):
    """What is kept of one kind, for each notebook. Names are file names without folders."""

    async def put(self, notebook: NotebookId, name: str, data: bytes) -> None:
        """Keep bytes under a name, instead of what was there; returns once they are durable.

        Raises StoreUnavailable.
        """
        ...

    async def get(self, notebook: NotebookId, name: str) -> bytes | None:
        """What is kept under a name."""
        ...

    async def names(self, notebook: NotebookId) -> list[str]:
        """Every name, sorted."""
        ...

    async def sizes(self, notebook: NotebookId) -> dict[str, int]:
        """Every name, sorted, with the number of its bytes."""
        ...

    async def remove(self, notebook: NotebookId, name: str) -> None:
        """Keep it no longer; nothing happens when it is not there."""
        ...


class MemoryShelf:
    """``Shelf`` that lives as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[NotebookId, dict[str, bytes]] = {}

    async def put(self, notebook: NotebookId, name: str, data: bytes) -> None:
        self._kept.setdefault(notebook, {})[name] = data

    async def get(self, notebook: NotebookId, name: str) -> bytes | None:
        return self._kept.get(notebook, {}).get(name)

    async def names(self, notebook: NotebookId) -> list[str]:
        return sorted(self._kept.get(notebook, {}))

    async def sizes(self, notebook: NotebookId) -> dict[str, int]:
        return {name: len(data) for name, data in sorted(self._kept.get(notebook, {}).items())}

    async def remove(self, notebook: NotebookId, name: str) -> None:
        self._kept.get(notebook, {}).pop(name, None)


class FolderShelf:
    """``Shelf`` of plain files in ``<store_dir>/<id[:2]>/<id>/<kind>/``, beside ``log.db``."""

    def __init__(self, store_dir: Path, kind: str) -> None:
        self._store_dir = store_dir
        self._kind = kind

    def folder_of(self, notebook: NotebookId) -> Path:
        """Where the files of a notebook lie."""
        return self._store_dir / notebook[:2] / notebook / self._kind

    async def put(self, notebook: NotebookId, name: str, data: bytes) -> None:
        await _run(lambda: write_whole(self.folder_of(notebook) / name, data))

    async def get(self, notebook: NotebookId, name: str) -> bytes | None:
        def read() -> bytes | None:
            try:
                return (self.folder_of(notebook) / name).read_bytes()
            except FileNotFoundError:
                return None

        return await _run(read)

    async def names(self, notebook: NotebookId) -> list[str]:
        return list(await self.sizes(notebook))

    async def sizes(self, notebook: NotebookId) -> dict[str, int]:
        def look() -> dict[str, int]:
            try:
                with os.scandir(self.folder_of(notebook)) as found:
                    sizes = {e.name: e.stat().st_size for e in found if not e.name.startswith(".")}
            except FileNotFoundError:
                return {}
            return dict(sorted(sizes.items()))

        return await _run(look)

    async def remove(self, notebook: NotebookId, name: str) -> None:
        await _run(lambda: (self.folder_of(notebook) / name).unlink(missing_ok=True))


async def _run(call: Callable[[], T]) -> T:
    def translating() -> T:
        with translated():
            return call()

    return await asyncio.to_thread(translating)
