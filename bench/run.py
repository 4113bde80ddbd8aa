"""One run of everything: each measure, round by round, on all contenders in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from bench.browser import seconds_to_open, seconds_to_result
from bench.cached import kept
from bench.contenders import Contender, Plain
from bench.core import core
from bench.disk import bytes_per_1000
from bench.flood import rise
from bench.hostile import worst_beside
from bench.leftovers import left_after
from bench.machine import Usage, fdatasync_p50, load
from bench.moving import Walk, walk
from bench.opening import open_thrice
from bench.plan import Plan
from bench.results import Results, Sample
from bench.running import beside_flood, cells_of, loop_cells, runs, sources_of
from bench.stats import percentile
from bench.storm import storm
from bench.targets import LOOP, OURS, PLAIN
from bench.typing_load import Scene, play

Figures = Mapping[str, float]
"""Measure -> value, as one visit to one contender gives them."""

KEPT_CELLS = 200
"""Of the notebook that the browser keeps."""

LATE_SECONDS = 0.02
"""A generator that is later than this with its keys was itself short of processor time."""


class Run:
    """Collects samples. ``place`` is a folder on the disk that is measured."""

    def __init__(
        self,
        plan: Plan,
        contenders: Sequence[Contender],
        place: Path,
        results: Results,
        runners: Sequence[Contender] = (),
    ) -> None:
        """``runners``: who runs cells beside the bare loop; the others are only typed in."""
        self._runners = runners
        self._plan = plan
        self._contenders = contenders
        self._with_documents = [found for found in contenders if found.has_document]
        self._place = place
        self._results = results

    async def everything(self, only: frozenset[str]) -> None:
        """All measures, or those named."""
        measures: Mapping[str, Callable[[], Awaitable[None]]] = {
            "couple": lambda: self._typing("couple", self._plan.couple),
            "hall": lambda: self._typing("hall", self._plan.hall),
            "many": lambda: self._typing("many", self._plan.many),
            "flood": self._flood,
            "opening": self._opening,
            "start": self._start,
            "left": self._left,
            "core": self._core,
            "hostile": self._hostile,
            "browser": self._browser,
            "runs": self._runs,
            "result": self._result,
            "kept": self._kept,
            "presence": self._presence,
            "storm": self._storm,
        }
        for name, measure in measures.items():
            if not only or name in only:
                await measure()

    async def _typing(self, name: str, scene: Scene) -> None:
        for number in range(self._plan.typing_rounds):
            self._results.fdatasync.append(fdatasync_p50(self._place))
            for contender in self._contenders:
                await self._visit(contender, lambda found: self._played(found, name, scene), number)

    async def _played(self, contender: Contender, name: str, scene: Scene) -> Figures:
        async with contender.server(self._folder(contender)) as server:
            played = await play(contender, server, scene, name)
        if played.lateness > LATE_SECONDS:
            self._note(
                f"{name}, {contender.name}: the generator was {played.lateness * 1000:.0f} ms late "
                "with 5 % of its keys: the machine was too busy."
            )
        acked = {f"{name} ack p95": percentile(played.acked, 95)} if played.acked else {}
        return {
            f"{name} p50": played.p50,
            f"{name} p95": played.p95,
            f"{name} p99": played.p99,
            **acked,
            f"{name} cpu": played.cpu_per_1000,
        }

    async def _flood(self) -> None:
        async def flooded(contender: Contender) -> Figures:
            async with contender.server(self._folder(contender)) as server:
                step = await rise(contender, server, "flood", self._plan.flood_seconds)
            return {"flood": step.per_second}

        await self._rounds(self._plan.flood_rounds, self._contenders, flooded)

    async def _opening(self) -> None:
        for cells in self._plan.opened_cells:

            async def opened(contender: Contender, cells: int = cells) -> Figures:
                took = await open_thrice(
                    contender, self._folder(contender), cells, self._plan.forget_seconds
                )
                return {
                    f"first {cells}": took.first,
                    f"warm {cells}": took.warm,
                    f"second {cells}": took.second,
                }

            await self._rounds(self._plan.opening_rounds, self._with_documents, opened)

    async def _start(self) -> None:
        async def started(contender: Contender) -> Figures:
            async with contender.server(self._folder(contender)) as server:
                return {"start": server.started_in}

        contenders: list[Contender] = [*self._with_documents, Plain()]
        await self._rounds(self._plan.start_rounds, contenders, started)

    async def _left(self) -> None:
        async def left(contender: Contender) -> Figures:
            found = await left_after(
                contender,
                self._folder(contender),
                self._plan.left_notebooks,
                self._plan.forget_seconds,
            )
            return {"left memory": found.memory, "left descriptors": found.descriptors}

        await self._rounds(1, self._with_documents, left)

    async def _hostile(self) -> None:
        async def disturbed(contender: Contender) -> Figures:
            async with contender.server(self._folder(contender)) as server:
                return {"hostile": await worst_beside(contender, server, "hostile")}

        await self._rounds(1, self._with_documents, disturbed)

    async def _core(self) -> None:
        async def found(contender: Contender) -> Figures:
            if contender.name == OURS:
                return await core(self._place / "core", self._plan.long_edits)
            place = self._folder(contender)
            return {"disk": await bytes_per_1000(contender, place, self._plan.kept_edits)}

        await self._rounds(1, self._with_documents, found)

    async def _runs(self) -> None:
        plan = self._plan
        sources = sources_of(plan.trivial_cells, plan.printed_lines, plan.flushed_lines)
        for number in range(plan.run_rounds):
            usage = Usage([])
            async with loop_cells(sources) as cells:
                figures = await runs(cells, plan.trivial_cells, plan.flushed_lines)
            usage.stop()
            self._keep(LOOP, figures, usage, number)
            for contender in self._runners:
                await self._visit(contender, lambda found: self._ran(found, sources), number)
        typed_in = [contender for contender in self._runners if contender.has_document]
        await self._rounds(1, typed_in, self._typed_beside)

    async def _ran(self, contender: Contender, sources: list[str]) -> Figures:
        async with (
            contender.server(self._folder(contender)) as server,
            cells_of(contender, server, sources) as cells,
        ):
            return await runs(cells, self._plan.trivial_cells, self._plan.flushed_lines)

    async def _typed_beside(self, contender: Contender) -> Figures:
        plan, place = self._plan, self._folder(contender)
        return await beside_flood(contender, place, plan.printed_bytes, plan.beside)

    async def _browser(self) -> None:
        for _ in range(self._plan.browser_rounds):
            for name in ("anode_jlab", "plain jupyter_server"):
                usage = Usage([])
                seconds = await seconds_to_open(
                    self._place / "browser", self._plan.browser_cells, ours=name == "anode_jlab"
                )
                if seconds is None:
                    self._note("No browser or no playwright: opening in the browser was left out.")
                    return
                usage.stop()
                self._keep(name, {"browser": seconds}, usage)

    async def _result(self) -> None:
        for number in range(self._plan.browser_rounds):
            for name in (OURS, PLAIN):
                usage = Usage([])
                took = await seconds_to_result(
                    self._place / "result", self._plan.shown_results, ours=name == OURS
                )
                if took is None:
                    self._note("No browser or no playwright: results in it were left out.")
                    return
                usage.stop()
                figures = {"result p50": percentile(took, 50), "result p95": percentile(took, 95)}
                self._keep(name, figures, usage, number)

    async def _kept(self) -> None:
        for _ in range(self._plan.browser_rounds):
            usage = Usage([])
            took = await kept(self._place / "kept", KEPT_CELLS, self._plan.offline_changes)
            if took is None:
                self._note("No browser or no playwright: kept notebooks were left out.")
                return
            usage.stop()
            figures = {"kept up": took.up, "kept down": took.down, "merge": took.merge}
            self._keep(OURS, {name: ms / 1000 for name, ms in figures.items()}, usage)

    async def _presence(self) -> None:
        for plan in self._plan.walks:
            name = f"presence {plan.people}"

            async def walked(contender: Contender, plan: Walk = plan, name: str = name) -> Figures:
                async with contender.server(self._folder(contender)) as server:
                    moved = await walk(contender, server, plan, name.replace(" ", "-"))
                return {
                    f"{name} p95": moved.p95,
                    f"{name} frames": moved.frames,
                    f"{name} bytes": moved.bytes,
                    f"{name} cpu": moved.cpu,
                }

            await self._rounds(self._plan.typing_rounds, self._contenders, walked)

    async def _storm(self) -> None:
        async def returned(contender: Contender) -> Figures:
            async with contender.server(self._folder(contender)) as server:
                took = await storm(contender, server, self._plan.storm_people, "storm")
            return {"storm p50": percentile(took, 50), "storm": max(took)}

        await self._rounds(self._plan.storm_rounds, self._with_documents, returned)

    async def _rounds(
        self,
        rounds: int,
        contenders: Sequence[Contender],
        measure: Callable[[Contender], Awaitable[Figures]],
    ) -> None:
        for number in range(rounds):
            for contender in contenders:
                await self._visit(contender, measure, number)

    async def _visit(
        self,
        contender: Contender,
        measure: Callable[[Contender], Awaitable[Figures]],
        number: int,
    ) -> None:
        usage = Usage([])
        try:
            figures = await measure(contender)
        except (ArithmeticError, LookupError, OSError, RuntimeError, TimeoutError) as error:
            # A contender that fails must not hide the figures of the others.
            self._results.failures.append(f"{contender.name}: {error!r}")
            print(f"  ! {contender.name} failed: {error!r}", flush=True)
            return
        usage.stop()
        self._keep(contender.name, figures, usage, number)

    def _keep(self, contender: str, figures: Figures, usage: Usage, number: int = 0) -> None:
        for measure, value in figures.items():
            sample = Sample(
                measure=measure,
                contender=contender,
                value=value,
                others=round(usage.others, 2),
                load=round(load(), 1),
                generator=round(usage.generator / usage.seconds, 2),
            )
            self._results.samples.append(sample)
        shown = "  ".join(f"{measure} {value:.4g}" for measure, value in figures.items())
        print(f"  {number + 1}. {contender:22} {shown}  (load {load():.1f})", flush=True)

    def _note(self, text: str) -> None:
        self._results.notes.append(text)
        print(f"  ! {text}", flush=True)

    def _folder(self, contender: Contender) -> Path:
        return self._place / contender.name.replace(" ", "-")
