"""Artifacts that live as long as the process."""

from __future__ import annotations

from anode_jlab.artifacts.store import Kept, address_of
from anode_jlab.clock import Clock, SystemClock
from anode_jlab.errors import ArtifactNotFound
from anode_jlab.ids import NotebookId, Sha256


class MemoryArtifacts:
    """``ArtifactStore`` for tests and for servers that keep nothing."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._kept: dict[NotebookId, dict[Sha256, bytes]] = {}
        self._times: dict[tuple[NotebookId, Sha256], float] = {}

    async def put(self, notebook: NotebookId, data: bytes) -> Sha256:
        sha256 = address_of(data)
        self._put(notebook, sha256, data)
        return sha256

    async def size(self, notebook: NotebookId, sha256: Sha256) -> int:
        return len(self._data(notebook, sha256))

    async def read(
        self, notebook: NotebookId, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> bytes:
        return self._data(notebook, sha256)[start:stop]

    async def addresses(self, notebook: NotebookId) -> list[Sha256]:
        return sorted(self._kept.get(notebook, {}))

    async def listing(self, notebook: NotebookId) -> dict[Sha256, Kept]:
        kept = self._kept.get(notebook, {})
        return {one: Kept(len(kept[one]), self._times[notebook, one]) for one in kept}

    async def remove(
        self, notebook: NotebookId, sha256: Sha256, *, before: float | None = None
    ) -> bool:
        kept = self._kept.get(notebook, {})
        if sha256 not in kept or (before is not None and self._times[notebook, sha256] >= before):
            return False
        del kept[sha256]
        return True

    async def find(self, sha256: Sha256) -> NotebookId | None:
        return next((one for one, kept in self._kept.items() if sha256 in kept), None)

    async def share(self, source: NotebookId, target: NotebookId, sha256: Sha256) -> None:
        self._put(target, sha256, self._data(source, sha256))

    def _put(self, notebook: NotebookId, sha256: Sha256, data: bytes) -> None:
        self._kept.setdefault(notebook, {})[sha256] = bytes(data)
        self._times[notebook, sha256] = self._clock.now()

    def _data(self, notebook: NotebookId, sha256: Sha256) -> bytes:
        try:
            return self._kept[notebook][sha256]
        except KeyError:
            raise ArtifactNotFound from None
