"""Who was at work when, as the route tells it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def timeline(address: ServerAddress, notebook: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = await address.get(f"notebooks/{notebook}/timeline{query}")
    return found


async def test_a_day_in_stretches_of_work(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one", "two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    only = await timeline(address, notebook)
    assert [one["kind"] for one in only["stretches"]] == ["begun"]
    assert only["stretches"][0]["created"] == 2

    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(0, " more")
        then = await client.acked()
        client.add_cell(2, "third", "x")
        client.delete_cell(1)
        await client.acked()
        await address.post(f"notebooks/{notebook}/restore", {"seq": then})
        write_notebook("a.ipynb", "from git", "two")
        await address.post(f"notebooks/{notebook}/export", {})
        await client.until(lambda: any("from git" in source for source in client.sources))
        await client.acked()

    found = await timeline(address, notebook)
    assert [one["kind"] for one in found["stretches"]] == ["file", "restored", "work", "begun"]
    file, restored, work, _ = found["stretches"]
    assert file["actor"]["kind"] == "file"
    assert restored["upto"] == then
    assert (work["inserted"], work["created"], work["removed"]) == (5, 1, 1)
    assert set(work["cells"]) == {"cell-0", "cell-1", "third"}
    assert work["actor"]["kind"] == "human"
    assert work["start"].endswith("Z")
    assert (found["more"], found["unknown"]) == (False, 0)
    assert work["actor"] in found["people"]

    newest = await timeline(address, notebook, "?limit=2")
    assert (newest["stretches"], newest["more"]) == ([file, restored], True)
    earlier = await timeline(address, notebook, f"?before={restored['first']}")
    assert [one["kind"] for one in earlier["stretches"]] == ["work", "begun"]
    by_cell = await timeline(address, notebook, "?cell=third")
    assert [one["kind"] for one in by_cell["stretches"]] == ["restored", "work"]
    person = f"human:{work['actor']['id']}"
    by_person = await timeline(address, notebook, f"?person={person}&limit=1")
    assert (by_person["stretches"], by_person["more"]) == ([work], False)


async def test_a_purge_is_part_of_the_timeline(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook) as client:
        client.append(0, " secret")
        await client.acked()
    await address.post(f"notebooks/{notebook}/purge", {"from": 2, "to": 3}, 202)
    purged, *_ = (await timeline(address, notebook))["stretches"]
    assert (purged["kind"], purged["since"], purged["upto"]) == ("purged", 2, 3)


async def test_what_is_asked_wrongly_is_refused(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    for query in ("?limit=0", "?before=-1", "?limit=2000", "?who=ada"):
        refused = await address.get(f"notebooks/{notebook}/timeline{query}", 400)
        assert refused["code"] == "bad_request"
    gone = await address.get(f"notebooks/{'0' * 32}/timeline", 404)
    assert gone["code"] == "notebook_not_found"
