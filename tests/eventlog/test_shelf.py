"""What is kept beside a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from anode_jlab.errors import StoreUnavailable
from anode_jlab.eventlog.shelf import FolderShelf, MemoryShelf, Shelf
from anode_jlab.testing.shelf_conformance import ONE, ShelfConformance

pytestmark = pytest.mark.usefixtures("anyio_backend")


class TestMemoryShelf(ShelfConformance):
    @pytest.fixture
    def shelf(self) -> Shelf:
        return MemoryShelf()


class TestFolderShelf(ShelfConformance):
    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        return FolderShelf(tmp_path, "things")


@pytest.mark.anyio
async def test_files_are_for_their_owner_only_and_nothing_half_written_stays(
    tmp_path: Path,
) -> None:
    shelf = FolderShelf(tmp_path, "things")
    await shelf.put(ONE, "a", b"1")
    folder = shelf.folder_of(ONE)
    assert folder == tmp_path / "11" / ONE / "things"
    assert (folder / "a").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "b").mkdir()
    with pytest.raises(StoreUnavailable):
        await shelf.put(ONE, "b", b"2")
    assert sorted(place.name for place in folder.iterdir()) == ["a", "b"]
