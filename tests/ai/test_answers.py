"""Answers over real HTTP: streamed, stored once, stopped, failed clearly, and remembered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.services import Services
from tests.ai.asking import Notebook
from tests.ai.scripted_provider import ScriptedProvider
from tests.integration.server_process import notebook as new_notebook
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Opened = Callable[..., Notebook]


def text_of(message: dict[str, Any]) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


@pytest.mark.parametrize(("name", "model"), [("local", "small"), ("claude", "claude-small")])
async def test_a_question_is_answered(
    provider: ScriptedProvider, opened: Opened, name: str, model: str
) -> None:
    provider.says("Be", "cause.")
    async with opened("x = 1") as notebook:
        conversation = await notebook.converse("Why")
        asked = await notebook.ask(conversation, "Why?", provider=name, model=model)
        end = await notebook.ended(asked["run_id"])
        assert end["name"] == "v1.AssistantRunCompleted"
        assert (end["data"]["steps"], end["actor"]["kind"]) == (1, "assistant")

        question, answer = await notebook.messages(conversation)
        assert (question["role"], text_of(question)) == ("user", "Why?")
        assert (answer["role"], answer["status"]) == ("assistant", "complete")
        assert text_of(answer) == "Because."
        assert answer["usage"]["input_tokens"] == 11
        assert len(notebook.named("MessageCompleted")) == 1, "one record, not one a token"
        sent = provider.asked[-1].body
        assert "x = 1" in str(sent["messages"][-1])
        state = await notebook.address.get(f"{notebook.route}/state")
        assert state["conversations"][0]["run"]["status"] == "completed"


async def test_what_comes_is_shown_to_all_and_to_late_comers(
    provider: ScriptedProvider, opened: Opened
) -> None:
    gate = threading.Event()
    provider.says("One, ", "two.", gates={1: gate})
    async with opened("x = 1") as notebook:
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "Count.")
        await notebook.until(lambda: shown(notebook.client) == "One, ")
        async with NativeClient(notebook.address, notebook.id, names=("MessageCompleted",)) as late:
            await late.until(lambda: shown(late) == "One, ")
            assert late.streams[0]["offset"] == 0
            (_, answer) = await notebook.messages(conversation)
            assert (answer["status"], answer["step"], answer["parts"]) == ("streaming", 1, [])
            gate.set()
            await late.until(lambda: bool(late.events))
            assert late.events[0]["data"]["text"] == "One, two."
        await notebook.ended(asked["run_id"])
        async with NativeClient(notebook.address, notebook.id) as deaf:
            assert deaf.streams == [], "who follows no events gets no text"


def shown(client: NativeClient) -> str:
    """The text as a client puts it together from the frames."""
    text = ""
    for frame in client.streams:
        text = text[: frame["offset"]] + frame["text"]
    return text


def present(client: NativeClient) -> set[str]:
    """What sorts of beings are in the notebook."""
    return {str(state.get("user", {}).get("kind")) for state in client.awareness.values()}


async def test_stop_ends_the_stream_and_keeps_what_came(
    provider: ScriptedProvider, opened: Opened, services: Services
) -> None:
    gate = threading.Event()
    provider.says("Half ", "of it.", gates={1: gate})
    async with opened("x = 1") as notebook:
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "Tell me all.")
        await notebook.until(lambda: shown(notebook.client) == "Half ")
        again = await notebook.ask(conversation, "And more?", status=409)
        assert again["code"] == "not_possible_now"
        same = await notebook.ask(conversation, "Tell me all.", run_id=asked["run_id"])
        assert same == asked, "the same run again asks nothing new"
        assert services.busy() == {notebook.id}
        await notebook.until(lambda: "assistant" in present(notebook.client))

        await notebook.stop(conversation, asked["run_id"])
        end = await notebook.ended(asked["run_id"])
        assert end["name"] == "v1.AssistantRunCancelled"
        assert end["actor"]["kind"] == "human", "who stopped it"
        (_, answer) = await notebook.messages(conversation)
        assert (answer["status"], text_of(answer)) == ("cancelled", "Half ")
        gate.set()
        await notebook.stop(conversation, asked["run_id"])  # once more changes nothing
        assert services.busy() == frozenset()

        provider.says("Fine.")
        asked = await notebook.ask(conversation, "Go on.")
        await notebook.ended(asked["run_id"])
        assert len(provider.asked) == 2
        before = str(provider.asked[-1].body["messages"])
        assert "Tell me all." in before
        assert "Half" in before


FAILURES: list[tuple[dict[str, Any], str]] = [
    ({"status": 401, "error": {"message": "Bad key sk-a-key-of-the-test."}}, "key_refused"),
    ({"status": 429, "headers": {"Retry-After": "7"}}, "rate_limited"),
    ({"status": 500}, "provider_failed"),
    ({"status": 404}, "model_not_found"),
    ({"status": 400, "error": {"message": "maximum context length is 8"}}, "context_too_long"),
    ({"status": 400, "error": {"message": "no sk-a-key-of-the-test"}}, "request_refused"),
    ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "provider_unreachable"),
    ({"cut": True}, "stream_cut"),
    ({"finish": "length"}, "output_limit"),
    ({"finish": "content_filter"}, "refused"),
]


async def test_every_failure_is_told(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("x = 1") as notebook:
        for fields, code in FAILURES:
            provider.says("Some ", "text", **fields)
            answer = await notebook.answered(f"Fail with {code}.")
            assert answer["status"] == "failed", code
            error = answer["error"]
            assert error["code"] == code, fields
            assert error["message"]
            assert error["hint"]
            assert "sk-a-key" not in str(answer)
            assert text_of(answer) == ("Some text" if "status" not in fields else ""), code
            assert error.get("retry_after") == (7.0 if code == "rate_limited" else None)
        nobody = await notebook.answered("Hello?", provider="openai", model="gpt-5")
        assert nobody["error"]["code"] == "no_key"
        conversation = await notebook.converse()
        unknown = await notebook.ask(conversation, "?", status=404, provider="nobody")
        assert unknown["code"] == "provider_not_found"
        forbidden = await notebook.ask(conversation, "?", status=403, mode="auto")
        assert forbidden["code"] == "mode_not_allowed"
        lost = await notebook.ask("nowhere", "?", status=404)
        assert lost["code"] == "conversation_not_found"


async def test_tools_are_called_and_remembered(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("secret_sauce = 42") as notebook:
        provider.says("I look.", calls=(("outline", "{}"), ("nonsense", "{}")))
        provider.says("I see", calls=(("outline", '{"bro'),))
        provider.says("There is one cell.")
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "What is there?", mode="agent")
        await notebook.ended(asked["run_id"])
        first, second, third = [asked.body["messages"] for asked in provider.asked]
        assert {tool["function"]["name"] for tool in provider.asked[0].body["tools"]} > {"outline"}
        results = [one for one in second if one["role"] == "tool"]
        assert "secret_sauce" in results[0]["content"]
        assert "unknown_tool" in results[1]["content"]
        assert "bad_arguments" in third[-1]["content"]
        assert len(first) == 2

        provider.says("As I said.")
        await notebook.ended((await notebook.ask(conversation, "And now?"))["run_id"])
        told = provider.asked[-1].body["messages"]
        roles = [one["role"] for one in told]
        assert roles.count("user") == 2
        assert "There is one cell." in str(told)
        (_, answer, _, _) = await notebook.messages(conversation)
        assert text_of(answer) == "I look.I seeThere is one cell."


async def test_an_answer_has_limits(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("x = 1") as notebook:
        for _ in range(3):
            provider.says("", calls=(("outline", "{}"),))
        answer = await notebook.answered("Loop.")
        assert answer["error"]["code"] == "repeated_calls"
        for number in range(5):
            provider.says("", calls=(("search", f'{{"text": "{number}"}}'),))
        answer = await notebook.answered("Look everywhere.")
        assert answer["error"]["code"] == "too_many_steps"
        assert not provider.replies


async def test_conversations_are_kept_in_order(provider: ScriptedProvider, opened: Opened) -> None:
    async with opened("x = 1") as notebook:
        first, second = await notebook.converse("One"), await notebook.converse("Two")
        route = f"{notebook.route}/conversations"
        renamed = await notebook.address.fetch(
            "PATCH", f"anode/api/{route}/{first}", {"title": "  Uno\n ", "archived": True}
        )
        assert renamed.code == 200
        listed = await notebook.address.get(route)
        told = [(one["conversation_id"], one["title"], one["archived"]) for one in listed]
        assert told == [(first, "Uno", True), (second, "Two", False)]
        gone = await notebook.address.fetch("DELETE", f"anode/api/{route}/{second}")
        assert gone.code == 200
        assert [one["archived"] for one in await notebook.address.get(route)] == [True, True]
        await notebook.address.get(f"{route}/nowhere", 404)
        missing = await notebook.address.post(route, {"cell_id": "none"}, 404)
        assert missing["code"] == "cell_not_found"


async def test_it_is_answered_with_all_tabs_closed(
    provider: ScriptedProvider, opened: Opened, services: Services
) -> None:
    gate = threading.Event()
    async with opened("x = 1") as notebook:
        provider.says("", calls=(("outline", "{}"),))
        provider.says("All ", "of it.", gates={0: gate})
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "Tell me.")
        await notebook.until(lambda: bool(notebook.named("MessageCompleted")))
    assert services.busy() == {notebook.id}
    gate.set()
    async with notebook:
        await notebook.ended(asked["run_id"])
        assert text_of((await notebook.messages(conversation))[-1]) == "All of it."


async def test_what_is_hidden_later_is_told_no_more(
    provider: ScriptedProvider, opened: Opened
) -> None:
    async with opened("password = 'swordfish-7'", "x = 1") as notebook:
        hide = threading.Event()
        provider.says("It says password = 'swordfish-7'.", calls=(("outline", "{}"),))
        provider.says("", calls=(("search", '{"text": "x"}'),), gates={0: hide})
        provider.says("Done.")
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "What is there?")
        await notebook.until(lambda: len(provider.asked) == 2)
        assert "swordfish-7" in str(provider.asked[1].body["messages"])
        notebook.client.set_metadata(0, "anode_jlab", {"ai_context": False})
        await notebook.client.acked()
        hide.set()
        await notebook.ended(asked["run_id"])
        provider.says("Nothing.")
        await notebook.ended((await notebook.ask(conversation, "And now?"))["run_id"])
        for later in provider.asked[2:]:
            assert "swordfish-7" not in str(later.body), "neither in this answer nor in later ones"


PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@pytest.mark.parametrize(("name", "model"), [("local", "gpt-5-large"), ("claude", "claude-5")])
async def test_a_model_that_sees_gets_pictures(
    provider: ScriptedProvider,
    address: ServerAddress,
    jp_root_dir: Path,
    name: str,
    model: str,
) -> None:
    plain = new_notebook("plot()")
    plain["cells"][0]["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": PICTURE}, "metadata": {}}
    ]
    (jp_root_dir / "plot.ipynb").write_text(json.dumps(plain))
    async with Notebook(address, "plot.ipynb") as notebook:
        cell = notebook.client.cell_ids[0]
        provider.says("", calls=(("read_image", json.dumps({"cell_id": cell})),))
        provider.says("A dot.")
        answer = await notebook.answered("What is in the plot?", provider=name, model=model)
        assert answer["status"] == "complete"
        assert PICTURE in str(provider.asked[-1].body["messages"])

        provider.says("", calls=(("read_image", json.dumps({"cell_id": cell})),))
        provider.says("I cannot see.")
        await notebook.answered("What is in the plot?", model="small")
        assert PICTURE not in str(provider.asked[-1].body["messages"])


async def test_a_server_that_stops_tells_so(
    provider: ScriptedProvider, opened: Opened, services: Services
) -> None:
    gate = threading.Event()
    async with opened("x = 1") as notebook:
        provider.says("I would.", calls=(("create_cell", '{"source": "y = 2"}'),))
        waiting = await notebook.ask(await notebook.converse(), "Add a cell.")
        await notebook.until(lambda: bool(notebook.named("ToolApprovalRequested")))
        provider.says("Half of ", "it.", gates={1: gate})
        conversation = await notebook.converse()
        asked = await notebook.ask(conversation, "Tell me.")
        await notebook.until(lambda: shown(notebook.client) == "Half of ")
        await services.assistant.answers.close()
        gate.set()
        await notebook.ended(asked["run_id"])
        (_, answer) = await notebook.messages(conversation)
        assert (answer["status"], text_of(answer)) == ("interrupted", "Half of ")
        assert not any(notebook._ends(waiting["run_id"])), "who waits for people waits on"
        (question,) = await notebook.address.get(f"{notebook.route}/approvals")
        assert question["status"] == "pending"
