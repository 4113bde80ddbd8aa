"""What every store of artifacts must do, as tests: subclass, give a ``store`` fixture, and run.

``class TestMine(ArtifactConformance)`` with a ``store`` fixture that yields an empty one.
"""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from anode_jlab.artifacts.store import ArtifactStore
from anode_jlab.errors import ArtifactNotFound
from anode_jlab.ids import NotebookId, Sha256

ONE, OTHER = NotebookId("1" * 32), NotebookId("2" * 32)
NOWHERE = Sha256("0" * 64)


class ArtifactConformance:
    """Every test gets a ``store`` in which nothing is."""

    @pytest.mark.anyio
    async def test_an_empty_store(self, store: ArtifactStore) -> None:
        assert await store.addresses(ONE) == []
        assert await store.find(NOWHERE) is None
        await store.remove(ONE, NOWHERE)
        for look in (
            store.size(ONE, NOWHERE),
            store.read(ONE, NOWHERE),
            store.share(OTHER, ONE, NOWHERE),
        ):
            with pytest.raises(ArtifactNotFound):
                await look

    @pytest.mark.anyio
    async def test_what_is_kept_comes_back(self, store: ArtifactStore) -> None:
        data = bytes(range(256)) * 1000
        sha256 = await store.put(ONE, data)
        assert sha256 == hashlib.sha256(data).hexdigest()
        assert await store.size(ONE, sha256) == len(data)
        assert await store.read(ONE, sha256) == data
        assert await store.read(ONE, sha256, 10, 20) == data[10:20]
        assert await store.read(ONE, sha256, len(data) - 3) == data[-3:]
        assert await store.read(ONE, sha256, len(data) - 3, len(data) + 9) == data[-3:]
        assert await store.read(ONE, sha256, 5, 5) == b""
        assert await store.put(ONE, b"") == hashlib.sha256(b"").hexdigest()

    @pytest.mark.anyio
    async def test_kept_twice_is_kept_once(self, store: ArtifactStore) -> None:
        sha256s = await asyncio.gather(*(store.put(ONE, b"same") for _ in range(8)))
        assert await store.addresses(ONE) == [sha256s[0]]
        await store.remove(ONE, sha256s[0])
        assert await store.addresses(ONE) == []

    @pytest.mark.anyio
    async def test_each_notebook_has_its_own(self, store: ArtifactStore) -> None:
        sha256 = await store.put(ONE, b"mine")
        assert await store.addresses(OTHER) == []
        assert await store.find(sha256) == ONE
        with pytest.raises(ArtifactNotFound):
            await store.read(OTHER, sha256)
        await store.share(ONE, OTHER, sha256)
        await store.share(ONE, OTHER, sha256)
        await store.remove(ONE, sha256)
        assert await store.read(OTHER, sha256) == b"mine"
        assert await store.size(OTHER, sha256) == 4

    @pytest.mark.anyio
    async def test_what_is_young_is_not_removed(self, store: ArtifactStore) -> None:
        old, again = await store.put(ONE, b"old"), await store.put(ONE, b"again")
        listing = await store.listing(ONE)
        assert {sha256: kept.size for sha256, kept in listing.items()} == {old: 3, again: 5}
        assert not await store.remove(ONE, old, before=listing[old].at - 1)
        later = max(kept.at for kept in listing.values()) + 0.001
        async with asyncio.timeout(10):
            while (await store.listing(ONE))[again].at < later:
                await store.put(ONE, b"again")  # keeps it anew
        assert await store.remove(ONE, old, before=later)
        assert not await store.remove(ONE, again, before=later)
        assert await store.addresses(ONE) == [again]
        assert not await store.remove(ONE, NOWHERE)
        assert await store.listing(OTHER) == {}
