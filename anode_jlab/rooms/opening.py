"""Open a notebook: load it from its log, or import it from its file, and compare the two."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from anode_jlab.clock import Clock
from anode_jlab.documents.contents import ContentsPort, JsonObject
from anode_jlab.documents.file_change import (
    FileBase,
    FileChange,
    base_after,
    file_base,
    file_change,
)
from anode_jlab.documents.file_text import content_digest
from anode_jlab.documents.files import FileContent, NotebookFile
from anode_jlab.documents.ipynb import from_notebook, notebook_from_update
from anode_jlab.documents.lineage import of_last_lineage
from anode_jlab.documents.merge import merge_file_change
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileNotWritten,
    FileUnreadable,
    NotAllowed,
    NotANotebook,
    NotebookNotFound,
    StoreDamaged,
)
from anode_jlab.eventlog.base import EventLog, EventStore, Lease, Loaded
from anode_jlab.eventlog.catalogue import Catalogue, CatalogueEntry
from anode_jlab.events.actor import FILE, SERVER
from anode_jlab.events.document import (
    DocumentUpdated,
    Exported,
    ExternalChangeMerged,
    LineageStarted,
    PathChanged,
)
from anode_jlab.events.event import Envelope, Event, Record
from anode_jlab.ids import Ids, NotebookId, Seq
from anode_jlab.materializers.loading import state_of
from anode_jlab.materializers.state import NotebookState, replay
from anode_jlab.rooms.bases import Bases
from anode_jlab.rooms.conditions import Condition
from anode_jlab.rooms.file_state import FileState
from anode_jlab.rooms.identity import Identity
from anode_jlab.rooms.keeping import KEEP_ALL, Keeping
from anode_jlab.rooms.new_lineage import IMPORT
from anode_jlab.rooms.opened import OpenedNotebook
from anode_jlab.rooms.recovery import RECOVERED, take_back
from anode_jlab.rooms.scribe import Scribe

RELOAD = "reload"
"""Origin of the transaction that makes the document read as the file."""

MERGE = "merge"
"""Origin of the transaction that takes in what another program changed in the file."""

TELLING_THE_FILE = frozenset(
    kind.event_name for kind in (LineageStarted, Exported, ExternalChangeMerged)
)
"""Events that tell which bytes the file holds."""


@dataclass(slots=True)
class _Opening:
    """A notebook on its way: what is held, and how far the log is."""

    entry: CatalogueEntry
    file: NotebookFile
    log: EventLog
    lease: Lease
    document: NotebookDocument
    state: NotebookState
    head: Seq
    tail_updates: int = 0
    tail_bytes: int = 0
    snapshot_seq: Seq = Seq(0)
    is_readable: bool = True
    """False: all that could tell the document was purged or lost."""

    async def known_hash(self) -> str:
        """Hash of the bytes last read or written: the catalogue's, unless the log knows newer.

        Empty, which no file has, when the log lost what its document has in common with the file.
        """
        state, entry = self.state, self.entry
        is_told = entry.file_seq >= max(state.exported_upto, state.recovered_at)
        if entry.file_hash and is_told and not await self._tells_newer():
            return entry.file_hash
        return state.file_hash if state.exported_upto or not state.recovered_at else ""

    async def _tells_newer(self) -> bool:
        """Whether the log knows of bytes in the file that the catalogue does not know of."""
        after = self.entry.file_seq
        return bool(await self.log.read(after, limit=1, names=TELLING_THE_FILE))

    @property
    def has_no_beginning(self) -> bool:
        """The log lost all that the document began with: nothing could be merged with it."""
        if not self.is_readable:
            return True
        return self.lacks_something and not (self.document.cell_ids or self.state.exported_upto)

    @property
    def lacks_something(self) -> bool:
        """The log was damaged, and what it lost has not come back yet."""
        return self.state.exported_upto < self.state.recovered_at

    @property
    def has_unexported(self) -> bool:
        """Whether the log holds changes that were never in the file."""
        return self.state.changed_upto > self.state.exported_upto

    async def append(self, records: Sequence[Record]) -> None:
        """Append, and bring state and head up to it."""
        given = await self.log.append(records, epoch=self.lease.epoch, expect_head=self.head)
        envelopes = [
            Envelope(
                seq=Seq(given.first + place),
                time=record.time,
                actor=record.actor,
                event=record.event,
                client=record.client,
                cause=record.cause,
            )
            for place, record in enumerate(records)
        ]
        self.state = replay(envelopes, self.state)
        self.head = given.last
        self.count(envelopes)

    def count(self, envelopes: Sequence[Envelope]) -> None:
        """Count what the next opening has to replay."""
        for envelope in envelopes:
            if isinstance(envelope.event, DocumentUpdated):
                self.tail_updates += 1
                self.tail_bytes += len(envelope.event.update)


class Opener:
    """Makes notebooks ready for their rooms; the port ``NotebookOpener`` on files and store.

    ``holder`` names this server in leases. Nothing is ever written to a notebook's folder here,
    except that a file torn by a crash in the middle of our own write is put back.
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
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._contents = contents
        self._bases = bases
        self._ids = ids
        self._clock = clock
        self._holder = holder
        self._keeping = keeping
        self._identity = Identity(catalogue, contents)

    async def identify(self, path: str) -> NotebookId:
        """The notebook at a path, see ``Identity.identify``."""
        return await self._identity.identify(path)

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
        if entry is None or not entry.path:
            raise NotebookNotFound
        file = NotebookFile(entry.path, self._contents)
        content = None
        if not await self._store.exists(notebook_id):
            content = await self._identity.read(file)  # before anything is stored about it
        log = await self._store.open(notebook_id)
        document = self._new_document()
        lease: Lease | None = None
        try:
            lease = await log.acquire(self._holder)
            loaded = await log.load()
            opening = _Opening(entry, file, log, lease, document, NotebookState(), loaded.head)
            await self._replay(opening, loaded)
            if opening.lacks_something and opening.is_readable:
                await self._take_back(opening, offered)
            if opening.has_no_beginning:
                document = opening.document = self._new_document(document)
            if loaded.lineage is None or opening.has_no_beginning:
                return await self._import(opening, content or await file.read())
            return await self._compare(opening)
        except BaseException:
            document.close()
            if lease is not None:
                await log.release(lease)
            await log.close()
            raise

    def _new_document(self, old: NotebookDocument | None = None) -> NotebookDocument:
        if old is not None:
            old.close()
        return NotebookDocument(ids=self._ids, mending=True)

    # --- from the file ---------------------------------------------------------------------------

    async def _import(self, opening: _Opening, content: FileContent) -> OpenedNotebook:
        """Begin a log with the file's content; the file stays as it is."""
        entry = opening.entry
        update = await asyncio.to_thread(from_notebook, content.nb, ids=self._ids)
        changes = opening.document.apply(update, origin=IMPORT, author=FILE)
        started = LineageStarted(
            lineage=self._ids.lineage(),
            path=entry.path,
            file_hash=content.hash,
            forked_from=opening.state.lineage
            or await self._identity.origin(entry.notebook, content),
        )
        imported = Scribe(self._clock, opening.state).changes(changes, FILE, None, IMPORT)
        await opening.append([self._by_server(started), *imported])
        await self._catalogue.start_lineage(entry.notebook, started.lineage)
        await self._file_seen(opening, content.hash)
        return self._opened(opening, content.hash)

    # --- from the log ----------------------------------------------------------------------------

    async def _replay(self, opening: _Opening, loaded: Loaded) -> None:
        """Document and state as the log tells them."""
        snapshot, updates = of_last_lineage(loaded.snapshot, loaded.tail)
        if snapshot is not None:
            opening.snapshot_seq = snapshot.seq
            opening.document.load(snapshot.document)
        opening.is_readable = all(updates)
        for update in updates if opening.is_readable else ():
            opening.document.load(update)
        opening.state = await state_of(opening.log, loaded)
        opening.count(loaded.tail)

    async def _take_back(self, opening: _Opening, offered: Sequence[bytes]) -> None:
        """Log what was found in a damaged log after its good beginning."""
        changes = take_back(opening.document, offered)
        if any(change.update for change in changes):
            scribe, cause = Scribe(self._clock, opening.state), opening.state.recovered_at
            await opening.append(scribe.changes(changes, SERVER, None, RECOVERED, cause))

    async def _compare(self, opening: _Opening) -> OpenedNotebook:
        """Take over what another program wrote into the file, or say that it did."""
        old_path, new_path = opening.state.path, opening.entry.path
        if old_path != new_path:
            moved = PathChanged(old_path=old_path, new_path=new_path)
            await opening.append([self._by_server(moved)])
        known = await opening.known_hash()
        try:
            found = await opening.file.current_hash()
            if found is None:
                return self._without_file(opening, known)
            if found == known:
                return self._opened(opening, known)
            content = await opening.file.read()
        except (NotANotebook, FileUnreadable, NotAllowed) as error:
            return await self._with_bad_file(opening, known, error)
        return await self._with_other_file(opening, known, content)

    def _without_file(self, opening: _Opening, known: str) -> OpenedNotebook:
        if not opening.has_unexported:
            raise NotebookNotFound(f"There is no notebook at {opening.entry.path}.")
        gone = FileChangedOutside(
            f"The file {opening.entry.path} was deleted or moved.",
            hint="Overwrite it to have the notebook in a file again.",
        )
        return self._opened(opening, known, gone)

    async def _with_bad_file(
        self, opening: _Opening, known: str, error: AnodeError
    ) -> OpenedNotebook:
        """The file cannot be read: changes that only the log holds are still shown."""
        if isinstance(error, NotANotebook) and await opening.file.recover(known):
            return self._opened(opening, known)
        if not opening.has_unexported:
            raise error
        trouble = FileNotWritten(f"The file is left as it is: {error.message}", hint=error.advice)
        return self._opened(opening, known, trouble)

    async def _with_other_file(
        self, opening: _Opening, known: str, content: FileContent
    ) -> OpenedNotebook:
        """The file holds other bytes than those last read or written: take in what they say."""
        ours = await asyncio.to_thread(notebook_from_update, opening.document.encode())
        digests = await asyncio.to_thread(_digests, ours, content.nb)
        ours_last = opening.entry.writing if not opening.lacks_something else digests[0]
        if digests[1] in (digests[0], ours_last):
            await self._file_seen(opening, content.hash)  # only its layout, or our own last write
            return self._opened(opening, content.hash)
        base = await self._base(opening, known)
        if base is None:
            return self._opened(opening, known, _differs(opening))
        change = await asyncio.to_thread(file_change, base, content.nb, ids=self._ids)
        await self._bases.keep(opening.entry.notebook, content.hash, base_after(change))
        await self._merge(opening, content, change)
        await self._file_seen(opening, content.hash)
        return self._opened(opening, content.hash)

    async def _base(self, opening: _Opening, known: str) -> FileBase | None:
        """What the file held before another program changed it; None when nothing tells that."""
        if not opening.lacks_something:
            notebook, upto = opening.entry.notebook, opening.state.exported_upto
            return await self._bases.find(notebook, known, opening.log, upto)
        if opening.has_unexported:
            return None
        document = opening.document
        return file_base(document.to_notebook(with_ids=True), document.cell_ids)

    async def _merge(self, opening: _Opening, content: FileContent, change: FileChange) -> None:
        if change.is_empty:
            return
        with opening.document.edit(MERGE) as edit:
            result = merge_file_change(opening.document, change, MERGE)
        merged = ExternalChangeMerged(
            path=opening.entry.path,
            file_hash=content.hash,
            cells_changed=result.cells_changed,
            complete=not opening.has_unexported,
            cells=result.cells,
            versions=result.versions,
        )
        scribe = Scribe(self._clock, opening.state)
        changed = scribe.changes(edit.changes, FILE, None, MERGE)
        await opening.append([*changed, *scribe.facts([merged], FILE)])

    # --- both ------------------------------------------------------------------------------------

    async def _file_seen(self, opening: _Opening, file_hash: str) -> None:
        await self._catalogue.file_seen(
            opening.entry.notebook,
            file_hash=file_hash,
            seq=opening.head,
            inode=opening.file.inode(),
        )

    def _by_server(self, event: Event) -> Record:
        return Record(event=event, actor=SERVER, time=self._clock.now())

    def _opened(
        self, opening: _Opening, known_hash: str, trouble: AnodeError | None = None
    ) -> OpenedNotebook:
        state = opening.state
        assert state.lineage is not None  # the first event of every log sets it
        return OpenedNotebook(
            notebook_id=opening.entry.notebook,
            path=opening.entry.path,
            lineage=state.lineage,
            document=opening.document,
            log=opening.log,
            lease=opening.lease,
            state=state,
            head=opening.head,
            exported_seq=state.exported_upto,
            file_state=FileState(file=opening.file, known_hash=known_hash),
            tail_updates=opening.tail_updates,
            tail_bytes=opening.tail_bytes,
            recovered_at=state.recovered_at,
            snapshot_seq=opening.snapshot_seq,
            keeping=self._keeping,
            conditions=() if trouble is None else (self._condition(trouble),),
        )

    def _condition(self, trouble: AnodeError) -> Condition:
        return Condition(
            code=trouble.code,
            message=trouble.message,
            hint=trouble.advice,
            since=self._clock.now(),
        )


def _differs(opening: _Opening) -> FileChangedOutside:
    """File and document both have something that the other lacks."""
    path = opening.entry.path
    if not opening.lacks_something:
        return FileChangedOutside(f"The file {path} was changed by another program.")
    return FileChangedOutside(
        f"The event log was damaged and lost its last changes; the file {path} differs.",
        hint="Open pages bring back what they hold. Else reload the file, or overwrite it.",
    )


def _digests(ours: JsonObject, theirs: JsonObject) -> tuple[str, str]:
    return content_digest(ours), content_digest(theirs)
