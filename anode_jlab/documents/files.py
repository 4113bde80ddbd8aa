"""A notebook's file: read it, compare it, write it, always through the contents manager."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from anode_jlab.documents.contents import ContentsPort, FileText, JsonObject
from anode_jlab.documents.file_text import (
    check_notebook,
    content_digest,
    joined_notebook,
    parse_notebook,
)
from anode_jlab.documents.local_file import put_back, renamed_to, restyle_file, settle
from anode_jlab.documents.workbench import computed
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileDeleted,
    FileNotWritten,
    NotANotebook,
    NotebookNotFound,
)

NOT_A_NOTEBOOK_HINT = "Repair, move or delete the file; it is never overwritten as it is now."


@dataclass(frozen=True, slots=True)
class FileContent:
    """A notebook as it was in its file, with the hash of the bytes that were read.

    Multi-line strings are joined and ``trusted`` marks (which belong to one viewer) are gone.
    """

    nb: JsonObject
    hash: str
    writable: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The file holds the notebook now.

    ``hash`` is what ``current_hash`` will tell; ``warning`` tells of a save hook that failed
    after the file was written; ``changed`` is False when the file held this content before.
    ``content`` is what the file holds, where that is not what was asked for: hooks and contents
    managers may change or leave out things.
    """

    hash: str
    changed: bool
    warning: str | None = None
    content: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """What is in the file: its hash (None: no file), its text and content where known.

    ``digest`` is None when it is not a notebook of nbformat 4.
    """

    hash: str | None
    text: str | None
    digest: str | None


NO_FILE = _OnDisk(hash=None, text=None, digest=None)


