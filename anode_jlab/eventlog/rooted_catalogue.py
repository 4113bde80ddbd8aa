"""The catalogue as one server sees it: paths below its root, of a store that several servers share.

A person may start one server in a project and another in the folder above it. Both see the same
file at different paths, and other files at the same path; the store must tell them apart.
"""

from __future__ import annotations

import msgspec

from anode_jlab.eventlog.catalogue import Catalogue, CatalogueEntry, clean_path
from anode_jlab.events.document import Kind
from anode_jlab.ids import Lineage, NotebookId, Seq


class RootedCatalogue:
    """``Catalogue`` of all notebooks below ``root``, kept in ``whole`` by their full paths.

    ``root`` is the folder's absolute path, or any other word for a place that is no local folder.
    """

    def __init__(self, whole: Catalogue, root: str) -> None:
        self._whole = whole
        self._root = clean_path(root)

    async def find(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry | None:
        return self._seen(await self._whole.find(self._full(path), kind))

    async def get(self, notebook: NotebookId) -> CatalogueEntry | None:
        return self._seen(await self._whole.get(notebook))

    async def register(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry:
        if not clean_path(path):
            raise ValueError("a notebook needs a path")
        entry = await self._whole.register(self._full(path), kind)
        return msgspec.structs.replace(entry, path=clean_path(path))

    async def rename(self, old: str, new: str) -> list[CatalogueEntry]:
        if not clean_path(old) or not clean_path(new):
            return []
        moved = await self._whole.rename(self._full(old), self._full(new))
        return [entry for entry in map(self._seen, moved) if entry is not None]

    async def vacate(self, path: str) -> list[CatalogueEntry]:
        if not clean_path(path):
            return []
        lost = await self._whole.vacate(self._full(path))
        return [entry for entry in map(self._seen, lost) if entry is not None]

    async def vacated(self, path: str, kind: Kind = Kind.NOTEBOOK) -> list[CatalogueEntry]:
        if not clean_path(path):
            return []
        found = await self._whole.vacated(self._full(path), kind)
        return [entry for entry in map(self._seen, found) if entry is not None]

    async def place(self, notebook: NotebookId, path: str) -> bool:
        return await self._whole.place(notebook, self._full(path))

    async def start_lineage(self, notebook: NotebookId, lineage: Lineage) -> None:
        await self._whole.start_lineage(notebook, lineage)

    async def file_seen(
        self, notebook: NotebookId, *, file_hash: str, seq: Seq, inode: str = ""
    ) -> None:
        await self._whole.file_seen(notebook, file_hash=file_hash, seq=seq, inode=inode)

    async def file_writing(self, notebook: NotebookId, mark: str) -> None:
        await self._whole.file_writing(notebook, mark)

    async def all(self) -> list[CatalogueEntry]:
        entries = map(self._seen, await self._whole.all())
        return [entry for entry in entries if entry is not None]

    async def gone(self) -> list[CatalogueEntry]:
        entries = map(self._seen, await self._whole.gone())
        return [entry for entry in entries if entry is not None]

    async def close(self) -> None:
        await self._whole.close()

    def _full(self, path: str) -> str:
        return f"{self._root}/{clean_path(path)}" if self._root else clean_path(path)

    def _seen(self, entry: CatalogueEntry | None) -> CatalogueEntry | None:
        """The entry with its paths below the root; None when it lies elsewhere."""
        if entry is None or not self._root:
            return entry
        place = entry.path or entry.former
        if not place:
            return entry
        if not place.startswith(self._root + "/"):
            return None
        below = place[len(self._root) + 1 :]
        if entry.path:
            return msgspec.structs.replace(entry, path=below)
        return msgspec.structs.replace(entry, former=below)
