"""The figures as Markdown, for the terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.results import Results
from bench.targets import DOCUMENTS, LOOP, NBMODEL, OURS, PLAIN, RELAY, THEIRS, targets

BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end: written by make bench -->"

COLUMNS = (OURS, THEIRS, RELAY, PLAIN)
RUN_COLUMNS = (OURS, PLAIN, NBMODEL, DOCUMENTS, LOOP)

Format = Callable[[float], str]

DISTURBED_PROCESSORS = 0.2
"""So much use by others is more than the machine's own background."""


def _milliseconds(value: float) -> str:
    shown = value * 1000
    return f"{shown:.1f} ms" if shown < 100 else f"{shown:.0f} ms"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _plain(value: float) -> str:
    return f"{value:.0f}"


def _microseconds(value: float) -> str:
    return f"{value * 1e6:.1f} µs"


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _kilobytes(value: float) -> str:
    return f"{value / 1024:.1f} KiB"


def _megabytes(value: float) -> str:
    return f"{value / (1 << 20):.1f} MiB"


Row = tuple[str, str, Format]

ROWS: tuple[Row, ...] = (
    ("couple p50", "keystroke to the other of two people, p50", _milliseconds),
    ("couple p95", "the same, p95", _milliseconds),
    ("hall p50", "100 people in one notebook, p50", _milliseconds),
    ("hall p95", "the same, p95", _milliseconds),
    (
        "many ack p95",
        "50 notebooks, two people each: keystroke to its acknowledgement, p95",
        _milliseconds,
    ),
    ("many p50", "50 notebooks, two people each, p50", _milliseconds),
    ("many p99", "the same, p99", _milliseconds),
    ("flood", "updates per second until p99 > 100 ms, one reader", _plain),
    ("couple cpu", "server's processor time per 1000 keys, two people", _seconds),
    ("hall cpu", "the same, 100 people in one notebook", _seconds),
    ("many cpu", "the same, 50 notebooks", _seconds),
    ("first 1000", "first opening of 1000 cells", _milliseconds),
    ("second 1000", "opening again after the server forgot it", _milliseconds),
    ("warm 1000", "opening beside somebody else", _milliseconds),
    ("first 3000", "first opening of 3000 cells", _milliseconds),
    ("second 3000", "opening again after the server forgot it", _milliseconds),
    ("warm 3000", "opening beside somebody else", _milliseconds),
    ("start", "start of the server", _seconds),
    ("left memory", "memory left after 20 notebooks, three times", _megabytes),
    ("left descriptors", "descriptors left after 20 notebooks, three times", _plain),
    ("hostile", "slowest keystroke while somebody sends frames of 100 MB", _milliseconds),
    ("guard", "the gate's look at one keystroke", _microseconds),
    ("long open", "opening 100,000 keystrokes, closed in order", _milliseconds),
    ("long snapshot", "of that, applying the snapshot alone", _milliseconds),
    (
        "long crashed",
        "the same after a crash, 1000 keystrokes after the last snapshot",
        _milliseconds,
    ),
    ("disk", "disk per 1000 keystrokes, packed", _kilobytes),
    ("browser", "3000 cells in the browser", _seconds),
    ("kept up", "200 cells that the browser keeps, until seen", _milliseconds),
    ("kept down", "the same while the server is away", _milliseconds),
    ("presence 50 p95", "50 people move their carets: until others see it, p95", _milliseconds),
    ("presence 50 frames", "frames to each of them per second", _plain),
    ("presence 50 bytes", "bytes to each of them per second", _kilobytes),
    ("presence 50 cpu", "the server's share of a core meanwhile", _percent),
    ("presence 200 p95", "200 people, as many moves in all, p95", _milliseconds),
    ("presence 200 frames", "frames to each of them per second", _plain),
    ("presence 200 bytes", "bytes to each of them per second", _kilobytes),
    ("presence 200 cpu", "the server's share of a core meanwhile", _percent),
    ("storm p50", "200 people come back after a restart: half of them in sync", _seconds),
    ("storm", "the same, all of them", _seconds),
    ("merge", "10,000 changes made meanwhile, until the server has them", _seconds),
)

