"""Compares a notebook's log with its file at opening, and takes in what the file has more."""

from __future__ import annotations

import asyncio
from typing import Any, Final, NamedTuple

from anode_jlab.clock import Clock
from anode_jlab.documents.document_file import FileContent
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileDeleted,
    FileNotValid,
    FileNotWritten,
    FileUnreadable,
    NotAllowed,
    NotebookNotFound,
    NotOfItsKind,
)
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.actor import FILE
from anode_jlab.events.document import ConflictMarkersFound, ExternalChangeMerged
from anode_jlab.events.event import Event
from anode_jlab.ids import Ids
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.loading import Loading
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.rooms.taken_out import taken_out

RELOAD = "reload"
"""Origin of the transaction that makes the document read as the file."""

MERGE = "merge"
"""Origin of the transaction that takes in what another program changed in the file."""

NEARER: Final = 2
"""So many times: a word that is put into the place of another has letters in common with it."""


class Found(NamedTuple):
    """The hash of the bytes that the file was last known to hold, and why it does not follow."""

    known_hash: str
    trouble: AnodeError | None = None


class Comparer:
    """Used by the opener, before anybody is in the room."""

    def __init__(self, *, catalogue: Catalogue, bases: Bases, ids: Ids, clock: Clock) -> None:
        self._catalogue = catalogue
        self._bases = bases
        self._ids = ids
        self._clock = clock

    async def compare(self, opening: Loading) -> Found:
        """Take in what another program wrote into the file, or say that it did.

        Raises NotebookNotFound, NotOfItsKind, NotAllowed, FileUnreadable when the log holds nothing
        that the file did not have.
        """
        known = await opening.known_hash()
        if opening.is_gone:
            return Found(known, FileDeleted(f"The file {opening.path} was deleted."))
        try:
            found = await opening.file.current_hash()
            if found is None:
                return self._without_file(opening, known)
            if found == known:
                return Found(known)
            content = await opening.file.read()
        except (NotOfItsKind, FileUnreadable, NotAllowed) as error:
            return await self._with_bad_file(opening, known, error)
        return await self._with_other_file(opening, known, content)

    def _without_file(self, opening: Loading, known: str) -> Found:
        if not opening.has_unexported:
            raise NotebookNotFound(f"There is no file at {opening.path}.")
        return Found(known, FileDeleted(f"The file {opening.path} was deleted or moved."))

    async def _with_bad_file(self, opening: Loading, known: str, error: AnodeError) -> Found:
        """The file cannot be read: changes that only the log holds are still shown."""
        if isinstance(error, NotOfItsKind) and await opening.file.recover(known):
            return Found(known)
        if not opening.has_unexported:
            raise error
        if isinstance(error, NotOfItsKind):
            return Found(known, FileNotValid.because(error))
        kept = "It is left as it is; your work here is kept."
        return Found(known, FileNotWritten(f"{error.message} {kept}", hint=error.advice))

    async def _with_other_file(
        self, opening: Loading, known: str, content: FileContent[Any]
    ) -> Found:
        """The file holds other bytes than those last read or written: take in what they say."""
        kind, theirs = opening.kind, content.value
        ours = await asyncio.to_thread(kind.to_file, opening.document.encode())
        digests = await asyncio.to_thread(lambda: (kind.digest(ours), kind.digest(theirs)))
        if await self._was_torn(opening, known, ours, content):
            return Found(known)
        ours_last = opening.entry.writing_digest if not opening.lacks_something else digests[0]
        if digests[1] in (digests[0], ours_last) and not content.conflicted:
            # Only its layout is another, or it is our own last write, which no event tells of.
            await self._keep_base(opening, content, is_ours_now=digests[0] == digests[1])
            await self.file_seen(opening, content.hash)
            return Found(content.hash)
        base = await self._base(opening, known)
        if base is not None:
            base = await self._base_written(opening, base, theirs) or base
        if base is None:
            return Found(known, _differs(opening))
        change = await asyncio.to_thread(
            kind.change, base, theirs, path=opening.path, ids=self._ids
        )
        await self._bases.keep(opening.entry.notebook, content.hash, kind.base_after(change))
        await self._merge(opening, content, change)
        await self.file_seen(opening, content.hash)
        return Found(content.hash)

    async def _keep_base(
        self, opening: Loading, content: FileContent[Any], *, is_ours_now: bool
    ) -> None:
        """Keep what the file holds as the base of the next merge: the log only knows an older one.
        Without names of its own parts, a file has those of the document that it is."""
        kind, base = opening.kind, None
        try:
            base = await asyncio.to_thread(kind.base, content.value)
        except KeyError:
            if is_ours_now:
                base = kind.base_held(content.value, kind.parts(opening.document))
        if base is not None:
            await self._bases.keep(opening.entry.notebook, content.hash, base)

    async def _was_torn(
        self, opening: Loading, known: str, ours: object, content: FileContent[Any]
    ) -> bool:
        """Whether a crash in the middle of our own write had left the file as it was; then what it
        held before is back."""
        writing, kind = opening.entry.writing_digest, opening.kind
        if not writing or kind.digest(content.value) == writing:
            return False
        return kind.may_be_torn(ours, content.value) and await opening.file.recover(known)

    async def _base_written(self, opening: Loading, before: Any, theirs: Any) -> Any:
        """The base when a write that a crash broke off had come to its end, and another program
        changed the file after that: then the file is clearly nearer to it than to what it held
        before. In doubt the older base: what was never in the file, nobody deleted there."""
        kind, log, upto = opening.kind, opening.log, opening.entry.writing_upto
        if opening.lacks_something or not upto:
            return None
        try:
            content = await kind.at(log, upto)
        except AnodeError:  # purged meanwhile
            return None
        written = await asyncio.to_thread(kind.base, content)
        is_nearer = await asyncio.to_thread(
            lambda: NEARER * kind.distance(written, theirs) < kind.distance(before, theirs)
        )
        return written if is_nearer else None

    async def _base(self, opening: Loading, known: str) -> Any:
        """What the file held before another program changed it; None when nothing tells that."""
        if not opening.lacks_something:
            notebook, upto = opening.entry.notebook, opening.state.exported_upto
            return await self._bases.find(opening.kind, notebook, known, opening.log, upto)
        if opening.has_unexported:
            return None
        kind, document = opening.kind, opening.document
        return kind.base(kind.content(document))

    async def _merge(self, opening: Loading, content: FileContent[Any], change: Any) -> None:
        if opening.kind.is_no_change(change) and not content.conflicted:
            return
        with opening.document.edit(MERGE) as edit:
            result = opening.kind.merge(opening.document, change, MERGE)
        merged = ExternalChangeMerged(
            path=opening.path,
            file_hash=content.hash,
            cells_changed=result.changed,
            complete=not opening.has_unexported,
            cells=result.parts,
            versions=result.versions,
        )
        outside = taken_out(opening.kind, content.value, opening.state)
        facts = [*outside, merged, *markers_found(content, opening.path)]
        scribe = Scribe(self._clock, opening.state)
        changed = scribe.changes(edit.changes, FILE, None, MERGE)
        await opening.append([*changed, *scribe.facts(facts, FILE)])

    async def file_seen(self, opening: Loading, file_hash: str) -> None:
        """The file holds the document, or what it holds was taken in."""
        await self._catalogue.file_seen(
            opening.entry.notebook,
            file_hash=file_hash,
            seq=opening.head,
            inode=opening.file.inode(),
        )


def markers_found(content: FileContent[Any], path: str) -> list[Event]:
    """What is to be logged besides, when the file had conflict markers."""
    if not content.conflicted:
        return []
    return [ConflictMarkersFound(path=path, file_hash=content.hash)]


def _differs(opening: Loading) -> FileChangedOutside:
    """File and document both have something that the other lacks."""
    path = opening.path
    if not opening.lacks_something:
        return FileChangedOutside(f"The file {path} was changed by another program.")
    return FileChangedOutside(
        f"The event log was damaged and lost its last changes; the file {path} differs.",
        hint="Open pages bring back what they hold. Else reload the file, or overwrite it.",
    )
