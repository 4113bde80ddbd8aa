"""The file of a document, whatever it holds: found and compared through the contents manager."""

from __future__ import annotations

import asyncio
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Self, TypeVar

from anode_jlab.documents.contents import ContentsPort, ContentsType
from anode_jlab.documents.large_outputs import INLINE_ONLY, LargeOutputs
from anode_jlab.documents.local_file import put_back, renamed_to
from anode_jlab.errors import (
    FileChangedOutside,
    FileDeleted,
    NotANotebook,
    NotebookNotFound,
)

C = TypeVar("C")
"""What the file's bytes mean: a notebook's JSON, a text."""


@dataclass(frozen=True, slots=True)
class FileContent(Generic[C]):
    """What a file held, with the hash of the bytes that were read.

    ``conflicted``: it had the conflict markers of a merge, and ``value`` is both sides together.
    """

    value: C
    hash: str
    writable: bool
    conflicted: bool = False


@dataclass(frozen=True, slots=True)
class Written(Generic[C]):
    """The file holds the document now.

    ``hash`` is what ``current_hash`` will tell; ``warning`` tells of a save hook that failed
    after the file was written; ``changed`` is False when the file held this content before.
    ``content`` is what the file holds, where that is not what was asked for: hooks and contents
    managers may change or leave out things.
    """

    hash: str
    changed: bool
    warning: str | None = None
    content: C | None = None


class DocumentFile(ABC, Generic[C]):
    """The file of one document. ``path`` is a contents API path and follows renames."""

    contents_type: ClassVar[ContentsType]
    """As what the contents manager is asked for it."""

    suffix: ClassVar[str]
    """With what the names of such files end."""

    def __init__(self, path: str, contents: ContentsPort) -> None:
        self.path = path
        self.large: LargeOutputs = INLINE_ONLY
        """Where that lies which is too large for the document; the file itself holds it."""
        self._contents = contents

    @abstractmethod
    async def read(self) -> FileContent[C]:
        """What is in the file.

        Raises NotebookNotFound, NotAllowed, FileUnreadable, and NotOfItsKind for what is no
        document of this kind. Nothing is written by this.
        """

    @abstractmethod
    async def write(
        self,
        value: C,
        *,
        expect: str | None,
        announce: Callable[[str], Awaitable[None]] | None = None,
    ) -> Written[C]:
        """Make the file hold ``value``, in the style that the file has.

        ``expect`` is the hash of the bytes last read or written; None means "whatever is there",
        though never over a file that is no document of this kind. ``announce`` gets the content's
        digest right before bytes are written. Raises FileChangedOutside when the file is another
        one, FileNotWritten when it could not be written; the file is as it was in both cases.
        """

    async def current_hash(self) -> str | None:
        """The hash of what is in the file now; None when there is no file."""
        try:
            return await self._contents.hash(self.path)
        except NotebookNotFound:
            return None

    @property
    def is_local(self) -> bool:
        """Whether the file lies on a disk of this machine."""
        return self._local() is not None

    async def stamp(self) -> str | None:
        """A mark that is another one after the file was written; None when there is no file.

        Much cheaper than its hash. Raises NotAllowed, FileUnreadable.
        """
        try:
            return await self._contents.stamp(self.path, self.contents_type)
        except NotebookNotFound:
            return None

    async def holds(self, expect: str) -> bool:
        """Whether the file has this hash; no file and one that is no text have none."""
        try:
            raw = await self._contents.reread(self.path) if self._contents.is_plain else None
            return expect == (raw.hash if raw else await self._contents.hash(self.path))
        except (NotebookNotFound, NotANotebook):
            return False

    async def require(self, expect: str) -> None:
        """Raise FileChangedOutside unless the file has this hash."""
        found = await self.current_hash()
        if found != expect:
            raise self._changed(found)

    def inode(self) -> str:
        """``device:inode`` of a file on a local disk, else an empty string."""
        try:
            place = self._contents.local_path(self.path)
            found = None if place is None else place.stat()
        except (OSError, NotebookNotFound):
            return ""
        return "" if found is None else f"{found.st_dev}:{found.st_ino}"

    async def referring(self, content: FileContent[C]) -> FileContent[C]:
        """What was read before anybody knew whose it is, as ``read`` gives it."""
        return content

    def at(self, path: str) -> Self:
        """Another file of the same storage."""
        other = type(self)(path, self._contents)
        other.large = self.large
        return other

    async def renamed_to(self, inode: str) -> str | None:
        """The path in the same folder at which the file with this ``inode`` is now, if it is."""
        place = self._local()
        if place is None or not inode:
            return None
        name = await asyncio.to_thread(renamed_to, place, inode, self.suffix)
        return None if name is None else f"{self.path.rpartition('/')[0]}/{name}".lstrip("/")

    async def recover(self, known_hash: str) -> bool:
        """Put back the copy that a contents manager keeps while it writes, when a crash tore the
        file and the copy holds the bytes with ``known_hash``. Returns whether it did."""
        place = self._local()
        if place is None or not known_hash:
            return False

        def is_known(backup: bytes) -> bool:
            return hashlib.sha256(backup).hexdigest() == known_hash

        return await asyncio.to_thread(put_back, place, is_known)

    def _local(self) -> Path | None:
        try:
            place = self._contents.local_path(self.path)
        except NotebookNotFound:
            return None
        return None if place is None else Path(os.path.realpath(place))

    def _changed(self, found: str | None) -> FileChangedOutside:
        if found is None:
            return FileDeleted(f"The file {self.path} was deleted or moved; nothing was written.")
        return FileChangedOutside(
            f"The file {self.path} was changed by another program; nothing was written."
        )
