"""The live shared document of one text file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pycrdt import Doc, Text

from anode_jlab.documents.change import Change
from anode_jlab.documents.native import (
    NativeEvent,
    NativeTransactionEvent,
    Subscription,
    native_text,
    observe_text,
    observe_updates,
)
from anode_jlab.documents.recorder import NO_CHANGE
from anode_jlab.documents.shared import REPAIR, Edit, SharedDocument
from anode_jlab.documents.text_edits import TextEdit, apply_edits
from anode_jlab.documents.update_shape import UpdateShape
from anode_jlab.events.actor import Actor
from anode_jlab.ids import Ids

RETURNS = re.compile(r"\r(\n?)")


class TextRecorder:
    """Observes a text document; its transactions tell nothing but their bytes."""

    def __init__(self, doc: Doc[Any], source: Text) -> None:
        self.needs_repair = False
        """A carriage return came in: editors would count it as a line end of its own."""
        self._update = b""
        self._subscriptions: list[Subscription] = [
            observe_updates(doc, self._on_update),
            observe_text(native_text(source), self._on_text),
        ]

    @property
    def saw_change(self) -> bool:
        return bool(self._update)

    def take(self, origin: str) -> Change:
        update, self._update = self._update, b""
        return Change(update=b"" if update == NO_CHANGE else update, facts=(), origin=origin)

    def close(self) -> None:
        for subscription in self._subscriptions:
            subscription.drop()
        self._subscriptions.clear()

    def _on_update(self, event: NativeTransactionEvent) -> None:
        self._update = event.update

    def _on_text(self, event: NativeEvent) -> None:
        pieces = (step.get("insert") for step in event.delta)
        if any(isinstance(piece, str) and "\r" in piece for piece in pieces):
            self.needs_repair = True


class TextDocument(SharedDocument):
    """A raw Yjs document with the roots ``state`` and ``source`` of a text file.

    ``source`` has line feeds only, whatever the file ends its lines with.
    """

    def __init__(
        self, *, ids: Ids, client_id: int | None = None, keep_deleted: bool = False
    ) -> None:
        super().__init__(Doc(client_id=client_id, skip_gc=keep_deleted), ids=ids)
        self.source: Text = self.doc.get("source", type=Text)
        self._recorder = TextRecorder(self.doc, self.source)

    @property
    def text(self) -> str:
        """The whole text."""
        return str(self.source)

    def load(self, update: bytes, *, ours: bool = False) -> None:
        self._integrate(update, "load")
        self._recorder.needs_repair = False  # what it left is in the log as well

    def apply(
        self,
        update: bytes,
        *,
        origin: str,
        author: Actor | None,
        shape: UpdateShape | None = None,
    ) -> list[Change]:
        return [self._integrate(update, origin), *self._repair()]

    @contextmanager
    def edit(self, origin: str) -> Iterator[Edit]:
        if self._edit is not None:
            yield self._edit
            return
        with self._transact(origin) as edit:
            yield edit
        edit.changes += self._repair()

    @property
    def _observer(self) -> TextRecorder:
        return self._recorder

    def _repair(self) -> list[Change]:
        """Make line feeds of carriage returns."""
        if not self._recorder.needs_repair:
            return []
        with self._transact(REPAIR) as repair:
            text = self.text
            edits = [
                TextEdit(found.start(), 1, "" if found[1] else "\n")
                for found in RETURNS.finditer(text)
            ]
            apply_edits(self.source, text, edits)
        self._recorder.needs_repair = False
        return repair.changes
