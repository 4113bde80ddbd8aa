from __future__ import annotations

from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from anode_jlab.config import AnodeConfig


def test_every_trait_has_help_and_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, trait in AnodeConfig.class_traits(config=True).items():
        assert trait.help, name
    monkeypatch.setenv("ANODE_ROOM_IDLE_SECONDS", "7.5")
    monkeypatch.setenv("ANODE_DURABILITY", "relaxed")
    monkeypatch.setenv("ANODE_ENABLED", "false")
    config = AnodeConfig()
    assert (config.room_idle_seconds, config.durability, config.enabled) == (7.5, "relaxed", False)


def test_configuration_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANODE_STORE_DIR", "/from/environment")
    assert AnodeConfig().store_dir == "/from/environment"
    configured = Config({"AnodeConfig": {"store_dir": "/from/file"}})
    assert AnodeConfig(config=configured).store_dir == "/from/file"
    assert AnodeConfig(store_dir="/given").store_dir == "/given"


def test_the_store_is_in_jupyters_data_directory_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ANODE_STORE_DIR", raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert AnodeConfig().store_dir == str(tmp_path / "anode_jlab")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ANODE_STORE_THREADS", "many"), ("ANODE_DURABILITY", "hope"), ("ANODE_STORE_THREADS", "0")],
)
def test_nonsense_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises((ValueError, TraitError)):
        AnodeConfig()