RUN_ROWS: tuple[Row, ...] = (
    ("one by one", "100 trivial cells one by one", _milliseconds),
    ("batch", "100 trivial cells as one batch", _milliseconds),
    ("result p50", "Shift-Enter in the browser until the first line is seen, p50", _milliseconds),
    ("result p95", "the same, p95", _milliseconds),
    ("printed", "100,000 printed lines", _seconds),
    ("flushed", "5000 flushed lines", _seconds),
    ("flushed lost", "of these, lines that were lost", _plain),
    ("typing idle", "keystroke to the other of two people, p95", _milliseconds),
    ("typing beside", "the same while a cell of the notebook prints 100 MB", _milliseconds),
    ("flood memory", "memory of the server then, beyond before", _megabytes),
)


def report(results: Results) -> str:
    """All of it."""
    parts = [
        _conditions(results),
        _table(results, ROWS, COLUMNS),
        _table(results, RUN_ROWS, RUN_COLUMNS),
        _verdicts(results),
    ]
    if results.notes:
        parts.append("\n".join(["Notes of the run:", "", *_bullets(results.notes)]))
    if results.failures:
        parts.append("\n".join(["Failed:", "", *_bullets(results.failures)]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _conditions(results: Results) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    lines = [
        f"{results.plan} run, {results.date}, {results.machine}; {versions}; {results.priority}.",
        f"fdatasync of 4 KiB on the disk of the servers: p50 {_disk(results)}.",
        _load(results),
    ]
    return "\n".join(lines)


def _disk(results: Results) -> str:
    if not results.fdatasync:
        return "not measured"
    low, high = min(results.fdatasync), max(results.fdatasync)
    middle = results.fdatasync_p50
    return f"{middle * 1000:.2f} ms ({low * 1000:.2f} to {high * 1000:.2f} during the run)"


def _load(results: Results) -> str:
    if not results.samples:
        return ""
    loads = [sample.load for sample in results.samples]
    others = [sample.others for sample in results.samples]
    text = f"Load average {min(loads):.1f} to {max(loads):.1f}."
    if max(others) > DISTURBED_PROCESSORS:
        text += (
            f" The servers under test and everybody else used {min(others):.1f} to "
            f"{max(others):.1f} processors beside the generator."
        )
    return text


def _table(results: Results, rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The rows of which anything was measured; nothing when there are none."""
    shown = [
        (measure, title, form)
        for measure, title, form in rows
        if any(results.values(measure, column) for column in columns)
    ]
    if not shown:
        return ""
    lines = [f"| | {' | '.join(columns)} | rounds |", "|---|" + "---:|" * (len(columns) + 1)]
    for measure, title, form in shown:
        rounds = max(len(results.values(measure, column)) for column in columns)
        cells = [
            _cell(results.values(measure, c), results.value(measure, c), form) for c in columns
        ]
        lines.append(f"| {title} | {' | '.join(cells)} | {rounds} |")
    return "\n".join(lines)


def _cell(values: Iterable[float], middle: float | None, form: Format) -> str:
    """The median, and the range when there are several rounds."""
    ordered = sorted(values)
    if middle is None:
        return ""
    if len(ordered) == 1:
        return form(middle)
    return f"{form(middle)} ({form(ordered[0])} – {form(ordered[-1])})"


def _verdicts(results: Results) -> str:
    found = targets(results)
    if not found:
        return ""
    lines = ["| target | measured | |", "|---|---:|---|"]
    lines += [
        f"| {target.wanted} | {target.found} | {'reached' if target.reached else 'missed'} |"
        for target in found
    ]
    return "\n".join(lines)


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in dict.fromkeys(texts)]


def publish(results: Results, page: Path) -> None:
    """Put the figures between the marks of a documentation page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{report(results)}\n{END}{after}", encoding="utf-8")
