"""What goes into a prompt, and what of the notebook was left out of it: told before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from anode_jlab.ai.reading.outline import outline_text
from anode_jlab.ai.reading.outputs import summaries
from anode_jlab.ai.reading.tokens import BYTES_PER_TOKEN, tokens
from anode_jlab.ai.reading.view import View, VisibleCell
from anode_jlab.ids import CellId

DEFAULT_WINDOW = 32_000
"""Tokens, where it is not known how many a model takes."""

SHARE_OF_ANSWER = 0.25
"""Of a model's window, kept free."""

SHARE_OF_CELLS = 0.7
"""Of the budget, for cells nobody named: the outline of the others shall fit as well."""

SMALLEST_CUT = 200
"""Tokens: what is cut shorter than this is left out."""


class ItemKind(StrEnum):
    """What a part of the context is."""

    CELL = "cell"
    OUTLINE = "outline"
    FILE = "file"
    SYSTEM = "system"
    ERROR = "error"


class Reason(StrEnum):
    """Why a cell is not in the context."""

    HIDDEN = "hidden"
    BUDGET = "budget"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what will be sent: ``text`` exactly so. None of it is ever ``hidden``."""

    kind: ItemKind
    title: str
    tokens: int
    text: str
    cell_id: CellId | None = None
    hidden: bool = False
    truncated: bool = False


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that will not be sent."""

    cell_id: CellId
    reason: Reason


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``tokens`` of all items together; ``budget`` is what they may have."""

    tokens: int
    budget: int
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was named; ``text`` as the assistant may read it."""

    path: str
    text: str


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a prompt is to be made for.

    ``cell_id``: the cell that asks (an AI cell) or that is worked on; of the others only those
    above it are taken when ``above_only``. ``mentions`` come first, then the cell's error, then the
    nearest cells. ``window``: the tokens that the model takes; ``text``: what the person asks.
    """

    cell_id: str | None = None
    above_only: bool = True
    text: str = ""
    system: str = ""
    mentions: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    window: int = DEFAULT_WINDOW


def build(view: View, request: Request) -> Manifest:
    """Choose what fits: rules, named cells and files, the error, near cells, the outline of the
    rest. Raises CellNotFound for a cell that may not be seen."""
    return _Building(view, request).manifest()


class _Building:
    def __init__(self, view: View, request: Request) -> None:
        self._view = view
        self._request = request
        self._budget = int(request.window * (1 - SHARE_OF_ANSWER)) - tokens(request.text)
        self._first: list[Item] = []
        self._cells: dict[int, Item] = {}
        self._used = 0

    def manifest(self) -> Manifest:
        request = self._request
        if request.system:
            self._put(_item(ItemKind.SYSTEM, "Rules", request.system))
        named = [self._view.cell(cell_id) for cell_id in request.mentions]
        asking = None if request.cell_id is None else self._view.cell(request.cell_id)
        if asking is not None and not asking.is_ai:
            named.append(asking)
        for cell in named:
            self._take(cell, self._budget, must=True)
        for file in request.files:
            self._put(self._file(file))
        most = int(self._budget * SHARE_OF_CELLS)
        for cell in self._near(asking):
            if not self._take(cell, most, must=False):
                break
        self._outline()
        return self._result()

    def _near(self, asking: VisibleCell | None) -> Iterable[VisibleCell]:
        """The cells above the asking one, the nearest first; without it all, the last first."""
        upto = len(self._view.cells)
        if asking is not None and self._request.above_only:
            upto = asking.index
        return reversed(self._view.cells[:upto])

    def _take(self, cell: VisibleCell, most: int, *, must: bool) -> bool:
        if cell.index in self._cells:
            return True
        text = cell_text(self._view, cell)
        item = _item(ItemKind.CELL, title_of(cell), text, cell.id)
        left = most - self._used
        if item.tokens > left:
            if not must or left < SMALLEST_CUT:
                return False
            item = _cut(item, left)
        self._cells[cell.index] = item
        self._used += item.tokens
        return True

    def _put(self, item: Item) -> None:
        left = self._budget - self._used
        if item.tokens > left:
            if left < SMALLEST_CUT:
                return
            item = _cut(item, left)
        self._first.append(item)
        self._used += item.tokens

    def _file(self, file: File) -> Item:
        text = f"File {file.path}:\n{fenced(file.text)}"
        return _item(ItemKind.FILE, file.path, text)

    def _outline(self) -> None:
        taken = frozenset(str(item.cell_id) for item in self._cells.values())
        rest = outline_text(self._view, taken)
        if rest:
            text = f"Other cells (id, kind, first line):\n{fenced(rest)}"
            self._put(_item(ItemKind.OUTLINE, "Outline", text))

    def _result(self) -> Manifest:
        items = [*self._first, *(self._cells[index] for index in sorted(self._cells))]
        hidden = [LeftOut(cell_id=id_, reason=Reason.HIDDEN) for id_ in self._view.hidden]
        return Manifest(
            tokens=sum(item.tokens for item in items) + tokens(self._request.text),
            budget=self._budget + tokens(self._request.text),
            items=tuple(items),
            left_out=(*hidden, *self._too_many()),
        )

    def _too_many(self) -> Iterator[LeftOut]:
        for cell in self._view.cells:
            if cell.index not in self._cells and cell.id != self._request.cell_id:
                yield LeftOut(cell_id=cell.id, reason=Reason.BUDGET)


def title_of(cell: VisibleCell) -> str:
    """What a cell is called in a list: its first line."""
    lines = (line.strip() for line in cell.source.splitlines())
    return next((line for line in lines if line), cell.kind)[:60]


def cell_text(view: View, cell: VisibleCell) -> str:
    """A cell and its outputs for a prompt, each as data between fences."""
    language = view.language if cell.type == "code" and not cell.is_ai else cell.kind
    parts = [f"Cell {cell.id} ({cell.kind}):\n{fenced(cell.source, language)}"]
    for shown in summaries(cell.outputs, view.covered):
        kinds = f" {', '.join(shown.mimes)}" if shown.mimes else ""
        more = f" ({shown.omitted} characters left out)" if shown.omitted else ""
        name = "error" if shown.kind == "error" else "output"
        parts.append(f"{name}{kinds}{more}:\n{fenced(shown.text)}" if shown.text else name + kinds)
    return "\n".join(parts)


def fenced(text: str, word: str = "") -> str:
    """Data between fences that it cannot close: they are longer than any that it has."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{word}\n{text}\n{fence}"


def _item(kind: ItemKind, title: str, text: str, cell_id: CellId | None = None) -> Item:
    return Item(kind=kind, title=title, text=text, tokens=tokens(text), cell_id=cell_id)


def _cut(item: Item, most: int) -> Item:
    """The beginning of an item, in at most so many tokens."""
    data = item.text.encode("utf-8", "replace")[: int(most * BYTES_PER_TOKEN) - 16]
    text = data.decode("utf-8", "ignore") + "\n[cut]"
    return msgspec.structs.replace(item, text=text, tokens=tokens(text), truncated=True)
