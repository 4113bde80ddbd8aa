"""A stream that is too long for the document, while it grows: cut into pieces that are kept beside
the document, with a look at its end."""

from __future__ import annotations

from collections import deque
from hashlib import sha256
from typing import Any, Protocol

from anode_jlab.documents.long_text import LongText, Piece, piece_end, piece_size, tail_of
from anode_jlab.documents.run_outputs import TailEdit

LIVE_CHARACTERS = 4096
"""What is shown of the end while more comes: each change of it is in the log for good."""

RECENT_CHARACTERS = 65_536
"""What is remembered of the end."""

CALM_CHARACTERS = 4096
"""When no more than this came since the last write it is shown at once."""

WRITES_OF_A_FLOOD = 20
"""Else with each so many writes: once in a second."""

WAITING_CHARACTERS = 16_000_000
"""What waits in memory for a store that cannot keep it; one that can gets whatever comes."""

MOST_CHARACTERS = 1_000_000_000
"""What is kept of one stream: a loop without end must not fill the disk."""

RESCUED_CHARACTERS = 500_000
"""What goes into the document of text that could not be kept elsewhere."""


class FoldedText(Protocol):
    """Text that becomes unchangeable by and by."""

    def feed(self, text: str) -> None: ...

    def settled(self) -> str: ...

    def live(self) -> str: ...

    def flush(self) -> None: ...


