"""A text file: read it and write it, always through the contents manager."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from anode_jlab.documents.contents import ContentsPort, FileText, JsonObject
from anode_jlab.documents.document_file import DocumentFile, FileContent, Written
from anode_jlab.documents.local_file import settle
from anode_jlab.documents.text_lines import in_style_of, plain
from anode_jlab.errors import (
    FileNotWritten,
    NotANotebook,
    NotAText,
    NotebookNotFound,
    NotOfItsKind,
    TextTooLarge,
)

T = TypeVar("T")

NOTEBOOK_SUFFIX: Final = ".ipynb"

NO_TEXT_HINT: Final = "Move the file away, or save the text under another name."


def text_digest(content: str) -> str:
    """A digest of a text, whatever ends its lines."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


class TextFile(DocumentFile[str]):
    """The file of one text. What is read has line feeds only and no byte order mark; what is
    written ends its lines and begins as the file does."""

    contents_type = "file"
    suffix = ""

    def __init__(self, path: str, contents: ContentsPort, limit: int) -> None:
        super().__init__(path, contents)
        self._limit = limit
        self._last: str | None = None
        """The file's text as it was last seen, for one that is made again."""
        self._torn: str | None = None
        """Hash of what a failed write of ours left."""

    def at(self, path: str) -> TextFile:
        return TextFile(path, self._contents, self._limit)

    async def read(self) -> FileContent[str]:
        """As `DocumentFile.read`; NotAText is raised for what is no UTF-8, too large, or a
        notebook."""
        if self.path.endswith(NOTEBOOK_SUFFIX):
            raise NotAText("A notebook is edited together as a notebook, not as its text.")
        if not self._limit:
            raise NotAText("Text files are not edited together on this server.")
        size = await self._asked(self._contents.size(self.path))
        if size is not None and size > self._limit:
            raise TextTooLarge(
                f"The file has {size:,} bytes; up to {self._limit:,} are edited together."
            )
        found = await self._raw(self._contents.text)
        self._last = found.text
        return FileContent(value=plain(found.text), hash=found.hash, writable=found.writable)

    async def current_hash(self) -> str | None:
        try:
            return (await self._raw(self._contents.reread)).hash
        except NotebookNotFound:
            return None
        except NotAText:
            return ""

    async def holds(self, expect: str) -> bool:
        return expect == await self.current_hash()

    async def write(
        self,
        value: str,
        *,
        expect: str | None,
        announce: Callable[[str], Awaitable[None]] | None = None,
    ) -> Written[str]:
        before = await self._before(expect)
        if before is not None and plain(before.text) == value:
            return Written(hash=before.hash, changed=False)
        if announce is not None:
            await announce(text_digest(value))
        styled = in_style_of(self._last if before is None else before.text, value)
        model: JsonObject = {"type": "file", "format": "text", "content": styled}
        warning = None
        try:
            await self._contents.save(self.path, model)
        except FileNotWritten as error:
            await self._undo_failed(error, before, str(model["content"]))
            warning = error.message
        held = await self._held()
        self._torn, self._last = None, held.text
        is_other = held.text != styled
        content = plain(held.text) if is_other else None
        return Written(hash=held.hash, changed=True, warning=warning, content=content)

    # --- inside ----------------------------------------------------------------------------------

    async def _raw(self, read: Callable[[str], Awaitable[FileText | None]]) -> FileText:
        found = await self._asked(read(self.path))
        if found is None:
            raise NotAText(f"The contents manager gave no text for {self.path}.")
        return found

    async def _asked(self, answer: Awaitable[T]) -> T:
        """The contents manager's answer, its refusals in words about a text."""
        try:
            return await answer
        except NotANotebook as error:
            raise NotAText(error.message) from error
        except NotebookNotFound as error:
            raise NotebookNotFound(f"There is no file at {self.path}.") from error

    async def _before(self, expect: str | None) -> FileText | None:
        """What is in the file now, None when there is none. Raises unless it may be replaced."""
        try:
            before = await self._raw(self._contents.reread)
        except NotebookNotFound:
            if expect is not None:
                raise self._changed(None) from None
            return None
        except NotOfItsKind as error:
            if expect is not None:
                raise self._changed("") from error
            raise FileNotWritten(
                f"The file {self.path} is not text any more.", hint=NO_TEXT_HINT
            ) from error
        if expect is not None and before.hash not in (expect, self._torn):
            raise self._changed(before.hash)
        return before

    async def _undo_failed(
        self, error: FileNotWritten, before: FileText | None, saved: str
    ) -> None:
        """After a failed save: put a torn file back, and raise ``error`` unless the text did get
        into the file (then only a hook failed that ran after the write)."""
        place = self._local()
        if place is not None and before is not None:
            try:
                now = await self._raw(self._contents.reread)
            except (NotebookNotFound, NotAText):
                now = None
            if now is None or now.text != saved:
                await asyncio.to_thread(settle, place, before.text)
        try:
            after = await self._raw(self._contents.reread)
        except (NotebookNotFound, NotAText):
            raise error from None
        if after.text == saved:
            return
        if before is None or after.hash != before.hash:
            self._torn = after.hash
        raise error

    async def _held(self) -> FileText:
        try:
            return await self._raw(self._contents.reread)
        except (NotebookNotFound, NotAText) as error:
            gone = "The file was written, but it is not there any more."
            raise FileNotWritten(gone) from error
