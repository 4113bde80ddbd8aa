"""What was measured: samples by measure and contender, with how disturbed the machine was."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.stats import median


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one contender in one round.

    ``others`` is how many processors everybody else on the machine used meanwhile, ``load`` the
    load average at the end, ``generator`` the share of one processor that the generator used.
    """

    measure: str
    contender: str
    value: float
    others: float
    load: float
    generator: float = 0.0


class Results(msgspec.Struct, kw_only=True):
    """All samples of a run and what they depend on."""

    plan: str
    date: str
    machine: str
    priority: str
    versions: dict[str, str]
    fdatasync: list[float] = []
    """p50 in seconds, taken before each round of typing."""
    samples: list[Sample] = []
    notes: list[str] = []
    """What a reader of the figures should know about this run."""
    failures: list[str] = []

    def values(self, measure: str, contender: str) -> list[float]:
        """The figures of all rounds."""
        return [
            sample.value
            for sample in self.samples
            if sample.measure == measure and sample.contender == contender
        ]

    def value(self, measure: str, contender: str) -> float | None:
        """The median of all rounds; None when it was not measured."""
        values = self.values(measure, contender)
        return median(values) if values else None

    @property
    def fdatasync_p50(self) -> float:
        """The median over the run, in seconds."""
        return median(self.fdatasync)


def save(results: Results, path: Path) -> None:
    """Keep them as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def load(path: Path) -> Results:
    """What ``save`` kept."""
    return msgspec.json.decode(path.read_bytes(), type=Results)
