"""A notebook's file: read it and write it, always through the contents manager."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from anode_jlab.documents.conflict import read_notebook
from anode_jlab.documents.contents import ContentsPort, FileText, JsonObject
from anode_jlab.documents.document_file import DocumentFile, FileContent, Written
from anode_jlab.documents.file_text import (
    check_notebook,
    content_digest,
    joined_notebook,
    parse_notebook,
)
from anode_jlab.documents.local_file import restyle_file, settle
from anode_jlab.documents.workbench import computed
from anode_jlab.errors import (
    AnodeError,
    FileNotValid,
    FileNotWritten,
    NotANotebook,
    NotebookNotFound,
)


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """What is in the file: its hash (None: no file), its text and content where known.

    ``digest`` is None when it is not a notebook of nbformat 4. ``style`` is a text in the layout
    that the file has.
    """

    hash: str | None
    text: str | None
    digest: str | None
    style: str | None


NO_FILE = _OnDisk(hash=None, text=None, digest=None, style=None)


class NotebookFile(DocumentFile[JsonObject]):
    """The file of one notebook.

    In what it reads, multi-line strings are joined and ``trusted`` marks (which belong to one
    viewer) are gone.
    """

    contents_type = "notebook"
    suffix = ".ipynb"

    def __init__(self, path: str, contents: ContentsPort) -> None:
        super().__init__(path, contents)
        self._digests: tuple[str, str] = ("", "")
        self._torn: str | None = None
        self._odd: str | None = None
        self._unstyled: str | None = None
        """The hash of the file as the contents manager laid it out: it will do so again."""

    async def read(self) -> FileContent[JsonObject]:
        """As `DocumentFile.read`; NotANotebook is raised for anything but nbformat 4.0-4.5."""
        raw = await self._contents.text(self.path)
        if raw is not None and self._contents.is_plain:
            found = await asyncio.to_thread(read_notebook, raw.text)
            return FileContent(
                value=await self.large.referred(found.nb),
                hash=raw.hash,
                writable=raw.writable,
                conflicted=found.sides is not None,
            )
        if raw is not None and self.path.endswith(".ipynb"):
            await asyncio.to_thread(parse_notebook, raw.text)
        model = await self._contents.notebook(self.path)
        nb = await self.large.referred(await asyncio.to_thread(_read_model, model.content))
        return FileContent(value=nb, hash=model.hash, writable=model.writable)

    async def referring(self, content: FileContent[JsonObject]) -> FileContent[JsonObject]:
        return replace(content, value=await self.large.referred(content.value))

    async def write(
        self,
        value: JsonObject,
        *,
        expect: str | None,
        announce: Callable[[str], Awaitable[None]] | None = None,
    ) -> Written[JsonObject]:
        """As `DocumentFile.write`.

        A crash between the contents manager's write and ours of the style leaves the right content
        in the manager's style.
        """
        before = await self._on_disk()
        whole = await self.large.filed(value)
        digest, content = await computed(lambda: _prepared(whole))
        told = digest if whole is value else await computed(lambda: content_digest(value))
        if before.hash is not None and before.digest == digest:
            return Written(hash=before.hash, changed=False)
        self._may_replace(before, expect)
        if announce is not None:
            await announce(told)
        model: JsonObject = {"type": "notebook", "format": "json", "content": content}
        warning = None
        try:
            await self._contents.save(self.path, model)
        except FileNotWritten as error:
            await self._undo_failed(error, before, model["content"])
            warning = error.message
        style = None if before.hash == self._unstyled else before.style
        written = await self._styled(style, model["content"], digest)
        self._torn = None
        self._digests = (written, digest)
        held = await self._held(whole, model["content"])
        if held is not None:
            held = await self.large.referred(held)
        return Written(hash=written, changed=True, warning=warning, content=held)

    async def _held(self, wanted: JsonObject, saved: JsonObject) -> JsonObject | None:
        """What the file holds now; None when it is what was wanted."""
        if self._contents.is_plain:
            return None if saved == wanted else joined_notebook(saved)
        try:
            return _read_model((await self._contents.notebook(self.path)).content)
        except AnodeError:
            return None  # who reads it next is told

    async def _on_disk(self) -> _OnDisk:
        """The file as it is now; its content is read only when the hash is not a known one."""
        try:
            raw = await self._contents.reread(self.path)
            plain = raw is not None and self._contents.is_plain
            found = raw.hash if raw is not None and plain else await self._contents.hash(self.path)
            text = raw.text if raw is not None and self.path.endswith(".ipynb") else None
            if found == self._digests[0]:
                return _OnDisk(hash=found, text=text, digest=self._digests[1], style=text)
            digest, style = await self._digest(raw)
            return _OnDisk(hash=found, text=text, digest=digest, style=style or text)
        except NotebookNotFound:
            return NO_FILE
        except NotANotebook:
            return _OnDisk(hash="", text=None, digest=None, style=None)

    async def _digest(self, raw: FileText | None) -> tuple[str | None, str | None]:
        """The digest of what is in the file, and a text in its layout where that is another one."""
        try:
            if raw is not None and self._contents.is_plain:
                return await asyncio.to_thread(_digest_of, raw.text)
            content = (await self._contents.notebook(self.path)).content
            return await asyncio.to_thread(lambda: content_digest(_read_model(content))), None
        except NotANotebook:
            return None, None

    def _may_replace(self, found: _OnDisk, expect: str | None) -> None:
        """Raise unless the file is the expected one, or may be replaced whatever it holds."""
        if found.hash is not None and found.hash == self._torn:
            return
        if expect is not None and found.hash != expect:
            raise self._changed(found.hash)
        if found.hash is not None and found.digest is None:
            raise FileNotValid(f"The file {self.path} is not a notebook of nbformat 4 any more.")

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

    async def _require_ours(self, raw: FileText, saved: JsonObject, digest: str) -> None:
        """Raise FileChangedOutside when another program wrote right after us: its bytes must not
        be taken for ours. (A manager that keeps something else than it was given is believed the
        second time.)"""
        if not self._contents.has_last_word or self._odd == digest:
            return
        if not await computed(lambda: _has_content(raw.text, saved)):
            self._odd = digest
            raise self._changed(raw.hash)
        self._odd = None

    async def _styled(self, before: str | None, saved: JsonObject, digest: str) -> str:
        """Give the file back the layout it had: the contents manager knows only its own.

        Returns the hash of what the file holds then. Raises as ``_require_ours``.
        """
        try:
            raw = await self._contents.reread(self.path)
            if raw is None:
                return await self._contents.hash(self.path)
            await self._require_ours(raw, saved, digest)
            place = self._local()
            changed = (
                before is not None
                and place is not None
                and await asyncio.to_thread(restyle_file, place, before, raw.text)
            )
            self._unstyled = None if changed else raw.hash
            if self._contents.is_plain and not changed:
                return raw.hash
            return await self._contents.hash(self.path)
        except NotebookNotFound as error:
            gone = "The file was written, but it is not there any more."
            raise FileNotWritten(gone) from error


def _has_content(text: str, saved: JsonObject) -> bool:
    try:
        return content_digest(parse_notebook(text)) == content_digest(saved)
    except NotANotebook:
        return False


def _prepared(nb: JsonObject) -> tuple[str, JsonObject]:
    """The notebook's digest, and a copy of it: save hooks may change what they get."""
    return content_digest(nb), deepcopy(nb)


def _digest_of(text: str) -> tuple[str, str | None]:
    """Conflict markers are no content: the same notebook without them is to be written."""
    found = read_notebook(text)
    digest = content_digest(found.nb)
    return (digest, None) if found.sides is None else (f"conflict:{digest}", found.sides.ours)


def _read_model(content: JsonObject) -> JsonObject:
    if "orig_nbformat" in content.get("metadata", {}):
        raise NotANotebook("The file is a notebook of an nbformat before 4.")
    check_notebook(content)
    return joined_notebook(content)
