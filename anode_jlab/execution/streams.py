"""One stream output as it grows: folded like a terminal, a flood cut to head and tail."""

from __future__ import annotations

from collections import deque
from hashlib import sha256

from anode_jlab.documents.run_outputs import TailEdit
from anode_jlab.execution.terminal import Terminal

HEAD_CHARACTERS = 500_000
"""What is kept of the beginning of a flood; every keystroke of others has to share the document."""

TAIL_CHARACTERS = 100_000
"""What is kept of its end."""


class StreamText:
    """The text of one run of stdout or stderr."""

    def __init__(self) -> None:
        self._terminal = Terminal()
        self._written: list[str] = []
        self._live = ""
        self._room = HEAD_CHARACTERS
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._cut = self._cut_lines = 0
        self.is_closed = False

    def feed(self, text: str) -> None:
        """Take in what the kernel sent."""
        if self._room > 0:
            head, text = text[: self._room], text[self._room :]
            self._room -= len(head)
            self._terminal.feed(head)
        if text:
            self._keep(text)

    @property
    def is_cut(self) -> bool:
        """Whether something is left out."""
        return self._room <= 0 and self._tail_size + self._cut > 0

    def edit(self) -> TailEdit | None:
        """What has to change in the document since the last call; None when nothing does."""
        settled, live = self._terminal.settled(), self._terminal.live() + self._ending()
        if not settled and live == self._live:
            return None
        before, after = self._live, settled + live
        same = _common_prefix(before, after)
        if settled:
            self._written.append(settled)
        self._live = live
        return TailEdit(before[same:], after[same:])

    @property
    def text(self) -> str:
        """What the document shall hold, as of the last ``edit``."""
        if len(self._written) > 1:
            self._written = ["".join(self._written)]
        return "".join(self._written) + self._live

    def close(self) -> None:
        """Nothing more will come: the tail of a flood may be written."""
        self.is_closed = True

    def reopen(self) -> None:
        """More comes after all."""
        self.is_closed = False

    def restart(self) -> None:
        """What was written is gone: go on with what was not."""
        edit = self.edit()
        self.__init__()  # type: ignore[misc]
        if edit is not None:
            self.feed(edit.inserted)

    def digest(self) -> tuple[int, str]:
        """Bytes and sha256 of all that the document will hold."""
        text = "".join(self._written) + self._terminal.whole() + self._ending()
        data = text.encode("utf-8", "replace")
        return len(data), sha256(data).hexdigest()

    def _keep(self, text: str) -> None:
        if len(text) > TAIL_CHARACTERS:
            cut, text = text[:-TAIL_CHARACTERS], text[-TAIL_CHARACTERS:]
            self._leave_out(cut)
        self._tail.append(text)
        self._tail_size += len(text)
        while self._tail_size - len(self._tail[0]) >= TAIL_CHARACTERS:
            gone = self._tail.popleft()
            self._tail_size -= len(gone)
            self._leave_out(gone)

    def _leave_out(self, text: str) -> None:
        self._cut += len(text)
        self._cut_lines += text.count("\n")

    def _ending(self) -> str:
        if not self._tail:
            return ""
        if not self.is_closed:
            return "\n[Output goes on; its end will be shown here when the cell has finished.]\n"
        tail = Terminal()
        tail.feed("".join(self._tail))
        end = tail.settled() + tail.live()
        if not self._cut:
            return end
        return (
            f"\n[{self._cut:,} characters ({self._cut_lines:,} lines) of output were left out"
            f" here.]\n{end}"
        )


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    if one == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
