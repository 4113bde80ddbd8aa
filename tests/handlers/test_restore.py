"""Cells and whole moments brought back, beside what others type meanwhile; and deleted cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def restored_at(address: ServerAddress, notebook: str) -> int:
    """The seq of the last restore."""
    events = await address.get(f"notebooks/{notebook}/events?name=Restored")
    return int(events[-1]["seq"])


async def test_a_cell_comes_back_alone_and_is_taken_back(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one", "two", "three")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    route = f"notebooks/{notebook}"
    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(0, " more")
        then = await client.acked()
        client.append(0, " and more")
        client.append(2, " changed")
        client.delete_cell(1)
        await client.acked()
        assert client.sources == ["one more and more", "three changed"]

        # A cell that is there, and one that is not: it comes to its place.
        await address.post(f"{route}/restore", {"seq": then, "cells": ["cell-0", "cell-1"]})
        await client.until(lambda: client.sources == ["one more", "two", "three changed"])
        assert client.cell_ids == ["cell-0", "cell-1", "cell-2"]

        # One undo takes it back, and what was typed since stays.
        client.append(2, "!")
        await client.acked()
        seq = await restored_at(address, notebook)
        await address.post(f"{route}/undo", {"seq": seq})
        await client.until(lambda: client.sources == ["one more and more", "three changed!"])

        # A restore that changed nothing has nothing to be taken back.
        now = await client.acked()
        await address.post(f"{route}/restore", {"seq": now})
        seq = await restored_at(address, notebook)
        await address.post(f"{route}/undo", {"seq": seq})
        assert client.sources == ["one more and more", "three changed!"]


async def test_typing_that_the_person_did_not_see_stays(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one", "two")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(0, " more")
        then = await client.acked()
        client.append(0, " wrong")
        seen = await client.acked()
        client.append(1, " by somebody else")
        client.add_cell(2, "new", "by somebody else, too")
        await client.acked()
        await address.post(f"notebooks/{notebook}/restore", {"seq": then, "seen": seen})
        await client.until(
            lambda: client.sources == ["one more", "two by somebody else", "by somebody else, too"]
        )


async def test_what_cannot_come_back_is_refused(
    address: ServerAddress, write_notebook: Write, jp_root_dir: Path
) -> None:
    write_notebook("a.ipynb", "one")
    place = await address.post("notebooks", {"path": "a.ipynb"})
    route = f"notebooks/{place['id']}/restore"
    for body, status, code in (
        ({"seq": place["seq"], "cells": ["never"]}, 404, "seq_not_found"),
        ({"seq": place["seq"], "cells": []}, 400, "bad_request"),
        ({"seq": place["seq"], "seen": 10_000}, 404, "seq_not_found"),
    ):
        refused = await address.post(route, body, status)
        assert refused["code"] == code
    (jp_root_dir / "a.txt").write_text("text")
    text = await address.post("files", {"path": "a.txt"})
    body = {"seq": text["seq"], "cells": ["a"]}
    refused = await address.post(f"notebooks/{text['id']}/restore", body, 400)
    assert refused["code"] == "bad_request"


async def deleted(address: ServerAddress, notebook: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = await address.get(f"notebooks/{notebook}/deleted{query}")
    return found


async def test_deleted_cells_are_listed_with_what_they_held(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "one", "two", "three", "four")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    assert await deleted(address, notebook) == {"cells": [], "more": False}
    async with NativeClient(address, notebook, autosave=False) as client:
        client.append(1, " more")
        client.delete_cell(3)
        client.move_cell(0, 1)
        client.delete_cell(0)
        await client.acked()
        found = await deleted(address, notebook)
        held = [(cell["id"], cell["source"]) for cell in found["cells"]]
        assert held == [("cell-1", "two more"), ("cell-3", "four")]
        assert found["cells"][0]["deleted_by"]["kind"] == "human"
        latest = await deleted(address, notebook, "?limit=1")
        assert (latest["cells"], latest["more"]) == (found["cells"][:1], True)

        # Each comes back from its last moment, and is not listed any more.
        for cell in found["cells"]:
            wanted = {"seq": cell["seq"], "cells": [cell["id"]]}
            await address.post(f"notebooks/{notebook}/restore", wanted)
        await client.until(lambda: sorted(client.cell_ids) == [f"cell-{n}" for n in range(4)])
        assert {"two more", "four"} <= set(client.sources)
        assert await deleted(address, notebook) == {"cells": [], "more": False}

        # What was purged is not told, but that it was there.
        client.delete_cell(0)
        last = await client.acked()
        await address.post(f"notebooks/{notebook}/purge", {"to": last}, 202)
        (gone,) = (await deleted(address, notebook))["cells"]
        assert gone["source"] is None
