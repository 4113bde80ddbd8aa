"""Open a notebook: load it from its log, or import it from its file, and compare the two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from anode_jlab.clock import Clock
from anode_jlab.documents.contents import ContentsPort
from anode_jlab.documents.document_file import FileContent
from anode_jlab.documents.kind import AnyKind
from anode_jlab.documents.kinds import KINDS, Kinds
from anode_jlab.documents.large_outputs import LargeOutputsOf, inline_only
from anode_jlab.documents.lineage import of_last_lineage
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import (
    NotebookNotFound,
    StoreDamaged,
)
from anode_jlab.eventlog.base import EventStore, Lease, Loaded
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.actor import FILE, SERVER
from anode_jlab.events.document import (
    Kind,
    KindSet,
    LineageStarted,
    PathChanged,
)
from anode_jlab.events.event import Event, Record
from anode_jlab.ids import Ids, NotebookId
from anode_jlab.materializers.loading import state_of
from anode_jlab.materializers.state import NotebookState
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.comparing import Comparer, markers_found
from anode_jlab.rooms.file_locks import FileLocks
from anode_jlab.rooms.identity import Identity
from anode_jlab.rooms.keeping import KEEP_ALL, Keeping
from anode_jlab.rooms.loading import Loading
from anode_jlab.rooms.new_lineage import IMPORT
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.recovery import RECOVERED, take_back
from anode_jlab.rooms.scribe import Scribe
from anode_jlab.rooms.taken_out import taken_out


class Opener:
    """Makes notebooks ready for their rooms; the port ``NotebookOpener`` on files and store.

    ``holder`` names this server in leases; ``new_document`` makes the empty document of a room.
    Nothing is ever written to a notebook's folder here, except that a file torn by a crash in the
    middle of our own write is put back.
    """

    def __init__(
        self,
        *,
        store: EventStore,
        catalogue: Catalogue,
        contents: ContentsPort,
        bases: Bases,
        ids: Ids,
        clock: Clock,
        holder: str,
        keeping: Keeping = KEEP_ALL,
        new_document: Callable[[AnyKind], SharedDocument] | None = None,
        locks: FileLocks | None = None,
        kinds: Kinds = KINDS,
        large: LargeOutputsOf = inline_only,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._contents = contents
        self._ids = ids
        self._clock = clock
        self._comparer = Comparer(catalogue=catalogue, bases=bases, ids=ids, clock=clock)
        self._holder = holder
        self._fresh = new_document or (lambda kind: kind.new(ids=ids, mending=True))
        self._keeping = keeping
        self._locks = locks
        self._kinds = kinds
        self._large = large
        self._identity = Identity(catalogue, contents)

    async def identify(self, path: str, kind: Kind = Kind.NOTEBOOK) -> NotebookId:
        """The document of this kind at a path, see ``Identity.identify``."""
        return await self._identity.identify(path, self._kinds[kind])

    async def is_known(self, path: str, kind: Kind = Kind.NOTEBOOK) -> bool:
        """Whether a document is known at a path, see ``Identity.is_known``."""
        return await self._identity.is_known(path, kind)

    async def one_path(self, path: str) -> str:
        """The one path of a file, see ``ContentsPort.one_path``."""
        return await self._contents.one_path(path)

    async def take_over(self, notebook_id: NotebookId) -> None:
        """Take a notebook from another server of the same person: what that one does from now on
        is refused by the log and not written to the file.

        Raises NotebookNotFound, and HeldByAnother when it is another person's.
        """
        entry = await self._catalogue.get(notebook_id)
        if entry is None:
            raise NotebookNotFound
        if self._locks is not None and entry.path:
            await self._locks.seize(entry.path, notebook_id, entry.kind)
        if await self._store.exists(notebook_id):
            log = await self._store.open(notebook_id)
            try:
                await log.release(await log.acquire(self._holder, take_over=True))
            finally:
                await log.close()

    async def load(self, notebook_id: NotebookId) -> OpenedNotebook:
        """Make a notebook ready for a room: from its log, else from its file.

        A damaged log is set aside and its good beginning goes on in its place. Raises
        NotebookNotFound, NotANotebook, NotAllowed, FileUnreadable, HeldElsewhere, StoreDamaged,
        StoreTooNew, StoreUnavailable; then nothing is held.
        """
        try:
            return await self._load(notebook_id)
        except StoreDamaged:
            recovered = await self._store.recover(notebook_id)
            return await self._load(notebook_id, recovered.offered if recovered else ())

    async def _load(self, notebook_id: NotebookId, offered: Sequence[bytes] = ()) -> OpenedNotebook:
        """``offered`` is what a damaged log held after its good beginning."""
        entry = await self._catalogue.get(notebook_id)
        if entry is None or not (entry.path or entry.former):
            raise NotebookNotFound
        if self._locks is not None and entry.path:
            await self._locks.check(entry.path, notebook_id, entry.kind)
        kind = self._kinds[entry.kind]
        file = kind.file(entry.path or entry.former, self._contents)
        file.large = self._large(notebook_id)
        content = None
        if not await self._store.exists(notebook_id):
            if not entry.path:
                raise NotebookNotFound
            content = await self._identity.read(file, kind)  # before anything is stored about it
        log = await self._store.open(notebook_id)
        document = self._new_document(kind)
        lease: Lease | None = None
        try:
            lease = await log.acquire(self._holder)
            loaded = await log.load()
            opening = Loading(
                entry, kind, file, log, lease, document, NotebookState(), loaded.head, self._keeping
            )
            await self._replay(opening, loaded)
            if opening.lacks_something and opening.is_readable:
                await self._take_back(opening, offered)
            if opening.has_no_beginning:
                document = opening.document = self._new_document(kind, document)
            if loaded.lineage is None or opening.has_no_beginning:
                if opening.is_gone:
                    raise NotebookNotFound
                return await self._import(opening, content or await file.read())
            return await self._compare(opening)
        except BaseException:
            document.close()
            if lease is not None:
                await log.release(lease)
            await log.close()
            raise

    def _new_document(self, kind: AnyKind, old: SharedDocument | None = None) -> SharedDocument:
        if old is not None:
            old.close()
        return self._fresh(kind)

    # --- from the file ---------------------------------------------------------------------------

    async def _import(self, opening: Loading, content: FileContent[Any]) -> OpenedNotebook:
        """Begin a log with the file's content; the file stays as it is."""
        entry = opening.entry
        update = await asyncio.to_thread(opening.kind.begin, content.value, ids=self._ids)
        changes = opening.document.apply(update, origin=IMPORT, author=FILE)
        started = LineageStarted(
            lineage=self._ids.lineage(),
            path=entry.path,
            file_hash=content.hash,
            forked_from=opening.state.lineage
            or await self._identity.origin(entry.notebook, content, opening.kind),
        )
        scribe = Scribe(self._clock, opening.state)
        imported = scribe.changes(changes, FILE, None, IMPORT)
        outside = scribe.facts(taken_out(opening.kind, content.value, opening.state), FILE)
        found = scribe.facts(markers_found(content, entry.path), FILE)
        is_told = opening.state.kind is entry.kind
        kind = [] if is_told else [self._by_server(KindSet(kind=entry.kind))]
        await opening.append([self._by_server(started), *kind, *outside, *imported, *found])
        await self._catalogue.start_lineage(entry.notebook, started.lineage)
        await self._comparer.file_seen(opening, content.hash)
        return opening.opened(content.hash, self._clock.now(), None)

    # --- from the log ----------------------------------------------------------------------------

    async def _replay(self, opening: Loading, loaded: Loaded) -> None:
        """Document and state as the log tells them."""
        snapshot, changes = of_last_lineage(loaded.snapshot, loaded.tail)
        if snapshot is not None:
            opening.snapshot_seq = snapshot.seq
            opening.document.load(snapshot.document)
        opening.is_readable = all(change.update for change in changes)
        for change in changes if opening.is_readable else ():
            opening.document.load(change.update, ours=change.is_ours)
        opening.state = await state_of(opening.log, loaded)
        opening.count(loaded.tail)

    async def _take_back(self, opening: Loading, offered: Sequence[bytes]) -> None:
        """Log what was found in a damaged log after its good beginning."""
        changes = take_back(opening.document, offered)
        if any(change.update for change in changes):
            scribe, cause = Scribe(self._clock, opening.state), opening.state.recovered_at
            await opening.append(scribe.changes(changes, SERVER, None, RECOVERED, cause))

    async def _compare(self, opening: Loading) -> OpenedNotebook:
        """Take over what another program wrote into the file, or say that it did."""
        old_path, new_path = opening.state.path, opening.path
        if old_path != new_path:
            moved = PathChanged(old_path=old_path, new_path=new_path)
            await opening.append([self._by_server(moved)])
        found = await self._comparer.compare(opening)
        return opening.opened(found.known_hash, self._clock.now(), found.trouble)

    def _by_server(self, event: Event) -> Record:
        return Record(event=event, actor=SERVER, time=self._clock.now())
