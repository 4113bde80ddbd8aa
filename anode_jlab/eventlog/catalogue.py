"""The catalogue as a port: which notebook lives at which path, and the file it last saw there.

Shipped conformance suite: ``anode_jlab.testing.catalogue_conformance``.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from anode_jlab.events.document import Kind
from anode_jlab.ids import Lineage, NotebookId, Seq


class CatalogueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One document of this server: a notebook, or a text file.

    A file may be both (Jupytext), and then has an entry as either ``kind``.

    ``path`` is a contents API path without slashes at its ends, empty when the file was deleted
    or another notebook's took its place; then ``former`` is the path that it had. ``file_hash``
    is the hash of the last bytes that were read or written there and ``file_seq`` the seq of the
    document that they hold. ``writing`` tells of a write under way, see ``written_mark``: after
    a crash it tells our own bytes from a stranger's. ``inode`` is ``device:inode`` of the file,
    empty when it is not on a local disk.
    """

    notebook: NotebookId
    path: str
    lineage: Lineage | None = None
    file_hash: str = ""
    file_seq: Seq = Seq(0)
    writing: str = ""
    inode: str = ""
    former: str = ""
    kind: Kind = Kind.NOTEBOOK

    @property
    def writing_digest(self) -> str:
        """Digest of the content of the write under way; empty when there is none."""
        return self.writing.partition("@")[0]

    @property
    def writing_upto(self) -> Seq:
        """The seq of the document that is being written; 0 when that is not known."""
        return Seq(int(self.writing.partition("@")[2] or 0))


def written_mark(digest: str, upto: Seq) -> str:
    """What ``writing`` says of a write of the document at ``upto`` with this digest."""
    return f"{digest}@{upto}"


class Catalogue(Protocol):
    """The notebooks of one server. Every call returns after its change is stored."""

    async def find(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry | None:
        """The document of this kind at a path."""
        ...

    async def get(self, notebook: NotebookId) -> CatalogueEntry | None:
        """The notebook with this id."""
        ...

    async def register(self, path: str, kind: Kind = Kind.NOTEBOOK) -> CatalogueEntry:
        """The document of this kind at a path; a new one when there is none yet."""
        ...

    async def rename(self, old: str, new: str) -> list[CatalogueEntry]:
        """A file, or a folder with all below it, got another path; the notebooks that moved.

        What was at the new path before lost its file: its path becomes empty.
        """
        ...

    async def vacate(self, path: str) -> list[CatalogueEntry]:
        """A file, or a folder with all below it, was deleted; the notebooks that have no path now.

        They are kept.
        """
        ...

    async def vacated(self, path: str, kind: Kind = Kind.NOTEBOOK) -> list[CatalogueEntry]:
        """The documents of this kind without a path that had this one before, the newest first."""
        ...

    async def place(self, notebook: NotebookId, path: str) -> bool:
        """The file of a notebook without a path is (again) at this one; False, and nothing
        happened, when another of its kind is there."""
        ...

    async def start_lineage(self, notebook: NotebookId, lineage: Lineage) -> None:
        """Remember the lineage of a notebook's log."""
        ...

    async def file_seen(
        self, notebook: NotebookId, *, file_hash: str, seq: Seq, inode: str = ""
    ) -> None:
        """The file now holds the document at ``seq``; a write under way is over."""
        ...

    async def file_writing(self, notebook: NotebookId, mark: str) -> None:
        """What this ``written_mark`` tells of is about to be written to the file."""
        ...

    async def all(self) -> list[CatalogueEntry]:
        """Every document that has a path, ordered by path."""
        ...

    async def gone(self) -> list[CatalogueEntry]:
        """Every notebook whose file was deleted or overwritten, the newest first."""
        ...

    async def close(self) -> None:
        """Let go of all resources."""
        ...


def clean_path(path: str) -> str:
    """A contents API path in the form that the catalogue compares."""
    return path.strip("/")


def moved_path(path: str, old: str, new: str) -> str | None:
    """Where ``path`` is after ``old`` (a file or a folder) became ``new``; None: not touched."""
    if path == old:
        return new
    if path.startswith(old + "/"):
        return new + path[len(old) :]
    return None
