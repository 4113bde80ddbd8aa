"""What kinds of documents differ in, as a port: rooms and files know nothing else about content."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

from anode_jlab.documents.contents import ContentsPort
from anode_jlab.documents.document_file import DocumentFile
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.eventlog.base import EventLog
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.events.document import Kind
from anode_jlab.ids import CellId, Ids, Seq
from anode_jlab.materializers.state import NotebookState

D = TypeVar("D", bound=SharedDocument)
"""The live document."""

C = TypeVar("C")
"""Its content as a value: what a file of this kind holds."""

B = TypeVar("B")
"""The base of a merge: what the file held, as a value that msgspec stores."""

X = TypeVar("X")
"""The way from a base to what another program wrote."""


class Merged(NamedTuple):
    """What a merge did to the document.

    ``parts`` are the cells that came, moved or changed, in order, ``changed`` counts those that
    went as well. ``versions`` are those of them that hold the file's version of a cell whose text
    both sides had changed at one place.
    """

    parts: tuple[CellId, ...] = ()
    changed: int = 0
    versions: tuple[CellId, ...] = ()


class DocumentKind(ABC, Generic[D, C, B, X]):
    """One kind of document: how it is made, kept in a file, and brought together with others'
    changes of that file."""

    name: ClassVar[Kind]

    base_type: type[B]
    """As which bases are stored."""

    shows_torn: ClassVar[bool]
    """Whether a file that is written in part can be told from a whole one."""

    # --- the live document -----------------------------------------------------------------------

    @abstractmethod
    def new(self, *, ids: Ids, mending: bool = False) -> D:
        """An empty document; ``mending``: the one that all peers meet at."""

    @abstractmethod
    def begin(self, content: C, *, ids: Ids) -> bytes:
        """One update that builds a document with this content from nothing."""

    @abstractmethod
    def parts(self, document: D) -> tuple[CellId, ...]:
        """The names of what the document is made of, in order."""

    @abstractmethod
    def is_empty(self, document: D) -> bool:
        """Whether the document has nothing in it."""

    @abstractmethod
    def lost(self, parts: Sequence[CellId], state: NotebookState) -> int:
        """How many parts are gone that nobody deleted, by what the log says."""

    @abstractmethod
    def replace(self, document: D, content: C, origin: str) -> None:
        """Make the live document read as ``content`` by as few edits as possible."""

    # --- its content -----------------------------------------------------------------------------

    @abstractmethod
    def file(self, path: str, contents: ContentsPort) -> DocumentFile[C]:
        """The file at a path."""

    @abstractmethod
    def content(self, document: D) -> C:
        """What the document says, with the names of its parts."""

    @abstractmethod
    def to_file(self, update: bytes) -> C:
        """What a file holds of the document that this update builds from nothing."""

    @abstractmethod
    async def at(self, log: EventLog, seq: Seq) -> C:
        """``content`` as it was after the event ``seq``. Raises SeqNotFound, Gone."""

    def artifacts(self, content: C) -> Iterable[ArtifactStored]:
        """What the content refers to of bytes that are kept outside of it."""
        return ()

    @abstractmethod
    def digest(self, content: C) -> str:
        """A digest of the content: how its file is laid out does not count."""

    @abstractmethod
    def has_text(self, content: C) -> bool:
        """Whether somebody wrote something: empty documents are all alike."""

    @abstractmethod
    def count_changes(self, before: C, after: C) -> int:
        """How many parts were added, removed or changed."""

    @abstractmethod
    def distance(self, base: B, content: C) -> int:
        """How much of the text of one is not in the other, and the other way round."""

    @abstractmethod
    def resembles(self, document: D, content: C) -> bool:
        """Whether a file with this content may be the document's, changed."""

    @abstractmethod
    def may_be_torn(self, ours: C, content: C) -> bool:
        """Whether a file with this content may be what a crash left of a write of ``ours``."""

    # --- three-way merge -------------------------------------------------------------------------

    @abstractmethod
    def base(self, content: C) -> B:
        """The base that a file with this content, which has the names of its parts, is."""

    @abstractmethod
    def base_held(self, held: C, parts: Sequence[CellId]) -> B | None:
        """The base that a file is in which something made ``held`` out of a document with these
        ``parts``; None when nobody can tell which is which."""

    @abstractmethod
    def base_after(self, change: X) -> B:
        """The base that the file is after a change."""

    @abstractmethod
    def change(self, base: B, content: C, *, path: str, ids: Ids) -> X:
        """What a file's content changes in what the file held; ``path`` tells what sort it is."""

    @abstractmethod
    def is_no_change(self, change: X) -> bool:
        """Whether the file holds the same content as before, however it is laid out."""

    @abstractmethod
    def merge(self, document: D, change: X, origin: str) -> Merged:
        """Make the file's change in the live document, beside what people changed there. Inside
        ``document.edit`` this joins that transaction."""


AnyKind: TypeAlias = DocumentKind[Any, Any, Any, Any]
"""A kind whose types the caller does not know."""
