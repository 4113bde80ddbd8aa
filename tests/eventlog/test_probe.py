from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from anode_jlab.clock import SystemClock
from anode_jlab.errors import StoreUnavailable
from anode_jlab.eventlog.journal import Journal
from anode_jlab.eventlog.probe import Probe, file_system_of, probe


def test_a_good_folder_is_made_private_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "store"
    found = probe(folder, SystemClock(), writes=3)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []
    assert found.fsync_seconds >= 0
    assert found.file_system == file_system_of(tmp_path)


def test_a_file_in_the_way_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="store") as caught:
        probe(tmp_path / "store", SystemClock())
    assert "store_dir" in caught.value.advice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreUnavailable):
        probe(folder, SystemClock())


def test_proc_is_a_folder_where_nothing_can_be_written() -> None:
    with pytest.raises(StoreUnavailable):
        probe(Path("/proc/store"), SystemClock())


@pytest.mark.parametrize(
    ("kind", "warned"), [("ext4", False), ("nfs4", True), ("fuse.sshfs", True), ("", False)]
)
def test_network_file_systems_are_told(kind: str, warned: bool) -> None:
    found = Probe(folder="/x", file_system=kind, fsync_seconds=0.001, sqlite_version="3")
    assert (found.problem is not None) is warned


@pytest.mark.parametrize(
    ("kind", "wanted", "journal"),
    [
        ("ext4", "auto", Journal.WAL),
        ("nfs4", "auto", Journal.ROLLBACK),
        ("fuse.sshfs", "auto", Journal.ROLLBACK),
        ("nfs4", "wal", Journal.WAL),
        ("ext4", "rollback", Journal.ROLLBACK),
    ],
)
def test_the_journal_follows_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, wanted: str, journal: Journal
) -> None:
    monkeypatch.setattr("anode_jlab.eventlog.probe.file_system_of", lambda _: kind)
    assert probe(tmp_path, SystemClock(), journal=wanted).journal is journal
    assert list(tmp_path.iterdir()) == []
