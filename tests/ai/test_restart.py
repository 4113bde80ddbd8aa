"""What becomes of answers when the server dies: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ai.asking import Notebook
from tests.ai.scripted_provider import ScriptedProvider
from tests.ai.test_answers import text_of
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


async def drafted(server: ServerProcess, opened: Notebook, run_id: str) -> Path:
    """The file of what came of an answer, once it is there."""
    draft = server.store / opened.id[:2] / opened.id / "drafts" / f"{run_id}.txt"
    while not draft.exists():
        await asyncio.sleep(0.05)
    return draft


async def until_gone(draft: Path) -> None:
    while draft.exists():  # noqa: ASYNC240
        await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
async def test_answers_outlive_a_killed_server(provider: ScriptedProvider, tmp_path: Path) -> None:
    gate = threading.Event()
    server = server_for(tmp_path, provider)
    async with server:
        async with Notebook(server.address, "a.ipynb") as opened:
            provider.says("I would.", calls=(("create_cell", '{"source": "y = 2"}'),))
            waiting = await opened.ask(await opened.converse(), "Add a cell.")
            await opened.until(lambda: bool(opened.named("ToolApprovalRequested")))
            provider.says("What came.", "The rest.", gates={1: gate})
            dying = await opened.ask(await opened.converse(), "Tell me more.")
            draft = await drafted(server, opened, dying["run_id"])
            await server.kill()
        gate.set()
        await server.start()
        async with Notebook(server.address, "a.ipynb") as opened:
            await opened.ended(dying["run_id"])
            going_on, dead = await answers(opened)
            assert (dead["status"], text_of(dead)) == ("interrupted", "What came.")
            assert dead["error"]["hint"]
            await until_gone(draft)
            assert going_on["status"] == "streaming", "it waits for an answer"

            provider.says("Done.")
            (question,) = await opened.address.get(f"{opened.route}/approvals")
            await opened.address.post(
                f"{opened.route}/approvals/{question['approval_id']}",
                {"answer": "once", "args_hash": question["args_hash"]},
            )
            await opened.ended(waiting["run_id"])
            assert "y = 2" in opened.client.sources
            (going_on, _) = await answers(opened)
            assert (going_on["status"], text_of(going_on)) == ("complete", "I would.Done.")
            called = [part["status"] for part in going_on["parts"] if part["type"] == "tool"]
            assert called == ["done"]
            told = provider.asked[-1].body["messages"]
            assert [one["role"] for one in told][-3:] == ["user", "assistant", "tool"]
            assert len(opened.named("ToolCallProposed")) == 1, "nothing is done twice"
        assert not any(KEY in line for line in server.log), "a key in the log"
        assert files_with_key(tmp_path) == ["jupyter_server_config.py"]


def files_with_key(folder: Path) -> list[str]:
    """The files below a folder in which the key stands."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if KEY.encode() in file.read_bytes()]
