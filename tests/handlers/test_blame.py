"""Who wrote which line, as the route tells it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def blame(address: ServerAddress, notebook: str, cell: str) -> list[tuple[int, list[str]]]:
    """For each passage its lines, and what sort of authors it has."""
    found: dict[str, Any] = await address.get(f"notebooks/{notebook}/blame?cell={cell}")
    kinds = [author["kind"] for author in found["authors"]]
    return [
        (passage["lines"], [kinds[place] for place in passage["authors"]])
        for passage in found["lines"]
    ]


async def test_lines_keep_their_authors(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "one\ntwo\nthree", "other")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    assert await blame(address, notebook, "cell-0") == [(3, ["file"])]

    async with NativeClient(address, notebook, autosave=False) as client:
        client.append("cell-0", " more\nfour")
        written = await client.acked()
        ours = [(2, ["file"]), (1, ["human", "file"]), (1, ["human"])]
        assert await blame(address, notebook, "cell-0") == ours

        client.move_cell("cell-0", 1)
        await client.acked()
        assert await blame(address, notebook, "cell-0") == ours

        client.delete_cell("cell-0")
        await client.acked()
        gone = await address.get(f"notebooks/{notebook}/blame?cell=cell-0", 404)
        assert gone["code"] == "cell_not_found"
        await address.post(f"notebooks/{notebook}/restore", {"seq": written})
        await client.until(lambda: "cell-0" in client.cell_ids)
        assert await blame(address, notebook, "cell-0") == ours

        client.delete("cell-0", 0, len("one\ntwo\n"))
        await client.acked()
        await address.post(f"notebooks/{notebook}/restore", {"seq": written})
        assert await blame(address, notebook, "cell-0") == ours


async def test_what_is_asked_wrongly_is_refused(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("a.ipynb", "one")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    for query in ("", "?cell=cell-0&line=1"):
        refused = await address.get(f"notebooks/{notebook}/blame{query}", 400)
        assert refused["code"] == "bad_request"
    (jp_root_dir / "a.txt").write_text("text")
    text = await address.post("files", {"path": "a.txt"})
    refused = await address.get(f"notebooks/{text['id']}/blame?cell=a", 400)
    assert refused["code"] == "bad_request"
