"""What becomes of answers when the server stops or dies: nothing is lost, and nobody waits."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ai.asking import Notebook
from tests.ai.scripted_provider import ScriptedProvider
from tests.ai.test_answers import shown, text_of
from tests.integration.server_process import ServerProcess, notebook

KEY = "sk-of-the-test-0123456789"


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as scripted:
        yield scripted


def server_for(place: Path, provider: ScriptedProvider) -> ServerProcess:
    providers = [{"id": "local", "base_url": provider.url, "key": KEY}]
    server = ServerProcess(place / "server", config=f"c.AnodeConfig.ai_providers = {providers}\n")
    (server.root / "a.ipynb").write_text(json.dumps(notebook("x = 1")))
    return server


async def answers(opened: Notebook) -> list[dict[str, Any]]:
    """The answers of all conversations, the oldest first."""
    found = []
    for known in await opened.address.get(f"{opened.route}/conversations"):
        found += (await opened.messages(known["conversation_id"]))[1::2]
    return found


async def test_answers_over_stop_and_death_of_the_server(
    provider: ScriptedProvider, tmp_path: Path
) -> None:
    gate = threading.Event()
    server = server_for(tmp_path, provider)
    async with server:
        async with Notebook(server.address, "a.ipynb") as opened:
            provider.says("Half of ", "it.", gates={1: gate})
            await opened.ask(await opened.converse(), "Tell me.")
            await opened.until(lambda: shown(opened.client) == "Half of ")
            provider.says("I would.", calls=(("create_cell", '{"source": "y = 2"}'),))
            await opened.ask(await opened.converse(), "Add a cell.")
            await opened.until(lambda: bool(opened.named("ToolApprovalRequested")))
            asked = opened.named("ToolCallProposed")[0]
        await server.terminate()

        await server.start()
        async with Notebook(server.address, "a.ipynb") as opened:
            first, second = await answers(opened)
            assert (first["status"], text_of(first)) == ("interrupted", "Half of ")
            assert first["error"]["hint"]
            assert second["status"] == "streaming", "it waits for an answer"
            (question,) = await opened.address.get(f"{opened.route}/approvals")
            assert (question["status"], question["args"]) == ("pending", asked["args"])

            provider.says("What came.", "The rest.", gates={1: gate})
            third = await opened.ask(await opened.converse(), "Tell me more.")
            drafts = f"*/{opened.id}/drafts/{third['run_id']}.txt"
            while not list(server.store.glob(drafts)):
                await opened.client.acked()
            await server.kill()
            await server.start()
        async with Notebook(server.address, "a.ipynb") as opened:
            await opened.ended(third["run_id"])
            dead = (await answers(opened))[2]
            assert (dead["status"], text_of(dead)) == ("interrupted", "What came.")
            assert not list(server.store.glob(drafts))

            provider.says("Done.")
            await opened.address.post(
                f"{opened.route}/approvals/{question['approval_id']}",
                {"answer": "once", "args_hash": question["args_hash"]},
            )
            await opened.ended(opened.named("AssistantRunRequested")[1]["run_id"])
            assert "y = 2" in opened.client.sources
            second = (await answers(opened))[1]
            assert (second["status"], text_of(second)) == ("complete", "I would.Done.")
            called = [part["status"] for part in second["parts"] if part["type"] == "tool"]
            assert called == ["done"]
            told = provider.asked[-1].body["messages"]
            assert [one["role"] for one in told][-3:] == ["user", "assistant", "tool"]
            assert len(opened.named("ToolCallProposed")) == 1, "nothing is done twice"
        assert not any(KEY in line for line in server.log), "a key in the log"
        assert files_with_key(tmp_path) == ["jupyter_server_config.py"]
    gate.set()


def files_with_key(folder: Path) -> list[str]:
    """The files below a folder in which the key stands."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if KEY.encode() in file.read_bytes()]
