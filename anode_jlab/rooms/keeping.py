"""How much of a notebook's past stays readable, and how closely it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class History(StrEnum):
    """How much of the past stays readable."""

    FULL = "full"
    SESSIONS = "sessions"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """What is kept of a log, and how closely.

    The newest ``loose_events`` events stay as single rows, older keystrokes are packed (0: none
    are). What is older than ``days`` is forgotten (0: never).
    """

    history: History = History.FULL
    days: float = 0.0
    loose_events: int = 4000


KEEP_ALL = Keeping()
"""Every moment stays readable."""
