"""What every catalogue must do, as tests: subclass, give a ``catalogue`` fixture, and run.

``class TestMine(CatalogueConformance)`` with a ``catalogue`` fixture that yields an empty one.
"""

from __future__ import annotations

import asyncio

import pytest

from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.events.document import Kind
from anode_jlab.ids import Lineage, NotebookId, Seq

NOBODY = NotebookId("f" * 32)


class CatalogueConformance:
    """Every test gets a ``catalogue`` without entries."""

    @pytest.mark.anyio
    async def test_an_empty_catalogue_knows_nothing(self, catalogue: Catalogue) -> None:
        assert await catalogue.find("a.ipynb") is None
        assert await catalogue.find("") is None
        assert await catalogue.get(NOBODY) is None
        assert await catalogue.all() == []
        assert await catalogue.rename("a", "b") == []

    @pytest.mark.anyio
    async def test_a_path_is_registered_once(self, catalogue: Catalogue) -> None:
        entry = await catalogue.register("/f/Grüße & Co.ipynb")
        assert entry.path == "f/Grüße & Co.ipynb"
        assert len(entry.notebook) == 32
        assert await catalogue.register("f/Grüße & Co.ipynb/") == entry
        assert await catalogue.find("f/Grüße & Co.ipynb") == entry
        assert await catalogue.get(entry.notebook) == entry
        together = await asyncio.gather(*(catalogue.register("b.ipynb") for _ in range(20)))
        assert len({found.notebook for found in together}) == 1
        assert [found.path for found in await catalogue.all()] == ["b.ipynb", entry.path]

    @pytest.mark.anyio
    async def test_a_notebook_needs_a_path(self, catalogue: Catalogue) -> None:
        with pytest.raises(ValueError, match="path"):
            await catalogue.register("//")

    @pytest.mark.anyio
    async def test_what_is_noted_comes_back(self, catalogue: Catalogue) -> None:
        entry = await catalogue.register("a.ipynb")
        await catalogue.start_lineage(entry.notebook, Lineage("0123456789abcdef"))
        await catalogue.file_writing(entry.notebook, "digest")
        writing = await catalogue.get(entry.notebook)
        assert writing is not None
        assert (writing.lineage, writing.writing) == ("0123456789abcdef", "digest")

        await catalogue.file_seen(entry.notebook, file_hash="h", seq=Seq(7), inode="1:2")

        seen = await catalogue.get(entry.notebook)
        assert seen is not None
        assert (seen.file_hash, seen.file_seq, seen.inode, seen.writing) == ("h", 7, "1:2", "")
        await catalogue.file_seen(NOBODY, file_hash="h", seq=Seq(1))
        assert await catalogue.get(NOBODY) is None

    @pytest.mark.anyio
    async def test_a_file_is_renamed(self, catalogue: Catalogue) -> None:
        entry = await catalogue.register("a.ipynb")
        (moved,) = await catalogue.rename("a.ipynb", "/b.ipynb")
        assert (moved.notebook, moved.path) == (entry.notebook, "b.ipynb")
        assert await catalogue.find("a.ipynb") is None
        assert await catalogue.find("b.ipynb") == moved
        assert await catalogue.rename("b.ipynb", "b.ipynb") == []
        assert await catalogue.find("b.ipynb") == moved

    @pytest.mark.anyio
    async def test_a_folder_takes_its_notebooks_along(self, catalogue: Catalogue) -> None:
        names = ["f/a.ipynb", "f/g/b.ipynb", "f2/c.ipynb", "f%/d.ipynb", "F/e.ipynb"]
        entries = {name: (await catalogue.register(name)).notebook for name in names}

        moved = await catalogue.rename("f", "x/y")

        assert {entry.path for entry in moved} == {"x/y/a.ipynb", "x/y/g/b.ipynb"}
        paths = {entry.notebook: entry.path for entry in await catalogue.all()}
        assert paths[entries["f/a.ipynb"]] == "x/y/a.ipynb"
        assert paths[entries["f/g/b.ipynb"]] == "x/y/g/b.ipynb"
        for name in names[2:]:
            assert paths[entries[name]] == name

    @pytest.mark.anyio
    async def test_a_notebook_that_is_overwritten_loses_its_path(
        self, catalogue: Catalogue
    ) -> None:
        first = await catalogue.register("a.ipynb")
        second = await catalogue.register("b.ipynb")

        await catalogue.rename("a.ipynb", "b.ipynb")

        found = await catalogue.find("b.ipynb")
        assert found is not None
        assert found.notebook == first.notebook
        displaced = await catalogue.get(second.notebook)
        assert displaced is not None
        assert displaced.path == ""
        assert [entry.notebook for entry in await catalogue.all()] == [first.notebook]
        assert (await catalogue.register("a.ipynb")).notebook not in {
            first.notebook,
            second.notebook,
        }

    @pytest.mark.anyio
    async def test_what_was_deleted_is_kept_without_a_path(self, catalogue: Catalogue) -> None:
        names = ["f/a.ipynb", "f/g/b.ipynb", "f2/c.ipynb"]
        entries = {name: (await catalogue.register(name)).notebook for name in names}

        lost = await catalogue.vacate("/f")

        assert {entry.former: entry.notebook for entry in lost} == {
            name: entries[name] for name in names[:2]
        }
        assert {entry.path for entry in lost} == {""}
        assert [entry.path for entry in await catalogue.all()] == ["f2/c.ipynb"]
        assert [entry.former for entry in await catalogue.gone()] == names[1::-1]
        assert await catalogue.find("f/a.ipynb") is None
        assert [entry.notebook for entry in await catalogue.vacated("f/a.ipynb")] == [
            entries["f/a.ipynb"]
        ]
        assert await catalogue.vacated("f2/c.ipynb") == await catalogue.vacated("") == []
        assert await catalogue.vacate("f") == await catalogue.vacate("") == []

    @pytest.mark.anyio
    async def test_a_path_is_given_back_unless_another_took_it(self, catalogue: Catalogue) -> None:
        first = (await catalogue.register("a.ipynb")).notebook
        await catalogue.vacate("a.ipynb")
        second = (await catalogue.register("a.ipynb")).notebook
        assert second != first
        assert not await catalogue.place(first, "a.ipynb")
        await catalogue.vacate("a.ipynb")
        found = [entry.notebook for entry in await catalogue.vacated("a.ipynb")]
        assert found == [second, first]
        assert [entry.notebook for entry in await catalogue.gone()] == found

        assert await catalogue.place(first, "/a.ipynb")

        back = await catalogue.find("a.ipynb")
        assert back is not None
        assert (back.notebook, back.former) == (first, "")
        assert await catalogue.place(first, "a.ipynb")
        assert [entry.notebook for entry in await catalogue.vacated("a.ipynb")] == [second]

    @pytest.mark.anyio
    async def test_what_was_overwritten_remembers_its_path(self, catalogue: Catalogue) -> None:
        await catalogue.register("a.ipynb")
        second = await catalogue.register("b.ipynb")
        await catalogue.rename("a.ipynb", "b.ipynb")
        assert [entry.notebook for entry in await catalogue.vacated("b.ipynb")] == [second.notebook]

    @pytest.mark.anyio
    async def test_a_file_may_be_a_notebook_and_a_text(self, catalogue: Catalogue) -> None:
        notebook = await catalogue.register("f/a.py")
        text = await catalogue.register("f/a.py", Kind.TEXT)
        assert (notebook.kind, text.kind) == (Kind.NOTEBOOK, Kind.TEXT)
        assert notebook.notebook != text.notebook
        assert await catalogue.find("f/a.py") == notebook
        assert await catalogue.find("f/a.py", Kind.TEXT) == text

        moved = await catalogue.rename("f", "g")
        assert {entry.notebook for entry in moved} == {notebook.notebook, text.notebook}
        assert {entry.path for entry in moved} == {"g/a.py"}
        assert len(await catalogue.vacate("g/a.py")) == 2
        assert [e.notebook for e in await catalogue.vacated("g/a.py")] == [notebook.notebook]
        back = [e.notebook for e in await catalogue.vacated("g/a.py", Kind.TEXT)]
        assert back == [text.notebook]

        assert await catalogue.place(text.notebook, "g/a.py")
        assert await catalogue.find("g/a.py") is None
        assert await catalogue.place(notebook.notebook, "g/a.py")

    @pytest.mark.anyio
    async def test_what_takes_a_path_takes_it_from_all(self, catalogue: Catalogue) -> None:
        lost = await catalogue.register("a.py", Kind.TEXT)
        other = await catalogue.register("b.py")
        assert len(await catalogue.rename("b.py", "a.py")) == 1
        assert await catalogue.find("a.py", Kind.TEXT) is None
        found = await catalogue.get(lost.notebook)
        assert found is not None
        assert (found.path, found.former) == ("", "a.py")
        here = await catalogue.find("a.py")
        assert here is not None
        assert here.notebook == other.notebook
