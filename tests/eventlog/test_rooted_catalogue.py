"""One store, several servers with other roots: the same file is one notebook, another is not."""

from __future__ import annotations

import pytest

from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.eventlog.memory_catalogue import MemoryCatalogue
from anode_jlab.eventlog.rooted_catalogue import RootedCatalogue
from anode_jlab.ids import RandomIds
from anode_jlab.testing.catalogue_conformance import CatalogueConformance

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


class TestRootedCatalogue(CatalogueConformance):
    @pytest.fixture
    def catalogue(self) -> Catalogue:
        return RootedCatalogue(MemoryCatalogue(ids=RandomIds()), "/home/somebody/project")


@pytest.fixture
def whole() -> MemoryCatalogue:
    return MemoryCatalogue(ids=RandomIds())


async def test_a_file_seen_from_two_roots_is_one_notebook(whole: MemoryCatalogue) -> None:
    inner = RootedCatalogue(whole, "/home/a/project")
    outer = RootedCatalogue(whole, "/home/a")
    top = RootedCatalogue(whole, "/")
    entry = await inner.register("sub/x.ipynb")
    assert entry.path == "sub/x.ipynb"
    seen = await outer.find("project/sub/x.ipynb")
    assert seen is not None
    assert (seen.notebook, seen.path) == (entry.notebook, "project/sub/x.ipynb")
    assert (await outer.register("project/sub/x.ipynb")).notebook == entry.notebook
    assert [e.path for e in await top.all()] == ["home/a/project/sub/x.ipynb"]


async def test_one_path_below_two_roots_is_two_notebooks(whole: MemoryCatalogue) -> None:
    first = RootedCatalogue(whole, "/home/a/one")
    second = RootedCatalogue(whole, "/home/a/one-more")
    entry = await first.register("x.ipynb")
    assert await second.find("x.ipynb") is None
    other = await second.register("x.ipynb")
    assert other.notebook != entry.notebook
    assert [e.notebook for e in await first.all()] == [entry.notebook]
    assert await first.get(other.notebook) is None, "it lies outside this root"


async def test_renames_stay_below_the_root(whole: MemoryCatalogue) -> None:
    first = RootedCatalogue(whole, "/home/a/one")
    second = RootedCatalogue(whole, "/home/a/two")
    mine, theirs = await first.register("f/x.ipynb"), await second.register("f/x.ipynb")
    moved = await first.rename("f", "g")
    assert [(e.notebook, e.path) for e in moved] == [(mine.notebook, "g/x.ipynb")]
    assert await first.rename("", "h") == []
    kept = await second.find("f/x.ipynb")
    assert kept is not None
    assert kept.notebook == theirs.notebook
