"""Numbers for operators, on the server's own ``/metrics``: what the rooms do, and what waits.

Labels are bounded: no notebook, path or person is ever one.
"""

from __future__ import annotations

import shutil
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from anode_jlab.services import Services

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds; a change shall be acknowledged within 0.05 s, and nearly always within 0.25 s."""

EVENTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class Histogram:
    """Counts values by upper bounds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, help_text: str) -> Metric:
        """As Prometheus wants it: each bucket counts what is below its bound."""
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        buckets = list(zip(names, map(float, accumulate(self._counts)), strict=True))
        return HistogramMetricFamily(name, help_text, buckets=buckets, sum_value=self._sum)


class RoomMeter:
    """Satisfies ``rooms.meter.Meter`` for all rooms of a server."""

    def __init__(self) -> None:
        self.waiting = 0
        self.commit_events = Histogram(EVENTS)
        self.commit_seconds = Histogram(SECONDS)
        self.ack_seconds = Histogram(SECONDS)
        self.rejections: Counter[str] = Counter()
        self.lags = 0

    def queued(self, entries: int) -> None:
        self.waiting += entries

    def committed(self, events: int, seconds: float) -> None:
        self.commit_events.add(events)
        self.commit_seconds.add(seconds)

    def acked(self, seconds: float) -> None:
        self.ack_seconds.add(seconds)

    def rejected(self, code: str) -> None:
        self.rejections[code] += 1

    def lagged(self) -> None:
        self.lags += 1


class ServerMetrics(Collector):
    """Read by the server whenever somebody asks for ``/metrics``."""

    def __init__(self, services: Services, meter: RoomMeter) -> None:
        self._services = services
        self._meter = meter
        self._store_dir = Path(services.config.store_dir)

    def publish(self) -> None:
        """From here on ``/metrics`` tells of this server."""
        REGISTRY.register(self)

    def withdraw(self) -> None:
        """The server ends."""
        with suppress(KeyError):
            REGISTRY.unregister(self)

    def describe(self) -> Iterable[Metric]:
        """Nothing: several servers may live in one process, as they do in tests."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._gauges()
        meter = self._meter
        yield meter.ack_seconds.family(
            "anode_ack_seconds", "From the arrival of a change to its acknowledgement."
        )
        yield meter.commit_seconds.family(
            "anode_commit_seconds", "How long one commit to the event log took, retries included."
        )
        yield meter.commit_events.family("anode_commit_events", "Events in one commit.")
        rejected = CounterMetricFamily(
            "anode_frames_rejected", "Frames for which a connection was closed.", labels=["code"]
        )
        for code, times in sorted(meter.rejections.items()):
            rejected.add_metric([code], times)
        yield rejected
        yield CounterMetricFamily(
            "anode_connections_lagged",
            "How often a connection was too slow and got one difference instead of each change.",
            value=meter.lags,
        )

    def _gauges(self) -> Iterator[Metric]:
        rooms = self._services.rooms
        ids = rooms.open_ids
        peers = sum(len(room.peers) for id_ in ids if (room := rooms.get(id_)) is not None)
        size = sum(self._size_of(id_) for id_ in ids)
        gauges: dict[str, tuple[str, float]] = {
            "anode_rooms": ("Notebooks that are open.", len(ids)),
            "anode_peers": ("Connections to them.", peers),
            "anode_changes_waiting": ("Changes on their way to the log.", self._meter.waiting),
            "anode_notebooks_running": (
                "Notebooks with a run in the kernel or waiting for it.",
                len(self._services.executions.busy()),
            ),
            "anode_store_open_bytes": ("Size of the event logs that are open.", size),
            "anode_store_free_bytes": ("Free on the disk of the event logs.", self._free()),
        }
        for name, (help_text, value) in gauges.items():
            yield GaugeMetricFamily(name, help_text, value=value)

    def _size_of(self, notebook: str) -> int:
        folder = self._store_dir / notebook[:2] / notebook
        try:
            return sum(file.stat().st_size for file in folder.glob("log.db*"))
        except OSError:
            return 0

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._store_dir).free
        except OSError:
            return 0
