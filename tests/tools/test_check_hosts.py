from __future__ import annotations

import pytest

from tools.check_hosts import HOST, LOCK_FILES


@pytest.mark.parametrize(
    "line",
    [
        'resolved "https://registry.example/a.tgz"',
        '"a@npm:1::__archiveUrl=https%3A%2F%2Fregistry.example%2Fa.tgz"',
        'npmRegistryServer: "x"',
        "--extra-index-url x",
        "--find-links=/somewhere",
        "a @ git+ssh://git.example/a",
        "registry = x",
    ],
)
def test_hosts_are_found(line: str) -> None:
    assert HOST.search(line)


@pytest.mark.parametrize(
    "line", ['"https-proxy-agent@npm:^5.0.1":', "  resolution: 'lib0@npm:0.2.111'", "pandas>=2.2"]
)
def test_names_and_versions_are_fine(line: str) -> None:
    assert not HOST.search(line)


@pytest.mark.parametrize(
    "path", ["yarn.lock", "ui-tests/yarn.lock", ".yarnrc.yml", "examples/requirements.txt"]
)
def test_lock_files_are_known(path: str) -> None:
    assert LOCK_FILES.search(path)


def test_sources_are_no_lock_files() -> None:
    assert not LOCK_FILES.search("anode_jlab/rooms/lock.py")
