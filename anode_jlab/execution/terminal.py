"""Folds text as a terminal shows it: what was overwritten goes, so that progress bars stay tidy.

Handled: carriage return, backspace, cursor moves and erasing (ECMA-48 CSI ``A`` to ``G``, ``J``,
``K``), colours (``m``) stay with the characters they were set for. Everything else passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WINDOW_LINES = 64
"""How far up a cursor can go; what is above cannot change any more."""

WINDOW_CHARACTERS = 32_768
"""And of longer lines only those of so many characters; of one that is longer still, its end."""

LONGEST_PEN = 200
"""Characters of colour sequences in force; more is no honest text."""

WIDEST_LINE = 10_000
"""Columns a cursor can be sent to."""

_MOVES = re.compile(r"[\r\x08]|\x1b\[[0-9;?]*[A-GJK]")
_TOKENS = re.compile(
    r"(?P<text>[^\r\n\x08\x1b]+)|(?P<control>[\r\n\x08])"
    r"|\x1b\[(?P<parameters>[0-9;?]*)(?P<final>[@-~])"
    r"|(?P<other>\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?)",
    re.DOTALL,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;?]{0,32})?\Z")


class _Line:
    """A line as raw text, or as cells of (character, pen) once a cursor went back into it.

    ``pen`` is the colour in force at its beginning.
    """

    __slots__ = ("cells", "pen", "raw")

    def __init__(self, pen: str, raw: str = "") -> None:
        self.pen = pen
        self.raw = raw
        self.cells: list[tuple[str, str]] | None = None

    def opened(self) -> list[tuple[str, str]]:
        """The line as cells, to be changed."""
        if self.cells is None:
            self.cells, pen = [], self.pen
            for token in _TOKENS.finditer(self.raw):
                if token["text"]:
                    self.cells += [(character, pen) for character in token["text"]]
                elif token["final"] == "m":
                    pen = _next_pen(pen, token[0])
        return self.cells

    def width(self) -> int:
        if self.cells is not None:
            return len(self.cells)
        if "\x1b" not in self.raw:
            return len(self.raw)
        return sum(len(token["text"] or "") for token in _TOKENS.finditer(self.raw))

    def length(self) -> int:
        """How much there is of it, roughly."""
        return len(self.raw) if self.cells is None else len(self.cells)

    def render(self, carry: str) -> tuple[str, str]:
        """The text, when ``carry`` is in force before it, and the colour in force after it."""
        if self.cells is None:
            start = "" if carry == self.pen else _change_pen(carry, self.pen)
            return start + self.raw, _pen_after(self.pen, self.raw)
        out = []
        for character, pen in self.cells:
            if pen != carry:
                out.append(_change_pen(carry, pen))
                carry = pen
            out.append(character)
        return "".join(out), carry


class Terminal:
    """Takes text as it comes; ``settled`` gives what cannot change any more, ``live`` the rest."""

    def __init__(self) -> None:
        self._lines = [_Line("")]
        self._row = self._column = 0
        self._pen = ""
        self._carry = ""
        self._at_end = True
        self._held = ""
        self._settled: list[str] = []

    def feed(self, text: str) -> None:
        """Take in more text."""
        text = self._held + text
        unfinished = _UNFINISHED.search(text)
        self._held = "" if unfinished is None else unfinished[0]
        if self._held:
            text = text[: -len(self._held)]
        at = 0
        while at < len(text):
            move = _MOVES.search(text, at) if self._at_end else None
            if not self._at_end or (move is not None and move.start() == at):
                at = self._step(text, at)
            else:
                end = len(text) if move is None else move.start()
                self._append(text[at:end])
                at = end

    def settled(self) -> str:
        """What became unchangeable since the last call."""
        settled, self._settled = "".join(self._settled), []
        return settled

    def live(self) -> str:
        """What follows the settled text at the moment."""
        out, carry = [], self._carry
        for line in self._lines:
            text, carry = line.render(carry)
            out.append(text)
        return "\n".join(out) + self._held

    def whole(self) -> str:
        """What ``settled`` would give, and what follows it."""
        return "".join(self._settled) + self.live()

    def _append(self, text: str) -> None:
        """Text without moves, behind everything."""
        first, *more = text.split("\n")
        last = self._lines[-1]
        if last.cells is None:
            last.raw += first
            self._pen = _pen_after(self._pen, first)
        else:
            self._write_tokens(first)
        for line in more:
            self._lines.append(_Line(self._pen, line))
            self._pen = _pen_after(self._pen, line)
        self._settle()
        self._row = len(self._lines) - 1
        self._at_end = True

    def _write_tokens(self, text: str) -> None:
        for token in _TOKENS.finditer(text):
            if token["text"]:
                self._write(token["text"])
            elif token["final"] == "m":
                self._pen = _next_pen(self._pen, token[0])

    def _step(self, text: str, at: int) -> int:
        """Deal with the token there as a terminal does; where the next one is."""
        token = _TOKENS.match(text, at)
        assert token is not None  # the tokens cover every character
        if token["text"]:
            self._write(token["text"])
            if len(token["text"]) > WINDOW_LINES:
                self._settle()
        elif token["control"] == "\r":
            self._column, self._at_end = 0, False
        elif token["control"] == "\x08":
            self._column = max(self._place() - 1, 0)
        elif token["control"] == "\n":
            self._down(1, column=0)
        elif token["final"] == "m":
            self._pen = _next_pen(self._pen, token[0])
        elif token["final"] is not None:
            self._control(token["final"], token["parameters"])
        self._at_end = self._is_at_end()
        return token.end()

    def _is_at_end(self) -> bool:
        """Whether more text may simply be appended."""
        line = self._lines[self._row]
        if line.cells is None and (line.raw or line.pen != self._pen):
            return False
        return self._row == len(self._lines) - 1 and self._place() == line.width()

    def _place(self) -> int:
        """The column, which is not counted while text is only appended."""
        if self._at_end:
            self._column = self._lines[self._row].width()
            self._at_end = False
        return self._column

    def _write(self, text: str) -> None:
        column = self._place()
        cells = self._lines[self._row].opened()
        if column > len(cells):
            cells += [(" ", "")] * (column - len(cells))
        cells[column : column + len(text)] = [(character, self._pen) for character in text]
        self._column = column + len(text)

    def _down(self, rows: int, column: int | None = None) -> None:
        column = self._place() if column is None else column
        self._at_end = False
        self._row += rows
        while self._row >= len(self._lines):
            self._lines.append(_Line(self._pen))
        self._settle()
        self._column = column

    def _control(self, final: str, parameters: str) -> None:
        first = parameters.split(";")[0]
        number = min(int(first), WIDEST_LINE) if first.isdigit() else 0
        count = max(number, 1)
        column = self._place()
        if final in "AF":
            self._row = max(self._row - count, 0)
        elif final in "BE":
            self._down(min(count, WINDOW_LINES), column)
        elif final == "C":
            self._column = min(column + count, WIDEST_LINE)
        elif final == "D":
            self._column = max(column - count, 0)
        elif final == "G":
            self._column = count - 1
        elif final == "K":
            self._erase_in_line(number)
        elif final == "J":
            self._erase_in_display(number)
        if final in "EF":
            self._column = 0

    def _erase_in_line(self, mode: int) -> None:
        cells = self._lines[self._row].opened()
        if mode == 0:
            del cells[self._column :]
        elif mode == 1:
            cells[: self._column + 1] = [(" ", "")] * min(self._column + 1, len(cells))
        else:
            cells.clear()

    def _erase_in_display(self, mode: int) -> None:
        if mode == 0:
            self._erase_in_line(0)
            del self._lines[self._row + 1 :]
        elif mode in (2, 3):
            for line in self._lines:
                line.opened().clear()

    def _settle(self) -> None:
        excess = max(len(self._lines) - WINDOW_LINES, 0)
        rest = sum(line.length() for line in self._lines[excess:])
        while rest > WINDOW_CHARACTERS and excess < len(self._lines) - 1:
            rest -= self._lines[excess].length()
            excess += 1
        for line in self._lines[:excess]:
            text, self._carry = line.render(self._carry)
            self._settled += (text, "\n")
        del self._lines[:excess]
        self._row = max(self._row - excess, 0)
        if rest > WINDOW_CHARACTERS:
            self._settle_line()

    def _settle_line(self) -> None:
        """The last line is too long: it goes on behind what it has."""
        text, self._carry = self._lines[-1].render(self._carry)
        self._settled.append(text)
        self._lines = [_Line(self._pen)]
        self._row = self._column = 0
        self._at_end = self._carry == self._pen


def _next_pen(pen: str, sequence: str) -> str:
    parameters = sequence[2:-1].split(";")
    if parameters[0] in ("", "0", "00"):
        return "" if len(parameters) == 1 else sequence
    return (pen + sequence)[-LONGEST_PEN:] if len(pen) < LONGEST_PEN else sequence


def _pen_after(pen: str, text: str) -> str:
    if "\x1b" not in text:
        return pen
    return _after_all(pen, _COLOUR.findall(text))


def _after_all(pen: str, sequences: Iterable[str]) -> str:
    for sequence in sequences:
        pen = _next_pen(pen, sequence)
    return pen


def _change_pen(before: str, after: str) -> str:
    return after if not before else "\x1b[0m" + after
