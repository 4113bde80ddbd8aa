"""Artifacts that live as long as the process."""

from __future__ import annotations

from anode_jlab.artifacts.store import address_of
from anode_jlab.errors import ArtifactNotFound
from anode_jlab.ids import NotebookId, Sha256


class MemoryArtifacts:
    """``ArtifactStore`` for tests and for servers that keep nothing."""

    def __init__(self) -> None:
        self._kept: dict[NotebookId, dict[Sha256, bytes]] = {}

    async def put(self, notebook: NotebookId, data: bytes) -> Sha256:
        sha256 = address_of(data)
        self._kept.setdefault(notebook, {})[sha256] = bytes(data)
        return sha256

    async def size(self, notebook: NotebookId, sha256: Sha256) -> int:
        return len(self._data(notebook, sha256))

    async def read(
        self, notebook: NotebookId, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> bytes:
        return self._data(notebook, sha256)[start:stop]

    async def addresses(self, notebook: NotebookId) -> list[Sha256]:
        return sorted(self._kept.get(notebook, {}))

    async def remove(self, notebook: NotebookId, sha256: Sha256) -> None:
        self._kept.get(notebook, {}).pop(sha256, None)

    async def find(self, sha256: Sha256) -> NotebookId | None:
        return next((one for one, kept in self._kept.items() if sha256 in kept), None)

    async def share(self, source: NotebookId, target: NotebookId, sha256: Sha256) -> None:
        self._kept.setdefault(target, {})[sha256] = self._data(source, sha256)

    def _data(self, notebook: NotebookId, sha256: Sha256) -> bytes:
        try:
            return self._kept[notebook][sha256]
        except KeyError:
            raise ArtifactNotFound from None
