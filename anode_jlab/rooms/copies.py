"""Plain copies of notebooks and text files, kept beside their logs: what is left when everything
else is lost."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anode_jlab.config import AnodeConfig
from anode_jlab.documents.large_outputs import LargeOutputsOf, inline_only
from anode_jlab.errors import CopyNotFound
from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.ids import NotebookId, Seq
from anode_jlab.rooms.keeping import History

DAY_SECONDS = 86_400.0

MEBIBYTE = 1 << 20

_TIME_FORMAT = "%Y-%m-%dT%H-%M-%SZ"

TEXT_SUFFIX = ".txt"

_NAME = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)_(?P<seq>\d+)_(?P<cells>\d+)\.(ipynb|txt)"
)
"""A name says what the list shows, so that no file is read for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyRules:
    """When copies are made, and which are kept.

    One is made when a notebook changed and the last is ``hours`` old (0: none is made). Of those
    older than a day the last of each day is kept, for ``days``; together a notebook's copies take
    ``megabytes`` at most, but the newest stays.
    """

    hours: float = 1.0
    days: float = 30.0
    megabytes: float = 200.0

    @classmethod
    def of(cls, config: AnodeConfig) -> CopyRules:
        """As they are set. Who wants no past wants no copies of it."""
        return cls(
            hours=0.0 if config.history == History.OFF else config.copy_hours,
            days=min(config.copy_days, config.history_days or config.copy_days),
            megabytes=config.copy_megabytes,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One of them; ``time`` in seconds of the Unix epoch, ``size`` in bytes. ``cells`` is how many
    cells a notebook, or lines a text has."""

    name: str
    time: float
    seq: Seq
    cells: int
    size: int


class Copies:
    """The copies of all notebooks and texts: files that any program can read."""

    def __init__(self, shelf: Shelf, rules: CopyRules, large: LargeOutputsOf = inline_only) -> None:
        self.rules = rules
        self._large = large
        self._shelf = shelf

    async def of(self, notebook: NotebookId) -> list[Copy]:
        """The copies of a notebook, the newest first."""
        found = (_copy(name, size) for name, size in (await self._shelf.sizes(notebook)).items())
        return sorted((c for c in found if c is not None), key=lambda c: (c.time, c.seq))[::-1]

    async def read(self, notebook: NotebookId, name: str) -> bytes:
        """A copy's bytes. Raises CopyNotFound."""
        data = await self._shelf.get(notebook, name) if _NAME.fullmatch(name) else None
        if data is None:
            raise CopyNotFound
        return data

    async def content(self, notebook: NotebookId, name: str) -> tuple[Any, Seq]:
        """A copy's content, a text or the JSON of a notebook, and the seq that it was made at.
        Raises CopyNotFound."""
        data = await self.read(notebook, name)
        copy = _copy(name, len(data))
        assert copy is not None
        if is_text(name):
            return data.decode(errors="surrogatepass"), copy.seq
        nb = await asyncio.to_thread(json.loads, data)
        return await self._large(notebook).referred(nb), copy.seq

    async def add(
        self, notebook: NotebookId, content: dict[str, Any] | str, seq: Seq, time: float
    ) -> None:
        """Keep a copy, and let go of those that the rules do not keep any longer."""
        if isinstance(content, str):
            data = content.encode(errors="surrogatepass")
            parts, suffix = len(content.splitlines()), TEXT_SUFFIX
        else:
            whole = await self._large(notebook).inlined(content)
            data = await asyncio.to_thread(_encoded, whole)
            parts, suffix = len(content["cells"]), ".ipynb"
        moment = datetime.fromtimestamp(time, UTC).strftime(_TIME_FORMAT)
        await self._shelf.put(notebook, f"{moment}_{seq}_{parts}{suffix}", data)
        await self.thin(notebook, time)

    async def thin(self, notebook: NotebookId, now: float) -> None:
        """Let go of what the rules do not keep any longer."""
        copies = await self.of(notebook)
        kept = set(kept_copies(copies, self.rules, now))
        await self._remove(notebook, (copy for copy in copies if copy not in kept))

    async def forget(self, notebook: NotebookId, first: Seq, last: Seq) -> None:
        """A stretch of the history was purged: the copies of its moments go, too."""
        copies = await self.of(notebook)
        await self._remove(notebook, (copy for copy in copies if first <= copy.seq <= last))

    async def _remove(self, notebook: NotebookId, copies: Iterable[Copy]) -> None:
        for copy in copies:
            await self._shelf.remove(notebook, copy.name)


def is_text(name: str) -> bool:
    """Whether a copy is of a text file."""
    return name.endswith(TEXT_SUFFIX)


def kept_copies(copies: Sequence[Copy], rules: CopyRules, now: float) -> list[Copy]:
    """Those that the rules keep; ``copies`` come the newest first."""
    kept: list[Copy] = []
    days: set[int] = set()
    room = rules.megabytes * MEBIBYTE
    for copy in copies:
        age, day = now - copy.time, int(copy.time // DAY_SECONDS)
        is_wanted = age < DAY_SECONDS or (age < rules.days * DAY_SECONDS and day not in days)
        if not kept or (is_wanted and copy.size <= room):
            kept.append(copy)
            days.add(day)
            room -= copy.size
    return kept


def _copy(name: str, size: int) -> Copy | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found["time"], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:  # not one of ours
        return None
    return Copy(
        name=name,
        time=moment.timestamp(),
        seq=Seq(int(found["seq"])),
        cells=int(found["cells"]),
        size=size,
    )


def _encoded(nb: dict[str, Any]) -> bytes:
    return (json.dumps(nb, ensure_ascii=False, indent=1) + "\n").encode(errors="surrogatepass")
