"""Where large outputs lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.artifacts.memory import MemoryArtifacts
from anode_jlab.artifacts.store import ArtifactStore, checked
from anode_jlab.errors import ArtifactDamaged, ArtifactNotFound, BadRequest, StoreUnavailable
from anode_jlab.testing.artifact_conformance import ONE, OTHER, ArtifactConformance

pytestmark = pytest.mark.usefixtures("anyio_backend")


class TestMemoryArtifacts(ArtifactConformance):
    @pytest.fixture
    def store(self) -> ArtifactStore:
        return MemoryArtifacts()


class TestFolderArtifacts(ArtifactConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ArtifactStore:
        return FolderArtifacts(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> FolderArtifacts:
    return FolderArtifacts(tmp_path)


@pytest.mark.anyio
async def test_files_are_for_their_owner_only(folder: FolderArtifacts, tmp_path: Path) -> None:
    sha256 = await folder.put(ONE, b"1")
    place = tmp_path / "11" / ONE / "artifacts" / sha256
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(place.parent) == [sha256]


@pytest.mark.anyio
async def test_what_cannot_be_written_leaves_nothing(
    folder: FolderArtifacts, tmp_path: Path
) -> None:
    place = folder.folder_of(ONE)
    place.parent.mkdir(parents=True)
    place.write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be kept"):
        await folder.put(ONE, b"1")
    place.unlink()
    sha256 = await folder.put(ONE, b"1")
    assert await folder.addresses(ONE) == [sha256]


@pytest.mark.anyio
async def test_damage_is_found_before_bytes_are_given_away(folder: FolderArtifacts) -> None:
    sha256 = await folder.put(ONE, b"a large output")
    assert await folder.size(ONE, sha256) == 14
    place = folder.folder_of(ONE) / sha256
    place.write_bytes(b"a large OUTPUT")
    with pytest.raises(ArtifactDamaged):
        await folder.size(ONE, sha256)
    assert await folder.put(ONE, b"a large output") == sha256
    assert await folder.size(ONE, sha256) == 14
    place.write_bytes(b"cut")
    with pytest.raises(ArtifactDamaged):
        await folder.size(ONE, sha256)
    place.unlink()
    with pytest.raises(ArtifactNotFound):
        await folder.size(ONE, sha256)


@pytest.mark.anyio
async def test_shared_without_hard_links(
    folder: FolderArtifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*places: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    sha256 = await folder.put(ONE, b"mine")
    await folder.share(ONE, OTHER, sha256)
    assert await folder.read(OTHER, sha256) == b"mine"


@pytest.mark.parametrize(
    "address", ["", "0" * 63, "0" * 65, "A" * 64, "../" + "0" * 61, "0" * 64 + "\n", "٠" * 64]
)
def test_addresses_from_outside_are_checked(address: str) -> None:
    with pytest.raises(BadRequest):
        checked(address)
