"""Which notebook a path means: a known one, one that was renamed, or a new one."""

from __future__ import annotations

from typing import Any

from anode_jlab.documents.contents import ContentsPort
from anode_jlab.documents.document_file import DocumentFile, FileContent
from anode_jlab.documents.kind import AnyKind
from anode_jlab.errors import NotebookNotFound
from anode_jlab.eventlog.catalogue import Catalogue, CatalogueEntry
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId


class Identity:
    """Finds notebooks by path, and by their bytes where the path is new."""

    def __init__(self, catalogue: Catalogue, contents: ContentsPort) -> None:
        self._catalogue = catalogue
        self._contents = contents
        self._just_read: tuple[str, Kind, FileContent[Any]] | None = None

    async def identify(self, path: str, kind: AnyKind) -> NotebookId:
        """The notebook at a path; a new one is registered, a renamed file is recognised.

        Raises NotebookNotFound, NotANotebook, NotAllowed, FileUnreadable for a path that was
        never opened; what became of the file of a known one is found out when it is loaded.
        """
        cleaned = await self._contents.one_path(path)
        if not cleaned:
            raise NotebookNotFound("A notebook needs a path.")
        known = await self._catalogue.find(cleaned, kind.name)
        if known is not None:
            return known.notebook
        file = kind.file(cleaned, self._contents)
        content = await file.read()
        self._just_read = (cleaned, kind.name, content)
        alias = await self._same_file(file, kind)
        if alias is not None:
            return alias.notebook
        moved = await self._moved_here(file, content, kind)
        if moved is not None:
            await self._catalogue.rename(moved.path, cleaned)
            return moved.notebook
        back = await self._back_here(file, content, kind)
        if back is not None and await self._catalogue.place(back.notebook, cleaned):
            return back.notebook
        return (await self._catalogue.register(cleaned, kind.name)).notebook

    async def read(self, file: DocumentFile[Any], kind: AnyKind) -> FileContent[Any]:
        """The file's content; what ``identify`` read a moment ago is not parsed again."""
        just_read, self._just_read = self._just_read, None
        if just_read is not None and just_read[:2] == (file.path, kind.name):
            content = just_read[2]
            if await file.current_hash() == content.hash:
                return await file.referring(content)
        return await file.read()

    async def origin(
        self, notebook: NotebookId, content: FileContent[Any], kind: AnyKind
    ) -> NotebookId | None:
        """The other notebook that this one is a copy of, byte for byte; empty ones have none."""
        if not kind.has_text(content.value):
            return None
        others = [entry.notebook for entry in await self._same_bytes(content, kind)]
        return next((other for other in others if other != notebook), None)

    async def is_known(self, path: str, kind: Kind) -> bool:
        """Whether a document is known at a path. Raises NotebookNotFound outside the root."""
        return await self._catalogue.find(await self._contents.one_path(path), kind) is not None

    async def _same_file(self, file: DocumentFile[Any], kind: AnyKind) -> CatalogueEntry | None:
        """The notebook whose path leads to this very file, too: links out of the root, hard
        links."""
        inode = file.inode()
        if not inode:
            return None
        for entry in await self._all(kind):
            if entry.inode == inode and file.at(entry.path).inode() == inode:
                return entry
        return None

    async def _moved_here(
        self, file: DocumentFile[Any], content: FileContent[Any], kind: AnyKind
    ) -> CatalogueEntry | None:
        """The notebook whose file was last seen with these bytes at a path that is gone."""
        inode = file.inode()
        for entry in await self._same_bytes(content, kind):
            is_same_file = inode != "" and entry.inode == inode
            if not is_same_file and not kind.has_text(content.value):
                continue  # empty notebooks are all alike
            if await file.at(entry.path).current_hash() is None:
                return entry
        return None

    async def _back_here(
        self, file: DocumentFile[Any], content: FileContent[Any], kind: AnyKind
    ) -> CatalogueEntry | None:
        """The notebook whose file was deleted at this path, with these bytes."""
        if not kind.has_text(content.value):
            return None  # empty notebooks are all alike
        for entry in await self._catalogue.vacated(file.path, kind.name):
            if entry.file_hash == content.hash:
                return entry
        return None

    async def _same_bytes(self, content: FileContent[Any], kind: AnyKind) -> list[CatalogueEntry]:
        return [entry for entry in await self._all(kind) if entry.file_hash == content.hash]

    async def _all(self, kind: AnyKind) -> list[CatalogueEntry]:
        return [entry for entry in await self._catalogue.all() if entry.kind is kind.name]
