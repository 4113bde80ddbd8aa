"""Files as the assistant may read them: a notebook without its hidden cells, whatever its name."""

from __future__ import annotations

import json
from typing import Any

from anode_jlab.ai.reading.view import View, view_of
from anode_jlab.documents import ipynb
from anode_jlab.documents.browsing import FolderPort
from anode_jlab.errors import AnodeError, NotANotebook
from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.rooms.rooms import Rooms

NOTEBOOK = ".ipynb"


class FileReader:
    """Reads files of the server's folder. A notebook that we know is read as it is now: its file
    may be older than what was hidden since."""

    def __init__(self, folders: FolderPort, catalogue: Catalogue, rooms: Rooms) -> None:
        self._folders = folders
        self._catalogue = catalogue
        self._rooms = rooms

    async def read(self, path: str, view: View) -> str:
        """The text, with nothing of what is hidden in ``view`` or in the notebook it belongs to."""
        one = await self._folders.one_path(path)
        live = await self._live(one)
        if live is not None:
            return view.covered(cells_text(live))
        text = await self._folders.text(one)
        nb = notebook_in(text)
        if nb is not None:
            return view.covered(cells_text(View(nb, path=one)))
        if one.endswith(NOTEBOOK):
            raise NotANotebook(f"The file {one} is no notebook that can be read.")
        partner = await self._live(_stem(one) + NOTEBOOK)  # Jupytext pairs files of one stem
        if partner is not None:
            text = partner.covered(text)
        return view.covered(text)

    async def _live(self, path: str) -> View | None:
        entry = await self._catalogue.find(path)
        if entry is None or not path.endswith(NOTEBOOK):
            return None
        return await view_of(await self._rooms.open(entry.notebook))


def notebook_in(text: str) -> dict[str, Any] | None:
    """The notebook that a text is, with an id for each cell; None when it is none."""
    if '"cells"' not in text:
        return None
    try:
        nb = json.loads(text)
        if not isinstance(nb, dict) or not isinstance(nb.get("cells"), list):
            return None
        return ipynb.notebook_from_update(ipynb.from_notebook(nb))
    except (ValueError, RecursionError, AnodeError):
        return None


def cells_text(view: View) -> str:
    """The visible cells of a notebook, one after another, as a script with cell marks."""
    return "\n\n".join(f"# %% [{cell.kind}] {cell.id}\n{cell.source}" for cell in view.cells)


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + name.rpartition(".")[0]
