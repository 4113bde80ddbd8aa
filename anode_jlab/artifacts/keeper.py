"""Takes large representations of outputs out of the way of the document, durably."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Container, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from anode_jlab.artifacts.garbage import GRACE_SECONDS, leftovers, remove
from anode_jlab.artifacts.store import ArtifactStore
from anode_jlab.documents.large_outputs import (
    ALL_INLINE,
    BESIDE_FILES,
    REFERENCE_MIME,
    LargeOutputs,
    Limits,
    Reference,
    bundles_of,
    decode,
    encode,
    outputs_of,
    put_back,
    refer,
    references_in,
    size_of,
)
from anode_jlab.documents.long_text import (
    Piece,
    has_long_text,
    long_text_in,
    one_stream,
    parts_of,
    pieces_of,
)
from anode_jlab.documents.sane import mapping
from anode_jlab.errors import ArtifactDamaged, ArtifactNotFound, StoreUnavailable
from anode_jlab.ids import NotebookId, Sha256

logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    """``references`` lead to what is kept outside now; ``inline`` has to stay in the document."""

    references: dict[str, Reference]
    inline: dict[str, Any]


async def holder_of(
    store: ArtifactStore, notebook: NotebookId, sha256: Sha256
) -> tuple[NotebookId, int]:
    """Where an artifact lies that a notebook refers to, and its size: with another one, when its
    reference was just pasted from there. Raises ArtifactNotFound, ArtifactDamaged,
    StoreUnavailable."""
    try:
        return notebook, await store.size(notebook, sha256)
    except ArtifactNotFound:
        holder = await store.find(sha256)
        if holder is None:
            raise
    return holder, await store.size(holder, sha256)


async def _fetch(store: ArtifactStore, notebook: NotebookId, sha256: Sha256) -> bytes:
    """The bytes of an artifact, which the notebook has itself from now on. Raises as above."""
    holder, _ = await holder_of(store, notebook, sha256)
    if holder != notebook:
        await store.share(holder, notebook, sha256)
    return await store.read(notebook, sha256)


class NotebookOutputs:
    """``LargeOutputs`` of one notebook."""

    def __init__(self, store: ArtifactStore, limits: Limits, notebook: NotebookId) -> None:
        self._store = store
        self._limits = limits
        self._notebook = notebook

    async def inlined(self, nb: dict[str, Any]) -> dict[str, Any]:
        found: dict[Sha256, bytes | None] = {}
        for sha256 in await asyncio.to_thread(_wanted, nb):
            try:
                found[sha256] = await _fetch(self._store, self._notebook, sha256)
            except (ArtifactNotFound, ArtifactDamaged) as error:
                found[sha256] = None
                logger.warning("Notebook %s lacks an output: %s", self._notebook, error.message)
        if not found and not _has_references(nb):
            return nb
        return await asyncio.to_thread(_filled, nb, found)

    async def filed(self, nb: dict[str, Any]) -> dict[str, Any]:
        if self._limits.in_files:
            return await self.inlined(nb)
        return await asyncio.to_thread(_filled, nb, {}) if _has_references(nb) else nb

    async def referred(self, nb: dict[str, Any]) -> dict[str, Any]:
        if await asyncio.to_thread(self._has_large, nb):
            for bundle, mime in tuple(self._large(nb)):
                await self._take_out(bundle, mime)
            for outputs in outputs_of(nb):
                outputs[:] = [part for one in outputs for part in await self._parts(one)]
        return nb

    async def sweep(self, mentioned: Container[Sha256], now: float) -> list[Sha256]:
        before = now - GRACE_SECONDS
        left = await leftovers(self._store, self._notebook, mentioned, before)
        return [one.sha256 for one in await remove(self._store, self._notebook, left, before)]

    async def _take_out(self, bundle: dict[str, Any], mime: str) -> None:
        """Refer to a large representation; what has no place stays."""
        encoded = await asyncio.to_thread(encode, mime, bundle[mime])
        sha256 = None if encoded is None else await self._keep(encoded.data)
        if encoded is None or sha256 is None:
            return
        reference = Reference.to(sha256, encoded)
        del bundle[mime]
        bundle.update(refer(bundle, {mime: reference}))

    async def _parts(self, output: dict[str, Any]) -> Sequence[dict[str, Any]]:
        """A long stream as the document has it, others as they are."""
        if not self._is_long(output):
            return (output,)
        pieces = []
        for text in pieces_of(output["text"]):
            data = text.encode("utf-8", "replace")
            sha256 = await self._keep(data)
            if sha256 is None:
                return (output,)
            pieces.append(Piece(sha256, len(data), text.count("\n")))
        return parts_of(output, self._limits.stream_characters, pieces)

    async def _keep(self, data: bytes) -> Sha256 | None:
        try:
            return await self._store.put(self._notebook, data)
        except StoreUnavailable as error:
            logger.warning("Notebook %s keeps a large output inline: %s", self._notebook, error)
            return None

    def _has_large(self, nb: dict[str, Any]) -> bool:
        return any(True for _ in self._large(nb)) or any(
            self._is_long(output) for outputs in outputs_of(nb) for output in outputs
        )

    def _is_long(self, output: dict[str, Any]) -> bool:
        text = output.get("text") if output.get("output_type") == "stream" else None
        return isinstance(text, str) and len(text) > self._limits.stream_characters

    def _large(self, nb: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
        for bundle in bundles_of(nb):
            for mime, value in bundle.items():
                if self._limits.is_large(mime, size_of(value)):
                    yield bundle, mime


def _has_references(nb: dict[str, Any]) -> bool:
    return any(
        REFERENCE_MIME in mapping(output.get("data")) or has_long_text(output)
        for outputs in outputs_of(nb)
        for output in outputs
    )


def _wanted(nb: dict[str, Any]) -> frozenset[Sha256]:
    """The addresses of everything that a file of the notebook holds itself."""
    return frozenset(
        one.sha256
        for outputs in outputs_of(nb)
        for output in outputs
        for one in (
            *(
                one
                for mime, one in references_in(mapping(output.get("data"))).items()
                if mime not in BESIDE_FILES
            ),
            *getattr(long_text_in(output), "pieces", ()),
        )
    )


def _filled(nb: dict[str, Any], found: Mapping[Sha256, bytes | None]) -> dict[str, Any]:
    """The notebook with what was found in place of its references."""

    def bytes_at(sha256: Sha256) -> bytes:
        data = found.get(sha256)
        if data is None:
            raise LookupError
        return data

    whole = deepcopy(nb)
    for bundle in bundles_of(whole):
        put_back(bundle, lambda one: decode(one.form, bytes_at(one.sha256)))
    for outputs in outputs_of(whole):
        if any(map(has_long_text, outputs)):
            outputs[:] = one_stream(
                outputs,
                lambda long: "".join(bytes_at(one.sha256).decode() for one in long.pieces),
            )
    return whole


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

        What cannot be kept (no room on the disk) stays in the document rather than being lost, but
        for what only repeats what is there.
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
                if mime not in BESIDE_FILES:
                    kept.inline[mime] = value
                continue
            kept.references[mime] = Reference.to(sha256, encoded)
        return kept

    async def keep_text(self, notebook: NotebookId, text: str) -> Piece | None:
        """Keep a piece of a long text, durably; None when it cannot be kept now."""
        data = text.encode("utf-8", "replace")
        try:
            sha256 = await self.store.put(notebook, data)
        except StoreUnavailable as error:
            logger.warning("Notebook %s cannot keep a long output: %s", notebook, error)
            return None
        return Piece(sha256, len(data), text.count("\n"))
