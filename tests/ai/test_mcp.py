"""The endpoint for outside agents: JSON-RPC under Jupyter's own auth, and people who allow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anode_jlab.ai import outside
from anode_jlab.services import Services
from tests.execution.notebook import Notebook
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

Write = Callable[..., Path]


class Agent:
    """Calls methods of the endpoint, as a client does that knows nothing of us."""

    def __init__(self, address: ServerAddress, query: str = "") -> None:
        self.address = address
        self.route = f"anode/mcp{query}"
        self._id = 0

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._id += 1
        body = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params}
        response = await self.address.fetch("POST", self.route, body)
        assert response.code == 200, response.body
        told: dict[str, Any] = json.loads(response.body)
        assert (told["jsonrpc"], told["id"]) == ("2.0", self._id)
        return told

    async def call(self, tool: str, **args: Any) -> Any:
        """A tool's JSON, good or bad."""
        told = (await self.ask("tools/call", name=tool, arguments=args))["result"]
        return json.loads(told["content"][0]["text"])


async def test_who_may_come_in(address: ServerAddress, anonymous: ServerAddress) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert (await anonymous.fetch("POST", "anode/mcp", body)).code == 403
    assert (await address.fetch("POST", "anode/mcp", body)).code == 200
    assert (await address.fetch("GET", "anode/mcp")).code == 405
    assert (await address.fetch("DELETE", "anode/mcp")).code == 405
    assert (await address.fetch("POST", "anode/mcp?mode=everything", body)).code == 400


async def test_messages(address: ServerAddress) -> None:
    agent = Agent(address)
    hello = await agent.ask("initialize", protocolVersion="2025-06-18", capabilities={})
    assert hello["result"]["protocolVersion"] == "2025-06-18"
    assert hello["result"]["serverInfo"]["name"] == "anode_jlab"
    newer = await agent.ask("initialize", protocolVersion="2999-01-01")
    assert newer["result"]["protocolVersion"] == "2025-11-25"
    assert (await agent.ask("nothing/here"))["error"]["code"] == -32601
    assert (await agent.ask("tools/call", name=7))["error"]["code"] == -32602
    for raw, code in ((b"{", -32700), (b"[]", -32600)):
        response = await address.fetch("POST", "anode/mcp", raw=raw)
        assert (response.code, json.loads(response.body)["error"]["code"]) == (400, code)
    wrong = await address.fetch("POST", "anode/mcp", {"id": 3, "method": "ping"})
    assert json.loads(wrong.body) == {
        "jsonrpc": "2.0",
        "id": 3,
        "error": {"code": -32600, "message": "That is no JSON-RPC 2.0 request."},
    }
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = await address.fetch("POST", "anode/mcp", note)
    assert (answer.code, answer.body) == (202, b"")
    ping = {"jsonrpc": "2.0", "id": "a", "method": "ping"}
    batch = await address.fetch("POST", "anode/mcp", [ping, note, {**ping, "id": 2}])
    assert [one["id"] for one in json.loads(batch.body)] == ["a", 2]


async def test_tools_name_their_notebook(address: ServerAddress, write_notebook: Write) -> None:
    write_notebook("a.ipynb", "x = 1")
    write_notebook("b.ipynb", "y = 1")
    agent = Agent(address)
    tools = {tool["name"]: tool for tool in (await agent.ask("tools/list"))["result"]["tools"]}
    assert {"list_notebooks", "wait_for_call", "outline", "create_cell", "restart"} <= set(tools)
    assert "notebook" in tools["outline"]["inputSchema"]["properties"]
    assert tools["outline"]["annotations"]["readOnlyHint"] is True
    assert tools["restart"]["annotations"]["destructiveHint"] is True

    assert (await agent.call("outline"))["error"] == "bad_request"
    assert (await agent.call("outline", notebook="a.ipynb"))["cells"][0]["first"] == "x = 1"
    assert (await agent.call("outline"))["path"] == "a.ipynb", "the one that is open"
    await agent.call("outline", notebook="b.ipynb")
    assert (await agent.call("outline"))["error"] == "bad_request"
    opened = (await agent.call("list_notebooks"))["notebooks"]
    assert sorted(one["path"] for one in opened) == ["a.ipynb", "b.ipynb"]
    assert (await agent.call("outline", notebook="c.ipynb"))["error"] == "notebook_not_found"
    assert (await agent.call("outline", notebook="../c.ipynb"))["error"] == "notebook_not_found"


async def test_people_see_the_agent_and_allow_what_it_does(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = await Notebook.opened(address, "a.ipynb")
    agent = Agent(address, "?name=Robot")
    async with NativeClient(address, notebook.id) as person:
        call = asyncio.create_task(agent.call("create_cell", source="y = 2"))
        await person.until(
            lambda: any(
                state.get("user", {}).get("display_name") == "Robot"
                and state["user"]["kind"] == "assistant"
                for state in person.awareness.values()
            )
        )
        ask = await pending(notebook)
        assert ask["requester"]["id"] == "token"
        await answer(notebook, ask, "always")
        assert "base_seq" in await call
        await person.until(lambda: person.sources == ["x = 1", "y = 2"])
    again = await agent.call("create_cell", source="z = 3")
    assert "base_seq" in again, "always holds for this agent's person and tool"
    created = await notebook.events("v1.CellCreated")
    assert [(e["actor"]["kind"], e["actor"]["name"]) for e in created[-2:]] == [
        ("assistant", "Robot"),
        ("assistant", "Robot"),
    ]


async def test_a_call_outlasts_the_patience_of_the_agent(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = await Notebook.opened(address, "a.ipynb")
    agent = Agent(address)
    calls = services.mcp.outside
    calls.patience = 0.1
    told = await agent.call("create_cell", source="y = 2")
    assert told["status"] in ("running", "waiting_for_approval")
    ask = await pending(notebook)
    still = await agent.call("wait_for_call", call_id=told["call_id"])
    assert still["status"] == "waiting_for_approval"
    calls.patience = outside.PATIENCE_SECONDS
    await answer(notebook, ask, "once")
    done = await agent.call("wait_for_call", call_id=told["call_id"])
    assert "base_seq" in done
    later = await agent.call("wait_for_call", call_id=told["call_id"])
    assert later == done, "from the log"
    assert (await agent.call("wait_for_call", call_id="nothing"))["error"] == "call_not_found"


async def test_agents_in_agent_mode_edit_unasked(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = 1")
    notebook = await Notebook.opened(address, "a.ipynb")
    agent = Agent(address, "?mode=agent")
    made = await agent.call("create_cell", source="y = 2")
    run = asyncio.create_task(agent.call("execute_cell", cell_id=made["cell_id"]))
    await answer(notebook, await pending(notebook), "denied")
    assert (await run)["error"] == "denied"
    assert await notebook.events("v1.ExecutionRequested") == []


async def pending(notebook: Notebook) -> dict[str, Any]:
    """The open question, once there is one."""
    async with asyncio.timeout(60):
        while True:
            asks = await notebook.address.get(f"notebooks/{notebook.id}/approvals")
            found = [ask for ask in asks if ask["status"] == "pending"]
            if found:
                ask: dict[str, Any] = found[-1]
                return ask
            await asyncio.sleep(0.02)


async def answer(notebook: Notebook, ask: dict[str, Any], given: str) -> None:
    body = {"answer": given, "args_hash": ask["args_hash"]}
    await notebook.address.post(f"notebooks/{notebook.id}/approvals/{ask['approval_id']}", body)
