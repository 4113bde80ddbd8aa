"""Takes large representations of outputs out of the way of the document, durably."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from anode_jlab.artifacts.store import ArtifactStore, address_of
from anode_jlab.documents.large_outputs import (
    ALL_INLINE,
    LargeOutputs,
    Limits,
    Reference,
    bundles_of,
    decode,
    encode,
    put_back,
    refer,
    references_in,
    size_of,
)
from anode_jlab.errors import ArtifactDamaged, ArtifactNotFound, StoreUnavailable
from anode_jlab.ids import NotebookId, Sha256

logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    """``references`` lead to what is kept outside now; ``inline`` has to stay in the document."""

    references: dict[str, Reference]
    inline: dict[str, Any]


async def fetch(store: ArtifactStore, notebook: NotebookId, sha256: Sha256) -> int:
    """The size of an artifact of a notebook, which gets it from another one when its reference was
    pasted from there. Raises ArtifactNotFound, ArtifactDamaged, StoreUnavailable."""
    try:
        return await store.size(notebook, sha256)
    except ArtifactNotFound:
        holder = await store.find(sha256)
        if holder is None:
            raise
    await store.share(holder, notebook, sha256)
    return await store.size(notebook, sha256)


class NotebookOutputs:
    """``LargeOutputs`` of one notebook."""

    def __init__(self, store: ArtifactStore, limits: Limits, notebook: NotebookId) -> None:
        self._store = store
        self._limits = limits
        self._notebook = notebook

    async def inlined(self, nb: dict[str, Any]) -> dict[str, Any]:
        wanted = {
            reference.sha256
            for bundle in bundles_of(nb)
            for reference in references_in(bundle).values()
        }
        if not wanted:
            return nb
        found: dict[Sha256, bytes] = {}
        for sha256 in wanted:
            try:
                await fetch(self._store, self._notebook, sha256)
                found[sha256] = await self._store.read(self._notebook, sha256)
            except (ArtifactNotFound, ArtifactDamaged) as error:
                logger.warning("Notebook %s lacks an output: %s", self._notebook, error.message)

        def fill() -> dict[str, Any]:
            whole = deepcopy(nb)
            for bundle in bundles_of(whole):
                put_back(bundle, lambda one: decode(one.form, found[one.sha256]))
            return whole

        return await asyncio.to_thread(fill)

    async def referred(self, nb: dict[str, Any]) -> dict[str, Any]:
        if not any(True for _ in self._large(nb)):
            return nb
        known = frozenset(await self._store.addresses(self._notebook))
        if known:
            await asyncio.to_thread(self._refer, nb, known)
        return nb

    def _large(self, nb: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
        for bundle in bundles_of(nb):
            for mime, value in bundle.items():
                if self._limits.is_large(mime, size_of(value)):
                    yield bundle, mime

    def _refer(self, nb: dict[str, Any], known: Container[Sha256]) -> None:
        for bundle, mime in tuple(self._large(nb)):
            encoded = encode(mime, bundle[mime])
            if encoded is None:
                continue
            sha256 = address_of(encoded.data)
            if sha256 in known:
                del bundle[mime]
                bundle.update(refer(bundle, {mime: Reference.to(sha256, encoded)}))


class Keeper:
    """What is too large for the documents of this server, and the place for it."""

    def __init__(self, store: ArtifactStore, limits: Limits = ALL_INLINE) -> None:
        self.store = store
        self.limits = limits

    def of(self, notebook: NotebookId) -> LargeOutputs:
        """The large outputs of a notebook."""
        return NotebookOutputs(self.store, self.limits, notebook)

    async def keep(self, notebook: NotebookId, large: Mapping[str, Any]) -> Kept:
        """Keep representations; returns once they are durable.

        What cannot be kept (no room on the disk) stays in the document rather than being lost.
        """
        kept = Kept({}, {})
        for mime, value in large.items():
            encoded = await asyncio.to_thread(encode, mime, value)
            if encoded is None:
                kept.inline[mime] = value
                continue
            try:
                sha256 = await self.store.put(notebook, encoded.data)
            except StoreUnavailable as error:
                logger.warning("Notebook %s keeps a large output inline: %s", notebook, error)
                kept.inline[mime] = value
                continue
            kept.references[mime] = Reference.to(sha256, encoded)
        return kept
