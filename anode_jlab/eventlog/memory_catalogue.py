"""The catalogue in memory, for tests and simulations."""

from __future__ import annotations

import msgspec

from anode_jlab.eventlog.catalogue import CatalogueEntry, clean_path, moved_path
from anode_jlab.events.document import Kind
from anode_jlab.ids import Ids, Lineage, NotebookId, Seq


class MemoryCatalogue:
    """``Catalogue`` that lives as long as the process."""

    def __init__(self, *, ids: Ids) -> None:
        self._ids = ids
        self._entries: dict[NotebookId, CatalogueEntry] = {}

    async def find(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry | None:
        return self._at(clean_path(path), kind)

    async def get(self, notebook: NotebookId) -> CatalogueEntry | None:
        return self._entries.get(notebook)

    async def register(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry:
        cleaned = clean_path(path)
        if not cleaned:
            raise ValueError("a notebook needs a path")
        entry = self._at(cleaned, kind)
        if entry is None:
            entry = CatalogueEntry(notebook=self._ids.notebook(), path=cleaned, kind=kind)
            self._entries[entry.notebook] = entry
        return entry

    async def rename(self, old: str, new: str) -> list[CatalogueEntry]:
        before, after = clean_path(old), clean_path(new)
        if before == after or not before or not after:
            return []
        found = [(e, moved_path(e.path, before, after)) for e in await self.all()]
        moving = [(entry, target) for entry, target in found if target is not None]
        for target in {target for _, target in moving}:
            for kind in Kind:
                displaced = self._at(target, kind)
                if displaced is not None:
                    self._vacate(displaced)
        for entry, target in moving:
            self._change(entry.notebook, path=target, former="")
        return [self._entries[entry.notebook] for entry, _ in moving]

    async def vacate(self, path: str) -> list[CatalogueEntry]:
        gone = clean_path(path)
        lost = [entry for entry in await self.all() if gone and moved_path(entry.path, gone, gone)]
        for entry in lost:
            self._vacate(entry)
        return [self._entries[entry.notebook] for entry in lost]

    async def vacated(self, path: str, kind: Kind = Kind.NOTEBOOK) -> list[CatalogueEntry]:
        former = clean_path(path)
        found = [
            e for e in self._entries.values() if not e.path and (e.former, e.kind) == (former, kind)
        ]
        return list(reversed(found)) if former else []

    async def place(self, notebook: NotebookId, path: str) -> bool:
        cleaned = clean_path(path)
        there = self._at(cleaned, self._entries[notebook].kind)
        if there is None:
            self._change(notebook, path=cleaned, former="")
        return there is None or there.notebook == notebook

    async def start_lineage(self, notebook: NotebookId, lineage: Lineage) -> None:
        self._change(notebook, lineage=lineage)

    async def file_seen(
        self, notebook: NotebookId, *, file_hash: str, seq: Seq, inode: str = ""
    ) -> None:
        self._change(notebook, file_hash=file_hash, file_seq=seq, inode=inode, writing="")

    async def file_writing(self, notebook: NotebookId, mark: str) -> None:
        self._change(notebook, writing=mark)

    async def all(self) -> list[CatalogueEntry]:
        return sorted((e for e in self._entries.values() if e.path), key=lambda e: e.path)

    async def gone(self) -> list[CatalogueEntry]:
        return [e for e in reversed(self._entries.values()) if not e.path and e.former]

    async def close(self) -> None:
        self._entries.clear()

    def _at(self, path: str, kind: Kind) -> CatalogueEntry | None:
        if not path:
            return None
        entries = self._entries.values()
        return next((e for e in entries if (e.path, e.kind) == (path, kind)), None)

    def _vacate(self, entry: CatalogueEntry) -> None:
        self._change(entry.notebook, path="", former=entry.path)

    def _change(self, notebook: NotebookId, **changes: object) -> None:
        if notebook in self._entries:
            self._entries[notebook] = msgspec.structs.replace(self._entries[notebook], **changes)
