"""What the live shared documents of all kinds have in common: bytes in, bytes and facts out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeAlias, TypeVar

from pycrdt import Doc, Map

from anode_jlab.documents.change import Change
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.errors import BadFrame, RoomClosed
from anode_jlab.events.actor import Actor
from anode_jlab.events.document import BESIDE_CONTENT
from anode_jlab.ids import Ids

T = TypeVar("T")

Reader: TypeAlias = Callable[[Any], T]
"""Gets a live document; of which kind that is, who asks has to know."""

REPAIR = "repair"
"""Origin of the transactions that mend what a foreign one left."""


class Edit:
    """A transaction of the server; ``changes`` is filled when its block ended."""

    def __init__(self) -> None:
        self.is_open = True
        self.changes: list[Change] = []


class Observer(Protocol):
    """Watches a document and tells what each transaction did."""

    @property
    def saw_change(self) -> bool:
        """Whether anything happened since the last Change was taken."""
        ...

    def take(self, origin: str) -> Change:
        """The Change of the transaction that just ended."""
        ...

    def close(self) -> None:
        """Stop observing."""
        ...


class SharedDocument(ABC):
    """A raw Yjs document, whose root ``state`` tells clients about the file.

    Only one thread may use it at a time. After a failure inside the native layer ``usable`` is
    False: what it holds may differ from the log, so it must be thrown away and loaded again.
    """

    def __init__(self, doc: Doc[Any], *, ids: Ids) -> None:
        self.doc = doc
        self.state: Map[Any] = doc.get("state", type=Map)
        self.usable = True
        self.changes = 0
        """How many transactions changed it so far: equal numbers mean equal content."""
        self.ids = ids
        self._edit: Edit | None = None

    # --- reading ---------------------------------------------------------------------------------

    def state_vector(self) -> bytes:
        """How much of each client's changes is in here."""
        return self.doc.get_state()

    def diff(self, state_vector: bytes | None) -> bytes:
        """One update with everything that somebody with this state vector lacks, deletions always.

        Raises BadFrame when ``state_vector`` is none.
        """
        try:
            return self.doc.get_update(state_vector)
        except Exception as error:
            raise BadFrame("The state vector cannot be read.") from error

    def encode(self) -> bytes:
        """One update that builds the whole document from nothing."""
        return self.doc.get_update()

    # --- writing ---------------------------------------------------------------------------------

    @abstractmethod
    def load(self, update: bytes, *, ours: bool = False) -> None:
        """Take in what is in the log already, ``ours`` if a server made it: no change is recorded.
        Raises BadFrame as `apply`."""

    @abstractmethod
    def apply(
        self,
        update: bytes,
        *,
        origin: str,
        author: Actor | None,
        shape: UpdateShape | None = None,
    ) -> list[Change]:
        """Apply a foreign update, and repair what it left.

        One Change is the update's own (empty when it brought nothing new), each one after it
        a repair in a transaction of its own. ``shape`` spares a second reading of the update.
        Raises BadFrame (and TooLarge) when it cannot be applied; then ``usable`` tells whether the
        document is unharmed.
        """

    @abstractmethod
    def edit(self, origin: str) -> AbstractContextManager[Edit]:
        """A transaction of the server: change the roots inside the block.

        A block inside another one takes part in its transaction. A block that raises after it
        changed something leaves the document unusable: transactions cannot be rolled back.
        """

    def close(self) -> None:
        """Let go of the observers; the document is not used any more."""
        self.usable = False
        self._observer.close()

    # --- for the kinds ---------------------------------------------------------------------------

    @property
    @abstractmethod
    def _observer(self) -> Observer: ...

    @contextmanager
    def _transact(self, origin: str) -> Iterator[Edit]:
        self._require_usable()
        edit = self._edit = Edit()
        try:
            with self.doc.transaction(origin=origin):
                yield edit
        except BaseException as error:
            self.usable = not (self._observer.saw_change or is_panic(error))
            raise
        finally:
            self._edit = None
            edit.is_open = False
        change = self._taken(origin)
        if change.update:
            edit.changes.append(change)

    def _integrate(self, update: bytes, origin: str) -> Change:
        self._require_usable()
        try:
            with self.doc.transaction(origin=origin):
                self.doc.apply_update(update)
        except Exception as error:
            self.usable = not self._observer.saw_change
            raise BadFrame("The update cannot be applied.") from error
        except BaseException as error:
            self.usable = False
            if not is_panic(error):
                raise
            raise BadFrame("The update broke the document's native layer.") from error
        return self._taken(origin)

    def _taken(self, origin: str) -> Change:
        change = self._observer.take(origin)
        if change.update and origin not in BESIDE_CONTENT:
            self.changes += 1
        return change

    def _require_usable(self) -> None:
        if not self.usable:
            raise RoomClosed("This copy of the document is not in use any more.")


def is_panic(error: BaseException) -> bool:
    """Whether the native layer panicked: pyo3 raises those past ``Exception``."""
    return type(error).__name__ == "PanicException"
