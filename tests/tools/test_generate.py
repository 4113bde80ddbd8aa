"""Generated files: written when they differ, named when they drift, and right in form."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from anode_jlab.errors import AnodeError, FileChangedOutside, ReadOnly
from anode_jlab.events.registry import EVENTS
from tools import generate
from tools.config_page import config_page
from tools.error_page import all_errors, error_page
from tools.event_page import event_page
from tools.event_schema import event_schema
from tools.event_types import event_types


def test_drift_is_named_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {"docs/a.md": lambda: "a", "docs/b.md": lambda: "b"}
    monkeypatch.setattr(generate, "GENERATORS", made)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("a")
    assert generate.main(["--check"], tmp_path) == 1
    told = capsys.readouterr().out
    assert "docs/b.md" in told
    assert "docs/a.md" not in told
    assert not (tmp_path / "docs/b.md").exists(), "a check writes nothing"
    assert generate.main([], tmp_path) == 0
    assert (tmp_path / "docs/b.md").read_text() == "b"
    assert generate.main(["--check"], tmp_path) == 0


def test_the_schema_is_one() -> None:
    schema = event_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert EVENTS.keys() <= schema["$defs"].keys()
    assert json.loads(json.dumps(schema)) == schema


def test_every_event_has_its_type_and_its_section() -> None:
    types, page = event_types(event_schema()), event_page(event_schema())
    for name, kind in EVENTS.items():
        assert f"export interface I{kind.__name__} {{" in types
        assert f"readonly '{name}': I{kind.__name__};" in types
        assert f"### `{name}`" in page
    assert ": any" not in types


def test_a_setting_has_its_section() -> None:
    from traitlets import Enum, Integer, Unicode
    from traitlets.config import Configurable

    class Settings(Configurable):
        """What may be turned."""

        speed = Integer(3, help="How fast.").tag(config=True)
        colour = Enum(["red", "blue"], help="Which ``colour``.").tag(config=True)
        place = Unicode(help="Where.").tag(config=True)

    page = config_page(Settings, "X_")
    assert "## `Settings.speed`\n\nHow fast.\n\nint · default: `3` · environment: `X_SPEED`" in page
    assert "Which `colour`.\n\n`red` or `blue` · environment: `X_COLOUR`" in page
    assert "Where.\n\nunicode · environment: `X_PLACE`" in page


def test_every_error_has_its_row() -> None:
    page = error_page(all_errors())
    for kind in all_errors():
        assert f"| `{kind.code}` |" in page
    assert "| `file_changed_outside` | 409 | 1012 |" in page
    assert "| `read_only` | 403 | 4403 |" in page
    assert {AnodeError, FileChangedOutside, ReadOnly} <= set(all_errors())
