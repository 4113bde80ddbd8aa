"""AI cells: asked instead of run, answered in their output, and known to the cells below."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.documents.answer import ANSWER_MIME
from tests.ai.asking import Notebook
from tests.ai.scripted_provider import ScriptedProvider

Opened = Callable[..., Notebook]

AI = {"type": "ai", "provider": "local", "model": "small"}


def make_ai(notebook: Notebook, cell: int, **fields: Any) -> str:
    """Make a cell an AI cell; its id."""
    notebook.client.set_metadata(cell, "anode_jlab", {**AI, **fields})
    return notebook.client.cell_ids[cell]


async def ask(notebook: Notebook, cell_id: str, status: int = 202, **body: Any) -> dict[str, Any]:
    await notebook.client.acked()
    asked: dict[str, Any] = await notebook.address.post(
        f"{notebook.route}/cells/{cell_id}/ask", body, status
    )
    return asked


async def test_an_ai_cell_is_asked(
    provider: ScriptedProvider, opened: Opened, jp_root_dir: Path
) -> None:
    async with opened("data = [1, 2]", "What is data?", "And its sum?", "data = 3") as notebook:
        first, second = make_ai(notebook, 1), make_ai(notebook, 2)
        provider.says("", calls=(("outline", "{}"),))
        provider.says("A *list*.")
        asked = await ask(notebook, first)
        end = await notebook.ended(asked["run_id"])
        assert end["name"] == "v1.AssistantRunCompleted"
        await notebook.until(lambda: outputs(notebook, 1) == ["A *list*."])
        sent = provider.asked[0].body["messages"][-1]["content"]
        assert "data = [1, 2]" in sent
        assert "```python\ndata = 3" not in sent, "a cell below is in the outline only"

        provider.says("Three.")
        asked = await ask(notebook, second)
        await notebook.ended(asked["run_id"])
        told = provider.asked[-1].body["messages"]
        assert [one["role"] for one in told] == [
            "system",
            "user",
            "assistant",
            "tool",
            "assistant",
            "user",
        ], "the whole turn of the cell above"
        assert told[1]["content"] == "What is data?"
        assert told[4]["content"] == "A *list*."
        assert told[5]["content"].endswith("And its sum?")
        assert "A *list*." not in told[5]["content"], "it is not told twice"

        provider.says("A list of numbers.")
        again = await ask(notebook, first)
        assert again["conversation_id"] != asked["conversation_id"]
        await notebook.ended(again["run_id"])
        await notebook.until(lambda: outputs(notebook, 1) == ["A list of numbers."])
        assert len(provider.asked[-1].body["messages"]) == 2, "asked anew, as a cell is run anew"

        await notebook.address.post(f"{notebook.route}/export", {})
        cells = json.loads((jp_root_dir / "a.ipynb").read_text("utf-8"))["cells"]
        assert cells[1]["cell_type"] == "code"
        shown = cells[1]["outputs"][0]["data"]
        assert "".join(shown.pop("text/markdown")) == "A list of numbers."
        ids = {"run_id": again["run_id"], "conversation_id": again["conversation_id"]}
        assert shown == {ANSWER_MIME: ids}


def outputs(notebook: Notebook, cell: int) -> list[str]:
    shared = notebook.client._cell(cell)["outputs"].to_py()
    return [output["data"]["text/markdown"] for output in shared]


async def test_an_ai_cell_is_not_run(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("x = 1", "What is x?", "") as notebook:
        asking, empty = make_ai(notebook, 1), make_ai(notebook, 2)
        await notebook.client.acked()
        code = notebook.client.cell_ids[0]
        refused = await notebook.address.post(
            f"{notebook.route}/executions",
            {"cells": [{"cell_id": code}, {"cell_id": asking}]},
            400,
        )
        assert refused["code"] == "not_executable"
        assert not notebook.named("ExecutionRequested"), "nothing of it was done"
        no_ai = await ask(notebook, code, 400)
        assert no_ai["code"] == "not_an_ai_cell"
        nothing = await ask(notebook, empty, 400)
        assert nothing["code"] == "bad_request"
        missing = await ask(notebook, "nowhere", 404)
        assert missing["code"] == "cell_not_found"


async def test_a_failed_answer_leaves_the_cell_clear(
    provider: ScriptedProvider, opened: Opened
) -> None:
    async with opened("Who?") as notebook:
        cell = make_ai(notebook, 0)
        provider.says("Half", cut=True)
        asked = await ask(notebook, cell)
        end = await notebook.ended(asked["run_id"])
        assert end["data"]["code"] == "stream_cut"
        await notebook.until(lambda: outputs(notebook, 0) == ["Half"])
        provider.says(status=500)
        asked = await ask(notebook, cell)
        await notebook.ended(asked["run_id"])
        await notebook.until(lambda: outputs(notebook, 0) == [""])


async def test_in_a_batch_it_waits_for_its_turn(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("x = 6 * 7\nx", "What is x?", "1 / 0", "Why?") as notebook:
        asking, after_error = make_ai(notebook, 1), make_ai(notebook, 3)
        await notebook.client.acked()
        cells = notebook.client.cell_ids
        batch = [
            {"cell_id": cells[0], "execution_id": "first"},
            {"cell_id": cells[2], "execution_id": "second"},
        ]
        await notebook.address.post(f"{notebook.route}/executions", {"cells": batch}, 202)
        provider.says("It is 42.")
        asked = await ask(notebook, asking, after="first")
        stopped = await ask(notebook, after_error, after="second")
        end = await notebook.ended(asked["run_id"])
        assert end["name"] == "v1.AssistantRunCompleted"
        assert "42" in provider.asked[0].body["messages"][-1]["content"]
        end = await notebook.ended(stopped["run_id"])
        assert end["data"]["reason"] == "batch_stopped"
        assert len(provider.asked) == 1