class NotebookFile:
    """The file of one notebook. ``path`` is a contents API path and follows renames."""

    def __init__(self, path: str, contents: ContentsPort) -> None:
        self.path = path
        self._contents = contents
        self._digests: tuple[str, str] = ("", "")
        self._torn: str | None = None

    async def read(self) -> FileContent:
        """The notebook in the file.

        Raises NotebookNotFound, NotAllowed, FileUnreadable, and NotANotebook for anything but
        nbformat 4.0-4.5. Nothing is written by this.
        """
        raw = await self._contents.text(self.path)
        if raw is not None and self._contents.is_plain:
            nb = await asyncio.to_thread(_read_text, raw.text)
            return FileContent(nb=nb, hash=raw.hash, writable=raw.writable)
        if raw is not None and self.path.endswith(".ipynb"):
            await asyncio.to_thread(parse_notebook, raw.text)
        model = await self._contents.notebook(self.path)
        nb = await asyncio.to_thread(_read_model, model.content)
        return FileContent(nb=nb, hash=model.hash, writable=model.writable)

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
            return await self._contents.stamp(self.path)
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

    def at(self, path: str) -> NotebookFile:
        """Another file of the same storage."""
        return NotebookFile(path, self._contents)

    async def renamed_to(self, inode: str) -> str | None:
        """The path in the same folder at which the file with this ``inode`` is now, if it is."""
        place = self._local()
        name = await asyncio.to_thread(renamed_to, place, inode) if place and inode else None
        return None if name is None else f"{self.path.rpartition('/')[0]}/{name}".lstrip("/")

    async def write(
        self,
        nb: JsonObject,
        *,
        expect: str | None,
        announce: Callable[[str], Awaitable[None]] | None = None,
    ) -> Written:
        """Make the file hold ``nb``, in the style that the file has.

        ``expect`` is the hash of the bytes last read or written; None means "whatever is there",
        though never over a file that is not a notebook of nbformat 4. ``announce`` gets the
        content's digest right before bytes are written. Raises FileChangedOutside when the file
        is another one, FileNotWritten when it could not be written; the file is as it was in both
        cases.

        A crash between the contents manager's write and ours of the style leaves the right content
        in the manager's style.
        """
        before = await self._on_disk()
        digest, content = await computed(lambda: _prepared(nb))
        if before.hash is not None and before.digest == digest:
            return Written(hash=before.hash, changed=False)
        self._may_replace(before, expect)
        if announce is not None:
            await announce(digest)
        model: JsonObject = {"type": "notebook", "format": "json", "content": content}
        warning = None
        try:
            await self._contents.save(self.path, model)
        except FileNotWritten as error:
            await self._undo_failed(error, before, model["content"])
            warning = error.message
        written = await self._styled(before.text)
        self._torn = None
        self._digests = (written, digest)
        held = await self._held(nb, model["content"])
        return Written(hash=written, changed=True, warning=warning, content=held)

    async def recover(self, known_hash: str) -> bool:
        """Put back the copy that a contents manager keeps while it writes, when a crash tore the
        file and the copy holds the bytes with ``known_hash``. Returns whether it did."""
        place = self._local()
        if place is None or not known_hash:
            return False

        def is_known(backup: bytes) -> bool:
            return hashlib.sha256(backup).hexdigest() == known_hash

        return await asyncio.to_thread(put_back, place, is_known)

    async def _held(self, wanted: JsonObject, saved: JsonObject) -> JsonObject | None:
        """What the file holds now; None when it is what was wanted."""
        if self._contents.is_plain:
            return None if saved == wanted else joined_notebook(saved)
        try:
            return _read_model((await self._contents.notebook(self.path)).content)
        except AnodeError:
            return None  # who reads it next is told

    def _local(self) -> Path | None:
        try:
            place = self._contents.local_path(self.path)
        except NotebookNotFound:
            return None
        return None if place is None else Path(os.path.realpath(place))

    async def _on_disk(self) -> _OnDisk:
        """The file as it is now; its content is read only when the hash is not a known one."""
        try:
            raw = await self._contents.reread(self.path)
            plain = raw is not None and self._contents.is_plain
            found = raw.hash if raw is not None and plain else await self._contents.hash(self.path)
            text = raw.text if raw is not None and self.path.endswith(".ipynb") else None
            if found == self._digests[0]:
                return _OnDisk(hash=found, text=text, digest=self._digests[1])
            return _OnDisk(hash=found, text=text, digest=await self._digest(raw))
        except NotebookNotFound:
            return NO_FILE
        except NotANotebook:
            return _OnDisk(hash="", text=None, digest=None)

    async def _digest(self, raw: FileText | None) -> str | None:
        try:
            if raw is not None and self._contents.is_plain:
                return await asyncio.to_thread(lambda: content_digest(parse_notebook(raw.text)))
            content = (await self._contents.notebook(self.path)).content
            return await asyncio.to_thread(lambda: content_digest(_read_model(content)))
        except NotANotebook:
            return None

    def _changed(self, found: str | None) -> FileChangedOutside:
        if found is None:
            return FileDeleted(f"The file {self.path} was deleted or moved; nothing was written.")
        return FileChangedOutside(
            f"The file {self.path} was changed by another program; nothing was written."
        )

    def _may_replace(self, found: _OnDisk, expect: str | None) -> None:
        """Raise unless the file is the expected one, or may be replaced whatever it holds."""
        if found.hash is not None and found.hash == self._torn:
            return
        if expect is not None and found.hash != expect:
            raise self._changed(found.hash)
        if found.hash is not None and found.digest is None:
            raise FileNotWritten(
                f"The file {self.path} is not a notebook of nbformat 4 any more.",
                hint=NOT_A_NOTEBOOK_HINT,
            )

    async def _undo_failed(self, error: FileNotWritten, before: _OnDisk, saved: JsonObject) -> None:
        """After a failed save: put a torn file back, and raise ``error`` unless the content did
        get into the file (then only a hook failed that ran after the write)."""
        place = self._local()
        if place is not None:
            await asyncio.to_thread(settle, place, before.text)
        after = await self._on_disk()
        if after.hash == before.hash:
            raise error
        if after.digest is None:
            self._torn = after.hash
            raise error
        if after.digest != await asyncio.to_thread(content_digest, saved):
            raise error

    async def _styled(self, before: str | None) -> str:
        """Give the file back the layout it had: the contents manager knows only its own.

        Returns the hash of what the file holds then.
        """
        try:
            raw = await self._contents.reread(self.path)
            place = self._local()
            if raw is None or place is None:
                return await self._contents.hash(self.path)
            changed = before is not None and await asyncio.to_thread(
                restyle_file, place, before, raw.text
            )
            if self._contents.is_plain and not changed:
                return raw.hash
            return await self._contents.hash(self.path)
        except NotebookNotFound as error:
            gone = "The file was written, but it is not there any more."
            raise FileNotWritten(gone) from error


def _prepared(nb: JsonObject) -> tuple[str, JsonObject]:
    """The notebook's digest, and a copy of it: save hooks may change what they get."""
    return content_digest(nb), deepcopy(nb)


def _read_text(text: str) -> JsonObject:
    return joined_notebook(parse_notebook(text))


def _read_model(content: JsonObject) -> JsonObject:
    if "orig_nbformat" in content.get("metadata", {}):
        raise NotANotebook("The file is a notebook of an nbformat before 4.")
    check_notebook(content)
    return joined_notebook(content)
