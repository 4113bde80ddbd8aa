"""What every shelf must do, as tests: subclass, give a ``shelf`` fixture, and run.

``class TestMine(ShelfConformance)`` with a ``shelf`` fixture that yields an empty one.
"""

from __future__ import annotations

import asyncio

import pytest

from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.ids import NotebookId

ONE, OTHER = NotebookId("1" * 32), NotebookId("2" * 32)


class ShelfConformance:
    """Every test gets a ``shelf`` on which nothing is."""

    @pytest.mark.anyio
    async def test_an_empty_shelf(self, shelf: Shelf) -> None:
        assert await shelf.names(ONE) == []
        assert await shelf.sizes(ONE) == {}
        assert await shelf.get(ONE, "a") is None
        await shelf.remove(ONE, "a")

    @pytest.mark.anyio
    async def test_what_is_put_comes_back(self, shelf: Shelf) -> None:
        await shelf.put(ONE, "b.x", b"\x00\xff")
        await shelf.put(ONE, "a", b"")
        await shelf.put(OTHER, "a", b"other")
        assert await shelf.names(ONE) == ["a", "b.x"]
        assert list((await shelf.sizes(ONE)).items()) == [("a", 0), ("b.x", 2)]
        assert await shelf.get(ONE, "b.x") == b"\x00\xff"
        assert await shelf.get(ONE, "a") == b""
        assert await shelf.get(OTHER, "a") == b"other"

        await shelf.put(ONE, "a", b"newer")
        await shelf.remove(ONE, "b.x")

        assert await shelf.names(ONE) == ["a"]
        assert await shelf.get(ONE, "a") == b"newer"

    @pytest.mark.anyio
    async def test_several_at_once(self, shelf: Shelf) -> None:
        names = [f"n{number}" for number in range(10)]
        await asyncio.gather(*(shelf.put(ONE, name, name.encode()) for name in names))
        assert await shelf.names(ONE) == names
        assert await shelf.get(ONE, "n7") == b"n7"
