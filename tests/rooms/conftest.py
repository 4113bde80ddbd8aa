"""A room, and a house with files, to test in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.documents.notebook_texts import small_notebook
from tests.rooms import inhabited
from tests.rooms.house import House


@pytest.fixture
async def home() -> AsyncIterator[inhabited.House]:
    async with inhabited.house() as built:
        yield built


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.put("a.ipynb", small_notebook())
    return house
