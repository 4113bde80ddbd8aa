"""Where the file of a live notebook is: deleted, back again, or renamed by another program."""

from __future__ import annotations

from typing import Any

from anode_jlab.documents.document_file import DocumentFile, FileContent
from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import AnodeError, FileDeleted
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.rooms.room import Room


class FilePlace:
    """Whether the path of a room is still that of its notebook's file.

    ``known_hash`` is always the hash of the bytes last read or written here.
    """

    def __init__(
        self,
        room: Room,
        kind: AnyKind,
        file: DocumentFile[Any],
        catalogue: Catalogue,
        *,
        gone: bool,
    ) -> None:
        self.gone = gone
        """The file was deleted: what is at its path now is somebody else's."""
        self._room = room
        self._kind = kind
        self._file = file
        self._catalogue = catalogue
        self._inode = "" if gone else file.inode()

    def note(self) -> None:
        """The file is as it was last read or written: remember which one it is."""
        self._inode = self._file.inode()

    async def came_back(self, known_hash: str) -> bool:
        """Whether the deleted file is there again, with the bytes it had."""
        is_back = await self._file.holds(known_hash) and await self._catalogue.place(
            self._room.notebook_id, self._room.path
        )
        self.gone = not is_back
        return is_back

    async def take_again(self, known_hash: str) -> None:
        """The notebook is to be saved at its path again. Raises FileDeleted when another file or
        notebook is there by now."""
        found = await self._file.current_hash()
        is_free = found is None or found == known_hash
        if not is_free or not await self._catalogue.place(self._room.notebook_id, self._room.path):
            raise FileDeleted(
                f"The file {self._room.path} was deleted, and another one is there now.",
                hint="Save the notebook under another name.",
            )
        self.gone = False

    async def follow(self, known_hash: str) -> bool:
        """Find the file under another name in its folder, where a program renamed it to.

        The inode alone does not tell: file systems give it to the next file that is made.
        """
        renamed = await self._file.renamed_to(self._inode)
        if renamed is None or await self._catalogue.find(renamed, self._kind.name) is not None:
            return False
        try:
            content = await self._file.at(renamed).read()
        except AnodeError:
            return False
        if content.hash != known_hash and not await self._resembles(content):
            return False
        await self._catalogue.rename(self._room.path, renamed)
        await self._room.moved(renamed)
        self._file.path = renamed
        return True

    async def _resembles(self, content: FileContent[Any]) -> bool:
        def resembles(document: SharedDocument) -> bool:
            return self._kind.resembles(document, content.value)

        return await self._room.shown(resembles)