class Waiting:
    """A piece that has no place yet."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class LongStream:
    """All of the text: ``waiting`` has to be kept, ``output`` refers to what is, ``tail`` is what
    stands behind that."""

    def __init__(self, name: str, text: str, folded: FoldedText, most: int) -> None:
        """``text`` is settled already; ``most`` is how much of a text the document takes."""
        self.tail = LiveTail(self)
        self.is_closed = False
        self.is_cleared = False
        """Somebody removed it from the cell."""
        self.recent = ""
        """The end of what is settled, of all its ``size`` characters."""
        self.is_refused = False
        """The store could not keep what was tried last."""
        self.size = 0
        self.referred = 0
        """Characters that the document refers to."""
        self._name = name
        self._folded = folded
        self._most = most
        self._rest: list[str] = []
        self._rest_size = 0
        self._queue: deque[Waiting] = deque()
        self._queued = 0
        self._last: Waiting | None = None
        self._pieces: list[Piece] = []
        self._kept = 0
        self._lost = 0
        self._bytes = 0
        self._digest = sha256()
        self._given: LongText | None = None
        self._age = WRITES_OF_A_FLOOD
        self._take(text)

    # --- what comes ------------------------------------------------------------------------------

    def feed(self, text: str) -> None:
        """Take in what the kernel sent."""
        self._folded.feed(text)
        self._take(self._folded.settled())

    def close(self) -> None:
        """Nothing more will come: the last piece is what is left."""
        if self.is_closed:
            return
        self._folded.flush()
        self._take(self._folded.settled())
        self.is_closed = True
        self._last = Waiting("".join(self._rest))
        if self._lost:
            self._lost += self._rest_size
        else:
            self._put(self._last)

    def reopen(self) -> None:
        """More comes after all: the last piece was not the last."""
        if not self.is_closed:
            return
        self.is_closed = False
        if self._queue and self._queue[-1] is self._last:
            self._queued -= len(self._queue.pop().text)
        elif not self._lost:
            self._pieces.pop()
            self._kept -= self._rest_size
        self._last = None

    def digest(self) -> tuple[int, str]:
        """Bytes and sha256 of all of it, once it is closed."""
        return self._bytes, self._digest.hexdigest()

    # --- what is kept ----------------------------------------------------------------------------

    @property
    def waiting(self) -> Waiting | None:
        """What has to be kept next."""
        return self._queue[0] if self._queue and not self.is_cleared else None

    def kept(self, waiting: Waiting, piece: Piece) -> None:
        """It is; of no use when it was told already."""
        if self.waiting is waiting:
            self.is_refused = False
            self._queue.popleft()
            self._queued -= len(waiting.text)
            self._pieces.append(piece)
            self._kept += len(waiting.text)

    # --- what is shown ---------------------------------------------------------------------------

    def output(self) -> dict[str, Any] | None:
        """The output that refers to what is kept; None while the written one is good enough.

        To be asked for once with each write.
        """
        self._age += 1
        is_due = self.is_closed or self._age >= WRITES_OF_A_FLOOD
        if self.is_cleared or not is_due:
            return None
        lost = self._lost
        if self.is_closed:
            lost += max(self._queued - RESCUED_CHARACTERS, 0)
        now = LongText(self._name, tuple(self._pieces), lost)
        if now == self._given:
            return None
        self._given, self._age, self.referred = now, 0, self._kept
        return now.output()

    @property
    def is_behind(self) -> bool:
        """Whether the next writes show something that came already."""
        if self.is_cleared or self.is_closed:
            return False
        return self._kept > self.referred or self.tail.upto < self.size

    def live(self) -> str:
        """What follows the settled text at the moment."""
        return self._folded.live()

    def ending(self) -> str:
        """What stands at the end of the closed stream; more, when the rest could not be kept."""
        if self._queue or self._lost:
            unkept = "".join(one.text for one in self._queue) or self.recent
            return unkept[-RESCUED_CHARACTERS:]
        return tail_of(self.recent, self._most)

    # --- inside ----------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        if not text:
            return
        self.size += len(text)
        data = text.encode("utf-8", "replace")
        self._bytes += len(data)
        self._digest.update(data)
        self.recent = (self.recent + text[-RECENT_CHARACTERS:])[-RECENT_CHARACTERS:]
        if self._lost:
            self._lost += len(text)
            return
        self._rest.append(text)
        self._rest_size += len(text)
        if self._rest_size > piece_size(self._kept + self._queued):
            self._cut()

    def _cut(self) -> None:
        text, start = "".join(self._rest), 0
        while len(text) - start > (most := piece_size(self._kept + self._queued)):
            end = start + piece_end(text[start : start + most], most)
            if not self._put(Waiting(text[start:end])):
                self._lost += len(text) - start
                self._rest, self._rest_size = [], 0
                return
            start = end
        self._rest, self._rest_size = [text[start:]], len(text) - start

    def _put(self, waiting: Waiting) -> bool:
        is_full = self._queued + len(waiting.text) > WAITING_CHARACTERS
        if not (self.is_refused and is_full) and self._kept + self._queued < MOST_CHARACTERS:
            self._queue.append(waiting)
            self._queued += len(waiting.text)
            return True
        return False


class LiveTail:
    """``GrowingText`` of the output behind the reference: what is not referred to yet, or the end
    of that."""

    def __init__(self, stream: LongStream) -> None:
        self.upto = 0
        """Characters of the stream that it is the end of."""
        self._stream = stream
        self._start = 0
        self._text = ""
        self._age = WRITES_OF_A_FLOOD

    @property
    def text(self) -> str:
        return self._text

    def edit(self) -> TailEdit | None:
        before, self._text = self._text, self._now()
        return None if before == self._text else TailEdit.between(before, self._text)

    def restart(self) -> None:
        """It is gone, and its stream with it: what comes now begins a new one."""
        self._stream.is_cleared = True
        self._text = ""

    def _now(self) -> str:
        stream = self._stream
        if stream.is_cleared:
            return ""
        if stream.is_closed:
            self.upto = stream.size
            return stream.ending()
        self._age += 1
        if stream.size - self.upto > CALM_CHARACTERS and self._age < WRITES_OF_A_FLOOD:
            return self._text
        self.upto, self._age = stream.size, 0
        first = stream.size - len(stream.recent)
        if stream.size - self._start > 2 * LIVE_CHARACTERS:
            start = stream.size - LIVE_CHARACTERS
            self._start = start + stream.recent.find("\n", start - first) + 1 - (start - first)
            self._start = max(self._start, start)
        self._start = max(self._start, stream.referred)
        return stream.recent[self._start - first :] + stream.live()
