"""How much one answer, and one notebook, may take."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from anode_jlab.ai.failures import CostLimit, ModeNotAllowed, RepeatedCalls, TooManyTokens
from anode_jlab.ai.providers.chat import Call, Spent
from anode_jlab.config import AnodeConfig
from anode_jlab.events.assistant import Mode
from anode_jlab.materializers.assistant import ConversationsState

SECONDS_PER_MINUTE = 60.0

REPEATS = 3
"""The same call so often in a row is no progress."""

MODES = tuple(Mode)
"""From the least to the most."""


class AnswerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator allows."""

    max_mode: Mode = Mode.AGENT
    steps: int = 25
    tokens: int = 1_000_000
    model_seconds: float = 900.0
    cost: float = 0.0

    @classmethod
    def of(cls, config: AnodeConfig) -> AnswerLimits:
        """As it is configured."""
        return cls(
            max_mode=Mode(config.ai_max_mode),
            steps=config.ai_max_steps,
            tokens=config.ai_max_tokens,
            model_seconds=config.ai_max_minutes * SECONDS_PER_MINUTE,
            cost=config.ai_cost_limit,
        )

    def check_mode(self, mode: Mode) -> None:
        """Raises ModeNotAllowed."""
        if MODES.index(mode) > MODES.index(self.max_mode):
            raise ModeNotAllowed(f"The mode {mode.value} is not allowed on this server.")

    def check_cost(self, state: ConversationsState, unrecorded: float = 0.0) -> None:
        """Raises CostLimit when a notebook has used up what it may cost; ``unrecorded`` is what
        was spent besides the conversations."""
        recorded = sum(known.usage.cost for known in state.conversations)
        if self.cost and recorded + unrecorded >= self.cost:
            raise CostLimit


@dataclass(slots=True)
class Meter:
    """What one answer has used so far."""

    limits: AnswerLimits
    tokens: int = 0
    seconds: float = 0.0
    last_call: tuple[str, str] = ("", "")
    repeats: int = 0

    @property
    def seconds_left(self) -> float:
        """Of the model's time."""
        return self.limits.model_seconds - self.seconds

    def spend(self, spent: Spent) -> None:
        """Count a step's tokens."""
        self.tokens += spent.input_tokens + spent.output_tokens

    def check_tokens(self) -> None:
        """Raises TooManyTokens when no further step may be taken."""
        if self.tokens >= self.limits.tokens:
            raise TooManyTokens

    def check_call(self, call: Call) -> None:
        """Raises RepeatedCalls."""
        same = (call.tool, call.args)
        self.repeats = self.repeats + 1 if same == self.last_call else 1
        self.last_call = same
        if self.repeats >= REPEATS:
            raise RepeatedCalls(f"The assistant called {call.tool} {REPEATS} times the same way.")
