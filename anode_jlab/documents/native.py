"""The part of pycrdt's native layer that is used directly, typed.

pycrdt's Python layer converts every attribute of every event before a callback sees it. At 3000
cells that costs several times the transaction itself, so the recorder observes the native types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from pycrdt import Array, Doc, Map, Text
from pycrdt._pycrdt import Array as NativeArray
from pycrdt._pycrdt import Doc as NativeDoc
from pycrdt._pycrdt import Map as NativeMap
from pycrdt._pycrdt import Subscription
from pycrdt._pycrdt import Text as NativeText
from pycrdt._pycrdt import Transaction as NativeTransaction

__all__ = [
    "NativeArray",
    "NativeDoc",
    "NativeEvent",
    "NativeMap",
    "NativeText",
    "NativeTransaction",
    "NativeTransactionEvent",
    "Subscription",
    "changed_keys",
    "map_keys",
    "native_array",
    "native_doc",
    "native_map",
    "native_text",
    "observe_array",
    "observe_deep",
    "observe_text",
    "observe_updates",
    "read_key",
]


class NativeEvent(Protocol):
    """A change of one shared type. ``path`` starts at the observed type.

    ``delta`` (texts, arrays) is a list of ``{"retain": n}``, ``{"delete": n}``, ``{"insert": s}``;
    for texts ``n`` counts UTF-8 bytes. ``keys`` (maps) tells ``action``, ``oldValue`` and
    ``newValue`` of each key.
    """

    @property
    def path(self) -> list[str | int]: ...

    @property
    def delta(self) -> list[dict[str, Any]]: ...

    @property
    def keys(self) -> dict[str, dict[str, Any]]: ...

    @property
    def transaction(self) -> NativeTransaction: ...


class NativeTransactionEvent(Protocol):
    """A committed transaction."""

    @property
    def update(self) -> bytes: ...


def native_doc(doc: Doc[Any]) -> NativeDoc:
    return doc._doc


def native_array(array: Array[Any]) -> NativeArray:
    return cast(NativeArray, array.integrated)


def native_map(mapping: Map[Any]) -> NativeMap:
    return cast(NativeMap, mapping.integrated)


def native_text(text: Text) -> NativeText:
    return cast(NativeText, text.integrated)


def observe_updates(
    doc: Doc[Any], callback: Callable[[NativeTransactionEvent], None]
) -> Subscription:
    return native_doc(doc).observe(cast(Any, callback))


def observe_array(array: NativeArray, callback: Callable[[NativeEvent], None]) -> Subscription:
    return array.observe(cast(Any, callback))


def observe_text(text: NativeText, callback: Callable[[NativeEvent], None]) -> Subscription:
    return text.observe(cast(Any, callback))


def observe_deep(
    shared: NativeMap | NativeArray, callback: Callable[[list[NativeEvent]], None]
) -> Subscription:
    return shared.observe_deep(cast(Any, callback))


def read_key(mapping: NativeMap, txn: NativeTransaction, key: str) -> object:
    """The value at ``key``, None when there is none."""
    try:
        return cast(object, mapping.get(txn, key))
    except ValueError:
        return None


def changed_keys(event: NativeEvent) -> list[str]:
    """The keys that changed; none when what changed is no map."""
    return list(getattr(event, "keys", ()))


def map_keys(mapping: NativeMap, txn: NativeTransaction) -> list[str]:
    return list(cast(Any, mapping).keys(txn))
