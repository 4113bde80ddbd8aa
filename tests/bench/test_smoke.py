"""The bench still runs: one tiny round of everything that needs no other environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.contenders import Contender, Ours, Plain, Relay
from bench.plan import SMOKE
from bench.report import BEGIN, END, publish, report
from bench.results import Results, load, save
from bench.run import Run
from bench.targets import LOOP, OURS, PLAIN, RELAY, targets

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]


async def test_one_tiny_round(tmp_path: Path) -> None:
    results = Results(plan="smoke", date="", machine="", priority="", versions={})
    contenders: list[Contender] = [Relay(), Ours()]

    await Run(SMOKE, contenders, tmp_path, results).everything(frozenset({"couple"}))

    assert results.failures == []
    for contender in (OURS, RELAY):
        for measure in ("couple p50", "couple p95", "couple p99", "couple cpu"):
            assert results.value(measure, contender) is not None
    save(results, tmp_path / "results.json")
    assert load(tmp_path / "results.json") == results


async def test_openings_starts_and_what_is_left(tmp_path: Path) -> None:
    results = Results(plan="smoke", date="", machine="", priority="", versions={})
    only = frozenset({"opening", "start", "core"})

    await Run(SMOKE, [Ours()], tmp_path, results).everything(only)

    assert results.failures == []
    assert results.value("first 30", OURS) is not None
    for measure in ("guard", "long open", "long snapshot", "long crashed", "disk"):
        assert results.value(measure, OURS) is not None
    assert results.value("start", PLAIN) is not None
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    publish(results, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert report(results) in text
    assert "old" not in text


async def test_runs_of_cells(tmp_path: Path) -> None:
    results = Results(plan="smoke", date="", machine="", priority="", versions={})
    runners: list[Contender] = [Ours(), Plain()]

    await Run(SMOKE, [], tmp_path, results, runners).everything(frozenset({"runs"}))

    assert results.failures == []
    for contender in (OURS, PLAIN, LOOP):
        for measure in ("one by one", "batch", "printed", "flushed"):
            assert results.value(measure, contender) is not None
        assert results.value("flushed lost", contender) == 0
    for measure in ("typing idle", "typing beside", "flood memory"):
        assert results.value(measure, OURS) is not None
    assert len(targets(results)) == 6
    assert "| 5000 flushed lines |" in report(results)


async def test_carets_and_a_restart(tmp_path: Path) -> None:
    results = Results(plan="smoke", date="", machine="", priority="", versions={})
    only = frozenset({"presence", "storm"})

    await Run(SMOKE, [Relay(), Ours()], tmp_path, results).everything(only)

    assert results.failures == []
    for contender in (OURS, RELAY):
        for measure in ("p95", "frames", "bytes", "cpu"):
            assert results.value(f"presence 3 {measure}", contender) is not None
    assert results.value("storm", OURS) is not None
    assert len(targets(results)) == 1
