"""Large outputs go with their notebook's log into a backup and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.cli.artifacts import copy_artifacts
from anode_jlab.testing.artifact_conformance import ONE

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def test_a_copy_and_the_way_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, backup = FolderArtifacts(tmp_path / "store"), FolderArtifacts(tmp_path / "backup")
    assert await copy_artifacts(tmp_path / "store", tmp_path / "backup", ONE) == 0
    kept = [await ours.put(ONE, data) for data in (b"one", b"two", b"three")]
    assert await copy_artifacts(tmp_path / "store", tmp_path / "backup", ONE) == 3
    assert await copy_artifacts(tmp_path / "store", tmp_path / "backup", ONE) == 0
    await ours.remove(ONE, kept[0])
    (backup.folder_of(ONE) / kept[1]).write_bytes(b"TWO")
    await ours.remove(ONE, kept[1])
    assert await copy_artifacts(tmp_path / "backup", tmp_path / "store", ONE) == 1
    assert await ours.read(ONE, kept[0]) == b"one"
    assert await ours.addresses(ONE) == sorted((kept[0], kept[2]))
    assert kept[1] in capsys.readouterr().err
