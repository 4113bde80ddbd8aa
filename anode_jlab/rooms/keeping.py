"""How much of a notebook's past stays readable, and how closely it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anode_jlab.config import AnodeConfig


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

    @classmethod
    def of(cls, config: AnodeConfig) -> Keeping:
        """As it is set."""
        return cls(
            history=History(config.history),
            days=config.history_days,
            loose_events=config.loose_events,
        )


KEEP_ALL = Keeping()
"""Every moment stays readable."""
