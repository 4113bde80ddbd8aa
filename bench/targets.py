"""What we want to reach, as comparisons inside one run: figures of different runs mean nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bench.results import Results

OURS, THEIRS, RELAY, PLAIN = (
    "anode_jlab",
    "jupyter-collaboration",
    "bare relay",
    "plain jupyter_server",
)
LOOP, NBMODEL, DOCUMENTS = (
    "bare jupyter_client",
    "jupyter-server-nbmodel",
    "jupyter-server-documents",
)

START_SECONDS = 0.3

KEPT_SECONDS = 1.0
"""Of opening a notebook of 200 cells that the browser keeps."""

STORM_SECONDS = 10.0
"""Until 200 people are in sync with a server that was started again."""

PRESENCE_CORES = 0.05
"""For 50 people who move their carets."""

GUARD_SECONDS = 10e-6

LEFT_BYTES = 2 << 20

FLOOD_BYTES = 150 << 20
"""What a server may hold more while a cell prints 100 MB."""

RESULT_SECONDS = 0.02
"""So much later than in plain JupyterLab may a result be seen: about one frame."""

LONG_SECONDS = 0.02
"""Below this nobody notices, however small the notebook is."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """``wanted`` in words, ``found`` as measured, and whether it is reached."""

    wanted: str
    found: str
    reached: bool


def targets(results: Results) -> list[Target]:
    """Every target whose figures were measured in this run."""
    found = [
        _couple(results),
        _at_most(results, "hall p95", RELAY, 1.3, "100 people in one notebook, p95"),
        _at_most(results, "many p99", THEIRS, 1 / 3, "50 notebooks, two people each, p99"),
        _at_least(results, "flood", THEIRS, 10, "updates per second"),
        _at_most(results, "couple cpu", THEIRS, 1 / 5, "processor time per 1000 keys"),
        *(
            _at_most(results, f"{which} {cells}", THEIRS, 1 / times, f"{which} opening of {cells}")
            for which, times in (("first", 3), ("second", 8))
            for cells in (3000,)
        ),
        _start(results),
        _below(results, "many ack p95", 0.05, "50 notebooks, two people each, acknowledged, p95"),
        _below(results, "hostile", 0.2, "others, while somebody sends frames of 100 MB"),
        _guard(results),
        _long(results),
        _at_most(results, "disk", THEIRS, 1.0, "disk per 1000 keystrokes"),
        _left(results),
        _at_most(results, "browser", PLAIN, 1.0, "opening in the browser"),
        _at_most(results, "batch", LOOP, 1.3, "100 trivial cells as one batch"),
        _at_most(results, "one by one", LOOP, 1.5, "100 trivial cells one by one"),
        _at_most(results, "flushed", PLAIN, 1.5, "5000 flushed lines"),
        _result(results),
        _nothing_lost(results),
        _beside_flood(results),
        _flood_memory(results),
        _presence(results),
        _below(results, "storm", STORM_SECONDS, "200 people after a restart, all in sync"),
        _below(results, "kept up", KEPT_SECONDS, "200 cells that the browser keeps, seen"),
        _below(results, "kept down", KEPT_SECONDS, "the same while the server is away"),
    ]
    return [target for target in found if target is not None]


def _couple(results: Results) -> Target | None:
    ours, relay = results.value("couple p50", OURS), results.value("couple p50", RELAY)
    if ours is None or relay is None:
        return None
    limit = relay + 2 * results.fdatasync_p50 + 0.001
    return Target(
        wanted="two people, p50: at most the relay's + 2 x fdatasync + 1 ms",
        found=f"{ours * 1000:.2f} ms, limit {limit * 1000:.2f} ms",
        reached=ours <= limit,
    )


def _start(results: Results) -> Target | None:
    ours, plain = results.value("start", OURS), results.value("start", PLAIN)
    if ours is None or plain is None:
        return None
    return Target(
        wanted=f"start of the server: less than {START_SECONDS} s more than plain jupyter_server",
        found=f"{ours - plain:+.2f} s",
        reached=ours - plain < START_SECONDS,
    )


def _result(results: Results) -> Target | None:
    ours, plain = results.value("result p50", OURS), results.value("result p50", PLAIN)
    if ours is None or plain is None:
        return None
    return Target(
        wanted="a cell's first result in the browser: at most 20 ms later than in plain JupyterLab",
        found=f"{(ours - plain) * 1000:+.1f} ms",
        reached=ours - plain <= RESULT_SECONDS,
    )


def _guard(results: Results) -> Target | None:
    took = results.value("guard", OURS)
    if took is None:
        return None
    return Target(
        wanted=f"the gate's look at one keystroke: at most {GUARD_SECONDS * 1e6:.0f} µs",
        found=f"{took * 1e6:.1f} µs",
        reached=took <= GUARD_SECONDS,
    )


def _presence(results: Results) -> Target | None:
    used = results.value("presence 50 cpu", OURS)
    if used is None:
        return None
    return Target(
        wanted=f"carets of 50 people: at most {PRESENCE_CORES * 100:.0f} % of a core",
        found=f"{used * 100:.1f} %",
        reached=used <= PRESENCE_CORES,
    )


def _long(results: Results) -> Target | None:
    ours, alone = results.value("long open", OURS), results.value("long snapshot", OURS)
    if ours is None or not alone:
        return None
    return Target(
        wanted="opening 100,000 keystrokes: at most 2 x applying the snapshot, or 20 ms",
        found=f"{ours * 1000:.1f} ms, {_times(ours / alone)}",
        reached=ours <= max(2 * alone, LONG_SECONDS),
    )


def _left(results: Results) -> Target | None:
    memory = results.value("left memory", OURS)
    descriptors = results.value("left descriptors", OURS)
    if memory is None or descriptors is None:
        return None
    return Target(
        wanted="20 notebooks, three times: no descriptor and less than 2 MiB left",
        found=f"{descriptors:.0f}, {memory / (1 << 20):.1f} MiB",
        reached=descriptors <= 0 and memory < LEFT_BYTES,
    )


def _below(results: Results, measure: str, limit: float, what: str) -> Target | None:
    ours = results.value(measure, OURS)
    if ours is None:
        return None
    return Target(
        wanted=f"{what}: at most {limit * 1000:.0f} ms",
        found=f"{ours * 1000:.1f} ms",
        reached=ours <= limit,
    )


def _nothing_lost(results: Results) -> Target | None:
    lost = results.values("flushed lost", OURS)
    if not lost:
        return None
    return Target(
        wanted="5000 flushed lines: none is lost",
        found=f"{max(lost):.0f} lost",
        reached=max(lost) == 0,
    )


def _beside_flood(results: Results) -> Target | None:
    beside, idle = results.value("typing beside", OURS), results.value("typing idle", OURS)
    if beside is None or not idle:
        return None
    return Target(
        wanted="keystrokes of others beside a print of 100 MB, p95: at most 3 x those without",
        found=_times(beside / idle),
        reached=beside <= 3 * idle,
    )


def _flood_memory(results: Results) -> Target | None:
    more = results.value("flood memory", OURS)
    if more is None:
        return None
    return Target(
        wanted=f"memory for a print of 100 MB: at most {FLOOD_BYTES >> 20} MiB more",
        found=f"{more / (1 << 20):+.0f} MiB",
        reached=more <= FLOOD_BYTES,
    )


def _at_most(results: Results, measure: str, other: str, factor: float, what: str) -> Target | None:
    ours, theirs = results.value(measure, OURS), results.value(measure, other)
    if ours is None or not theirs:
        return None
    return Target(
        wanted=f"{what}: at most {_times(factor)} that of {_the(other)}",
        found=_times(ours / theirs),
        reached=ours <= theirs * factor,
    )


def _at_least(
    results: Results, measure: str, other: str, factor: float, what: str
) -> Target | None:
    ours, theirs = results.value(measure, OURS), results.value(measure, other)
    if ours is None or not theirs:
        return None
    return Target(
        wanted=f"{what}: at least {_times(factor)} those of {_the(other)}",
        found=_times(ours / theirs),
        reached=ours >= theirs * factor,
    )


def _the(contender: str) -> str:
    return f"the {contender}" if contender in (RELAY, LOOP) else contender


def _times(factor: float) -> str:
    return f"1/{1 / factor:.3g}" if 0 < factor < 1 else f"{factor:.3g} x"
