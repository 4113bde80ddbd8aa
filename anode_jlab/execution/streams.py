"""One stream output as it grows: folded like a terminal, and kept outside once it is long."""

from __future__ import annotations

from hashlib import sha256

from anode_jlab.documents.large_outputs import STREAM_CHARACTERS
from anode_jlab.documents.long_text import head_of
from anode_jlab.documents.run_outputs import TailEdit
from anode_jlab.documents.sane import whole_characters
from anode_jlab.execution.long_stream import LongStream
from anode_jlab.execution.terminal import Terminal

FOLDED_CHARACTERS = 1_000_000
"""What comes after so many passes as it is: to fold a flood would take the server's whole time."""

FOLDED_AT_ONCE = 32_768


class Folded:
    """Text folded like a terminal, up to a length."""

    def __init__(self) -> None:
        self._terminal = Terminal()
        self._room = FOLDED_CHARACTERS
        self._settled: list[str] = []

    def feed(self, text: str) -> None:
        """Take in what the kernel sent."""
        text = whole_characters(text)
        folded, rest = text[: self._room], text[self._room :]
        self._room -= len(folded)
        for start in range(0, len(folded), FOLDED_AT_ONCE):
            self._terminal.feed(folded[start : start + FOLDED_AT_ONCE])
        if rest:
            self.flush()
            self._settled.append(rest)

    def settled(self) -> str:
        """What became unchangeable since the last call."""
        settled = "".join(self._settled) + self._terminal.settled()
        self._settled.clear()
        return settled

    def live(self) -> str:
        """What follows it at the moment."""
        return self._terminal.live()

    def flush(self) -> None:
        """Nothing of it changes any more."""
        self._settled.append(self._terminal.whole())
        self._terminal = Terminal()


class StreamText:
    """The text of one run of stdout or stderr, as far as it is in the cell's output itself.

    A long one has only its beginning there, and ``long`` is the rest of it.
    """

    def __init__(self, name: str = "stdout", most: int = STREAM_CHARACTERS) -> None:
        """``most`` characters are not long yet."""
        self.long: LongStream | None = None
        self.is_closed = False
        self._name = name
        self._most = most
        self._folded = Folded()
        self._settled: list[str] = []
        self._size = 0
        self._fresh: list[str] = []
        """What is settled, and not written yet."""
        self._written: list[str] = []
        self._live = ""

    def feed(self, text: str) -> None:
        """Take in what the kernel sent."""
        if self.long is not None:
            self.long.feed(text)
            return
        self._folded.feed(text)
        self._settle()

    def edit(self) -> TailEdit | None:
        """What has to change in the document since the last call; None when nothing does."""
        if self.long is not None:
            return None
        settled, live = "".join(self._fresh), self._folded.live()
        self._fresh.clear()
        if not settled and live == self._live:
            return None
        before, after = self._live, settled + live
        if settled:
            self._written.append(settled)
        self._live = live
        return TailEdit.between(before, after)

    @property
    def text(self) -> str:
        """What the document shall hold, as of the last ``edit``."""
        if len(self._written) > 1:
            self._written = ["".join(self._written)]
        return "".join(self._written) + self._live

    def close(self) -> None:
        """Nothing more will come."""
        self.is_closed = True
        if self.long is None and self._size + len(self._folded.live()) > self._most:
            self._folded.flush()
            self._settle()
        if self.long is not None:
            self.long.close()

    def reopen(self) -> None:
        """More comes after all."""
        self.is_closed = False
        if self.long is not None:
            self.long.reopen()

    def restart(self) -> None:
        """What was written is gone: go on with what was not."""
        edit = self.edit()
        self.__init__(self._name, self._most)  # type: ignore[misc]
        if edit is not None:
            self.feed(edit.inserted)

    def digest(self) -> tuple[int, str]:
        """Bytes and sha256 of all of it."""
        if self.long is not None:
            return self.long.digest()
        data = ("".join(self._settled) + self._folded.live()).encode("utf-8", "replace")
        return len(data), sha256(data).hexdigest()

    def _settle(self) -> None:
        settled = self._folded.settled()
        if not settled:
            return
        self._settled.append(settled)
        self._fresh.append(settled)
        self._size += len(settled)
        if self._size > self._most:
            text = "".join(self._settled)
            self.long = LongStream(self._name, text, self._folded, self._most)
            self._written, self._live = [head_of(text, self._most)], ""
            self._settled.clear()
            self._fresh.clear()
