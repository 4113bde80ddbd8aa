"""Streams that become long while they are written: in the document, in JupyterLab's view of it, in
the store, and as the one text of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from anode_jlab.artifacts.keeper import Keeper
from anode_jlab.artifacts.memory import MemoryArtifacts
from anode_jlab.documents.large_outputs import Limits
from anode_jlab.documents.long_text import long_text_in, parts_of
from anode_jlab.errors import StoreUnavailable
from anode_jlab.events.artifacts import ArtifactStored
from anode_jlab.execution import long_stream, streams
from anode_jlab.execution.collector import Collector
from anode_jlab.execution.streams import Folded, StreamText
from anode_jlab.ids import NotebookId, Sha256
from tests.documents.test_run_outputs import Bench, shown

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

ONE = NotebookId("11111111-1111-4111-8111-111111111111")
LIMITS = Limits()


class Full(MemoryArtifacts):
    """A disk without room."""

    full = True

    async def put(self, notebook: NotebookId, data: bytes) -> Sha256:
        if self.full:
            raise StoreUnavailable("No room.")
        return await super().put(notebook, data)


class Flood:
    """A bench whose pieces are kept before each write."""

    def __init__(self, store: MemoryArtifacts | None = None) -> None:
        self.bench = Bench()
        self.keeper = Keeper(store or MemoryArtifacts(), LIMITS)
        self.printed = ""

    @property
    def collector(self) -> Collector:
        return self.bench.collector

    def print(self, text: str) -> None:
        self.printed += text
        self.bench.print(text)

    async def keep(self) -> None:
        """Keep what waits, as long as there is room."""
        while unkept := self.collector.unkept:
            for long, waiting in unkept:
                piece = await self.keeper.keep_text(ONE, waiting.text)
                if piece is None:
                    long.is_refused = True
                    return
                self.collector.kept_piece(long, waiting, piece)

    async def flush(self) -> list[dict[str, Any]]:
        """Write, and what the cell has then; JupyterLab shows the same."""
        await self.keep()
        self.bench.flush()
        outputs = self.bench.document.to_notebook()["cells"][0]["outputs"]
        assert [shown(one) for one in outputs] == self.bench.view.outputs()
        return list(outputs)

    async def settle(self) -> list[dict[str, Any]]:
        """Write until there is nothing more to be written."""
        outputs = await self.flush()
        for _ in range(100):
            if not self.collector.dirty:
                return outputs
            outputs = await self.flush()
        raise AssertionError("it is never written")

    async def finish(self) -> list[dict[str, Any]]:
        self.collector.finish()
        return await self.flush()

    async def file(self) -> list[dict[str, Any]]:
        """The outputs of the cell as the file has them."""
        nb = self.bench.document.to_notebook()
        whole = await self.keeper.of(ONE).inlined(nb)
        outputs = list(whole["cells"][0]["outputs"])
        assert await self.keeper.of(ONE).referred(whole) == nb, "and back"
        return outputs


@pytest.fixture
def flood() -> Iterator[Flood]:
    made = Flood()
    yield made
    made.bench.document.close()


def lines(count: int, start: int = 0) -> str:
    return "".join(f"line {number}\n" for number in range(start, start + count))


async def test_short_streams_stay_one_output(flood: Flood) -> None:
    flood.print(lines(5000))
    assert len(await flood.finish()) == 1
    assert flood.collector.events()[-1].representations[0].size == len(flood.printed)  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", [1000, 10_000, 300_000])
async def test_a_long_stream(flood: Flood, step: int) -> None:
    for start in range(0, 300_000, step):
        flood.print(lines(step, start))
        if start < 12_000 or step > 1000:
            await flood.flush()
    assert len(await flood.settle()) == 3
    head, reference, tail = await flood.finish()
    long = long_text_in(reference)
    assert long is not None
    assert (long.size, long.lines, long.lost) == (len(flood.printed), 300_000, 0)
    assert [head, reference, tail] == list(
        parts_of({**head, "text": flood.printed}, LIMITS.stream_characters, long.pieces)
    )
    assert await flood.file() == [{**head, "text": flood.printed}]
    assert len(flood.bench.document.encode()) < 80_000
    stored = [one for one in flood.collector.events() if isinstance(one, ArtifactStored)]
    assert {piece.sha256 for piece in long.pieces} <= {one.sha256 for one in stored}


async def test_what_is_shown_while_more_comes(flood: Flood) -> None:
    """Everything is somewhere: inline, referred to, or at the end that is shown."""
    flood.print(lines(9000))
    await flood.settle()
    for start in range(9000, 20_000, 100):  # calmly
        flood.print(lines(100, start))
        outputs = await flood.flush()
        assert outputs[-1]["text"].endswith(f"line {start + 99}\n")
        assert len(outputs[-1]["text"]) < 3 * long_stream.LIVE_CHARACTERS
    before = len(flood.bench.document.encode())
    for start in range(20_000, 200_000, 1000):  # as fast as it can
        flood.print(lines(1000, start))
        await flood.flush()
    await flood.settle()
    assert flood.bench.view.outputs()[-1].endswith("line 199999\n"), "in the end the end is shown"
    assert len(flood.bench.document.encode()) < before + 20_000


async def test_progress_bars_in_a_long_stream(flood: Flood) -> None:
    flood.print(lines(9000))
    for number in range(200):
        flood.print(f"\rdone {number}")
    flood.printed = lines(9000) + "done 199"
    await flood.finish()
    assert [one["text"] for one in await flood.file()] == [flood.printed]


async def test_outputs_behind_it_and_a_thread_that_goes_on(flood: Flood) -> None:
    flood.print(lines(9000))
    await flood.flush()
    flood.bench.show("plot")
    flood.print(lines(9000))
    outputs = await flood.finish()
    assert len(outputs) == 7
    flood.bench.print("late\n")
    await flood.finish()
    whole = await flood.file()
    assert [one.get("text") for one in whole] == [lines(9000), None, lines(9000) + "late\n"]


async def test_cleared_while_it_pours(flood: Flood) -> None:
    """What comes after is written anew, however much it is."""
    flood.print(lines(30_000))
    await flood.settle()
    flood.bench.clear()
    flood.print("this finds out\n")
    await flood.flush()
    flood.print(lines(30_000, 50_000))
    await flood.finish()
    assert [one["text"] for one in await flood.file()] == [lines(30_000, 50_000)]


async def test_a_moved_cell_keeps_it(flood: Flood) -> None:
    flood.print(lines(30_000))
    await flood.settle()
    flood.bench.move()
    flood.print("and more\n")
    flood.collector.finish()
    await flood.keep()
    flood.bench.flush()
    nb = await flood.keeper.of(ONE).inlined(flood.bench.document.to_notebook())
    (output,) = nb["cells"][flood.bench.index()]["outputs"]
    assert output["text"] == flood.printed


async def test_without_room_it_stays_in_the_document() -> None:
    store = Full()
    flood = Flood(store)
    flood.print(lines(20_000))
    head, reference, tail = await flood.finish()
    long = long_text_in(reference)
    assert long is not None
    assert (long.pieces, long.lost) == ((), 0)
    assert tail["text"] == flood.printed
    whole = await flood.keeper.of(ONE).inlined(flood.bench.document.to_notebook())
    assert whole["cells"][0]["outputs"] == [head | {"text": flood.printed}]
    flood.bench.document.close()


async def test_more_than_can_be_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_stream, "WAITING_CHARACTERS", 100_000)
    monkeypatch.setattr(long_stream, "RESCUED_CHARACTERS", 50_000)
    flood = Flood(Full())
    flood.print(lines(10_000))
    await flood.keep()
    flood.print(lines(20_000))
    _, reference, tail = await flood.finish()
    assert "could not be kept" in reference["data"]["text/plain"]
    assert tail["text"]
    flood.bench.document.close()


async def test_all_of_one_large_message_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_stream, "WAITING_CHARACTERS", 100_000)
    flood = Flood()
    flood.print(lines(50_000))
    head, reference, _ = await flood.finish()
    long = long_text_in(reference)
    assert long is not None
    assert long.lost == 0
    whole = await flood.keeper.of(ONE).inlined(flood.bench.document.to_notebook())
    assert whole["cells"][0]["outputs"] == [head | {"text": flood.printed}]
    flood.bench.document.close()


def test_a_flood_is_not_folded_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "FOLDED_CHARACTERS", 10_000)
    folded = Folded()
    for _ in range(10):
        folded.feed("\rx" * 2000)
    assert folded.settled() == "x" + "\rx" * 15_000
    assert folded.live() == ""


def test_the_digest_is_of_all() -> None:
    text = StreamText()
    text.feed(lines(20_000))
    text.close()
    assert text.digest()[0] == len(lines(20_000))
