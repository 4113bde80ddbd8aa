"""Paths that lead to one file become one path."""

from __future__ import annotations

from pathlib import Path

import pytest

from anode_jlab.documents.aliases import plain_path, resolved_path, true_name
from anode_jlab.errors import NotebookNotFound


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("a.ipynb", "a.ipynb"),
        ("/a.ipynb/", "a.ipynb"),
        ("./a.ipynb", "a.ipynb"),
        ("x/../a.ipynb", "a.ipynb"),
        ("x//y/./a.ipynb", "x/y/a.ipynb"),
        ("x/...ipynb", "x/...ipynb"),
        ("", ""),
        (".", ""),
    ],
)
def test_spellings(path: str, plain: str) -> None:
    assert plain_path(path) == plain


@pytest.mark.parametrize("path", ["..", "../a.ipynb", "x/../../a.ipynb", "/../a.ipynb"])
def test_what_is_out_of_the_root_is_not_found(path: str) -> None:
    with pytest.raises(NotebookNotFound):
        plain_path(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "real" / ".hidden").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    for file in ("real/a.ipynb", "real/.hidden/h.ipynb", "../outside/o.ipynb"):
        (root / file).touch()
    (root / "folder").symlink_to("real")
    (root / "link.ipynb").symlink_to("folder/a.ipynb")
    (root / "shared").symlink_to(tmp_path / "outside")
    (root / "shown.ipynb").symlink_to("real/.hidden/h.ipynb")
    (tmp_path / "other-root").symlink_to(root)
    return root


@pytest.mark.parametrize(
    ("path", "real", "unfollowed"),
    [
        ("real/a.ipynb", "real/a.ipynb", "real/a.ipynb"),
        ("link.ipynb", "real/a.ipynb", "link.ipynb"),
        ("folder/a.ipynb", "real/a.ipynb", "real/a.ipynb"),
        ("folder/gone.ipynb", "real/gone.ipynb", "real/gone.ipynb"),
        ("folder", "real", "folder"),
        ("shared/o.ipynb", "shared/o.ipynb", "shared/o.ipynb"),
        ("shown.ipynb", "shown.ipynb", "shown.ipynb"),
        ("real/.hidden/h.ipynb", "real/.hidden/h.ipynb", "real/.hidden/h.ipynb"),
        ("", "", ""),
    ],
)
def test_links(root: Path, path: str, real: str, unfollowed: str) -> None:
    for place in (root, root.parent / "other-root"):
        assert resolved_path(place, path) == real
        assert resolved_path(place, path, follow=False) == unfollowed


def lax(folder: Path, name: str) -> str:
    """What ``true_name`` finds in a folder for which letter case does not matter."""

    def is_same(one: Path, other: Path) -> bool:
        for path in (one, other):
            if path.name.casefold() not in {found.name.casefold() for found in folder.iterdir()}:
                raise FileNotFoundError(path)
        return one.name.casefold() == other.name.casefold()

    return true_name(folder, name, is_same)


def test_letter_case(tmp_path: Path) -> None:
    (tmp_path / "Day.ipynb").touch()
    assert lax(tmp_path, "dAY.IPYNB") == "Day.ipynb"
    assert lax(tmp_path, "Day.ipynb") == "Day.ipynb"
    assert lax(tmp_path, "gone.ipynb") == "gone.ipynb"
    (tmp_path / "day.ipynb").touch()
    assert true_name(tmp_path, "day.ipynb") == "day.ipynb", "this disk tells them apart"


def test_accents(tmp_path: Path) -> None:
    """HFS+ and APFS find a name however its accents are composed."""
    composed, decomposed = "Gr\u00fc\u00dfe.ipynb", "Gru\u0308\u00dfe.ipynb"
    (tmp_path / decomposed).touch()
    found = true_name(tmp_path, composed, lambda one, other: True)
    assert found == decomposed
