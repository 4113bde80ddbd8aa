"""The history of a notebook as one page that plays by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from anode_jlab.documents.replaying import stops
from anode_jlab.ids import Seq
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]

FILM = re.compile(r'<script type="application/json" id="film">(.*?)</script>', re.DOTALL)


def film_in(page: str) -> dict[str, Any]:
    """The film that a page plays."""
    found = FILM.search(page)
    assert found is not None
    film: dict[str, Any] = json.loads(found[1])
    return film


def sources(film: dict[str, Any], frame: dict[str, Any]) -> list[str] | None:
    cells = frame["cells"]
    return None if cells is None else [film["cells"][place][1] for place in cells]


async def test_the_page_holds_the_moments_each_cell_once(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one", "</script><b>two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook, autosave=False) as client:
        last = 0
        for letter in "abc":
            client.append(0, letter)
            last = await client.acked()
        page = (await address.get(f"notebooks/{notebook}/replay"))["page"]
        film = film_in(page)
        assert film["name"] == "a.ipynb"
        told = [sources(film, frame) for frame in film["frames"]]
        assert told == [["one" + "abc"[:n], "</script><b>two"] for n in range(4)]
        assert len(film["cells"]) == 5
        assert film["frames"][-1]["actor"]

        # Nothing of it comes from elsewhere.
        outside = page.replace(FILM.search(page)[1], "")  # type: ignore[index]
        assert "default-src 'none'" in outside
        assert not re.search(r"https?:|src=\"|href=", outside)

        # What was purged is not in it.
        await address.post(f"notebooks/{notebook}/purge", {"from": 2, "to": last - 1}, 202)
        film = film_in((await address.get(f"notebooks/{notebook}/replay"))["page"])
        assert "oneab" not in [text for _, text, *_ in film["cells"]]
        assert [sources(film, frame) for frame in film["frames"]][-1] == [
            "oneabc",
            "</script><b>two",
        ]
        assert None in [sources(film, frame) for frame in film["frames"]]


async def test_a_text_file_has_none(address: ServerAddress, jp_root_dir: Path) -> None:
    (jp_root_dir / "a.txt").write_text("text")
    text = await address.post("files", {"path": "a.txt"})
    refused = await address.get(f"notebooks/{text['id']}/replay", 400)
    assert refused["code"] == "bad_request"


def test_long_histories_have_as_many_frames_as_there_is_room_for() -> None:
    ends = [Seq(seq) for seq in range(5, 100_000, 90)]
    chosen = stops(Seq(5), Seq(100_000), ends, 200)
    assert len(chosen) <= 200
    assert chosen == sorted(set(chosen))
    assert (chosen[0], chosen[-1]) == (5, 100_000)
    gaps = [later - earlier for earlier, later in pairwise(chosen)]
    assert max(gaps) < 100_000 / 50
    assert stops(Seq(3), Seq(3), [Seq(3)], 200) == [3]
