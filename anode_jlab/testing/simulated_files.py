"""One notebook's file in memory: read and written by servers that may die, changed by others."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

from anode_jlab.clock import Clock
from anode_jlab.documents.contents import ContentsType, FileText, JsonObject, NotebookModel
from anode_jlab.documents.file_text import parse_notebook
from anode_jlab.errors import FileNotWritten, NotebookNotFound
from anode_jlab.testing.marks import MARK, mark
from anode_jlab.testing.simulated_store import BadDay

OTHER = "Q0"
"""Who the other program is, in its marks."""


class SimulatedFile:
    """The disk: it outlives every server."""

    def __init__(self, path: str, nb: JsonObject) -> None:
        self.path = path
        self.text = _text(nb)
        self.version = 0
        """Counts the writes, as the time of a change does."""
        self.overwritten: set[str] = set()
        """Marks of another program that wrote between a server's last look at the file and its
        write: no program can see those."""

        self.is_ours = False
        """A server wrote last."""

    @property
    def hash(self) -> str:
        """Of the bytes in the file."""
        return _hash(self.text)

    @property
    def nb(self) -> JsonObject:
        """What is in the file."""
        return parse_notebook(self.text)

    def write(self, nb: JsonObject) -> None:
        """Another program saves, in one step."""
        self.text = _text(nb)
        self.version += 1
        self.is_ours = False

    def touch(self) -> None:
        """Another program writes the same bytes."""
        self.version += 1


class SimulatedContents:
    """``ContentsPort`` of one server on a ``SimulatedFile``, with the faults of its day."""

    is_plain = True
    has_last_word = True

    def __init__(
        self, file: SimulatedFile, day: BadDay, *, clock: Clock, chance: random.Random
    ) -> None:
        self._file = file
        self._day = day
        self._clock = clock
        self._chance = chance
        self._seen = -1

    async def text(self, path: str) -> FileText | None:
        """The file's own text."""
        await self._reach(path)
        self._seen = self._file.version
        text = self._file.text
        return FileText(text=text, hash=_hash(text), writable=True)

    async def reread(self, path: str) -> FileText | None:
        """As ``text``."""
        return await self.text(path)

    async def notebook(self, path: str) -> NotebookModel:
        """The notebook in the file."""
        await self._reach(path)
        return NotebookModel(content=self._file.nb, hash=_hash(self._file.text), writable=True)

    async def hash(self, path: str) -> str:
        """The hash of the file's text."""
        await self._reach(path)
        return _hash(self._file.text)

    async def stamp(self, path: str, type: ContentsType = "notebook") -> str:
        """Another one after each write."""
        await self._reach(path)
        return str(self._file.version)

    async def size(self, path: str) -> int | None:
        """Not told."""
        await self._reach(path)
        return None

    async def save(self, path: str, model: JsonObject) -> None:
        """Write the file, or refuse, or die before or after that."""
        await self._reach(path)
        if self._day.file_refusing:
            raise FileNotWritten("The file was not updated: no space left.")
        before = self._file.text
        unseen = self._file.version != self._seen
        self._file.write(model["content"])
        self._file.is_ours = True
        if unseen:
            lost = set(MARK.findall(before)) - set(MARK.findall(self._file.text))
            self._file.overwritten |= lost
        await self._reach(path)

    def local_path(self, path: str) -> Path | None:
        """It lies on no disk of this machine."""
        return None

    async def one_path(self, path: str, *, follow: bool = True) -> str:
        """Each file has one."""
        return path

    async def _reach(self, path: str) -> None:
        await self._day.before("file")
        if self._day.slow_seconds:
            await self._clock.sleep(self._chance.random() * self._day.slow_seconds)
            await self._day.before("file")
        if path != self._file.path:
            raise NotebookNotFound(f"There is no notebook at {path}.")


class OtherProgram:
    """Git, an editor, a formatter: changes the notebook's file without asking anybody."""

    def __init__(self, file: SimulatedFile, chance: random.Random) -> None:
        self._file = file
        self._chance = chance
        self._count = 0

    @property
    def marks(self) -> set[str]:
        """What it wrote and nobody could overwrite without seeing it."""
        written = {mark(OTHER, number) for number in range(1, self._count + 1)}
        return written - self._file.overwritten

    def act(self) -> None:
        """Save something at random."""
        nb, kind = self._file.nb, self._chance.random()
        if kind < 0.15:
            self._file.touch()
            return
        if kind < 0.6:
            self._write_line(nb)
        elif kind < 0.75:
            self._add(nb)
        elif kind < 0.9:
            self._move(nb)
        else:
            self._retype(nb)
        self._file.write(nb)

    def _mark(self) -> str:
        self._count += 1
        return mark(OTHER, self._count)

    def _write_line(self, nb: dict[str, Any]) -> None:
        cell = self._chance.choice(nb["cells"])
        lines = "".join(cell["source"]).split("\n")
        lines.insert(self._chance.randint(0, len(lines)), self._mark())
        cell["source"] = "\n".join(lines)

    def _add(self, nb: dict[str, Any]) -> None:
        text = self._mark()
        cell = {"id": f"other-{self._count}", "cell_type": "markdown", "metadata": {}}
        cell["source"] = text
        nb["cells"].insert(self._chance.randint(0, len(nb["cells"])), cell)

    def _move(self, nb: dict[str, Any]) -> None:
        cell = nb["cells"].pop(self._chance.randrange(len(nb["cells"])))
        nb["cells"].insert(self._chance.randint(0, len(nb["cells"])), cell)

    def _retype(self, nb: dict[str, Any]) -> None:
        place = self._chance.randrange(len(nb["cells"]))
        cell = nb["cells"][place]
        nb["cells"][place] = retyped(cell, self._chance.choice(["code", "markdown", "raw"]))


def retyped(cell: JsonObject, cell_type: str) -> JsonObject:
    """The cell as another type has it."""
    kept = {key: cell[key] for key in ("id", "metadata", "source")}
    if cell_type != "code":
        return {**kept, "cell_type": cell_type}
    return {**kept, "cell_type": "code", "outputs": [], "execution_count": None}


def _text(nb: JsonObject) -> str:
    """Sorted, because the native maps of documents have no order, and a seed determines all."""
    return json.dumps(nb, indent=1, sort_keys=True) + "\n"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
