"""What rooms tell about their work as numbers, as a port; ``metrics`` shows them to operators."""

from __future__ import annotations

from typing import Protocol


class Meter(Protocol):
    """Told at every keystroke: an implementation takes a microsecond and never raises."""

    def queued(self, entries: int) -> None:
        """So many more (or fewer) changes wait for the log."""
        ...

    def committed(self, events: int, seconds: float) -> None:
        """So many events became durable together, after so long."""
        ...

    def acked(self, seconds: float) -> None:
        """A change was acknowledged so long after its frame came."""
        ...

    def rejected(self, code: str) -> None:
        """A frame was refused; ``code`` is the error's."""
        ...

    def lagged(self) -> None:
        """A connection was too slow: what it did not get is sent as one difference later."""
        ...


class Unmetered:
    """Nobody wants to know."""

    def queued(self, entries: int) -> None:
        pass

    def committed(self, events: int, seconds: float) -> None:
        pass

    def acked(self, seconds: float) -> None:
        pass

    def rejected(self, code: str) -> None:
        pass

    def lagged(self) -> None:
        pass
