"""When a kernel that was started ahead is one that could have been started now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anode_jlab.runtimes import warm_pool
from anode_jlab.runtimes.spare import Spare
from anode_jlab.runtimes.warm_pool import default_size

GIBIBYTE = 1 << 30

SERVER = {"PATH": "/bin", "OMP_NUM_THREADS": "2", "JPY_SESSION_NAME": ""}


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (SERVER, True),
        (SERVER | {"JPY_SESSION_NAME": "/a.ipynb", "API_KEY": "x"}, True),
        (SERVER | {"OMP_NUM_THREADS": "8"}, False),
        (SERVER | {"PYTHONHASHSEED": "0"}, False),
        ({"PATH": "/bin"}, False),
    ],
)
def test_what_is_read_at_the_start_only(asked: dict[str, str], fits: bool) -> None:
    manager: Any = None
    assert Spare(manager, SERVER).fits(asked) is fits


@pytest.mark.parametrize(
    ("environment", "memory", "size"),
    [
        ({}, 8 * GIBIBYTE, 1),
        ({}, 3 * GIBIBYTE, 0),
        ({"JUPYTERHUB_API_TOKEN": "t"}, 8 * GIBIBYTE, 0),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/a"}, 8 * GIBIBYTE, 0),
    ],
)
def test_none_waits_where_room_is_short(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], memory: int, size: int
) -> None:
    monkeypatch.setattr(warm_pool, "limit_of", lambda group: memory)
    monkeypatch.setattr("psutil.virtual_memory", lambda: _Machine(64 * GIBIBYTE))
    assert default_size(environment) == size


class _Machine:
    def __init__(self, total: int) -> None:
        self.total = total


def test_installing_a_package_makes_it_stale(tmp_path: Path) -> None:
    manager: Any = None
    spare = Spare(manager, SERVER)
    folder = tmp_path / "site-packages"
    folder.mkdir()
    spare.note_packages([str(folder), str(tmp_path), ""])
    (tmp_path / "a.ipynb").touch()
    assert spare.fits(SERVER)
    (folder / "new").mkdir()
    assert not spare.fits(SERVER)
