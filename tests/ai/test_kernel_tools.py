"""Tools that people write in their notebook: known by their hints, called in the kernel, asked for
like a run."""

from __future__ import annotations

import asyncio
import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from anode_jlab.ai.tools.spec import ToolSpec
from anode_jlab.events.assistant import Mode
from anode_jlab.events.tools import Answer
from anode_jlab.kernel.schema import schema_of
from anode_jlab.kernel.tools import tool
from anode_jlab.services import Services
from tests.ai.caller import PATIENCE_SECONDS, Caller
from tests.ai.test_approvals import Asked
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

TOOLS = '''
from anode_jlab import tool

calls = 0

@tool
def lookup(name: str, most: int = 3) -> list[str]:
    """Find people by name.

    name: part of a name
    """
    global calls
    calls += 1
    print("looking for", name)
    return [name.upper()] * most

@tool
async def later(x: float) -> float:
    """Wait, then double."""
    import asyncio
    await asyncio.sleep(0)
    return x * 2

@tool
def breaks() -> None:
    """Always fails."""
    raise ValueError("it broke")
'''


class Color(enum.Enum):
    RED = "red"


def many(
    a: str,
    b: Annotated[list[int], "numbers"],
    c: Literal["x", "y"] = "x",
    d: int | None = None,
    e: dict[str, float] | None = None,
    f: Color = Color.RED,
    g: Any = None,
) -> None:
    """Takes much.

    :param a: the first
    """


def test_the_schema_of_hints_and_docstring() -> None:
    assert schema_of(many) == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "the first"},
            "b": {"type": "array", "items": {"type": "integer"}, "description": "numbers"},
            "c": {"enum": ["x", "y"]},
            "d": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "e": {
                "anyOf": [
                    {"type": "object", "additionalProperties": {"type": "number"}},
                    {"type": "null"},
                ]
            },
            "f": {"enum": ["red"]},
            "g": {},
        },
        "required": ["a", "b"],
        "additionalProperties": False,
    }


def test_what_cannot_be_a_tool() -> None:
    def undocumented(x: int) -> None: ...

    def anything(*args: int) -> None:
        """Takes anything."""

    for function in (undocumented, anything, lambda: None):
        with pytest.raises(TypeError):
            tool(function)


async def offered(call: Caller) -> dict[str, ToolSpec]:
    """What models are told of, once the kernel told its tools."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await call.services.tools.box.offered_in(call.turn.notebook, Mode.ASK)
            specs = {spec.name: spec for spec in found}
            if "kernel__lookup" in specs:
                return specs
            await asyncio.sleep(0.05)


async def test_tools_of_a_notebook(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", TOOLS, "calls")
    notebook = await Notebook.opened(address, "a.ipynb")
    define, count = [one["id"] for one in (await notebook.state())["cells"]]
    call = Caller(services, notebook.id)
    assert (await call.refused("kernel__lookup", name="a"))["error"] == "unknown_tool"
    [run] = await notebook.run(define)
    assert run["status"] == "completed"

    specs = await offered(call)
    lookup = specs["kernel__lookup"]
    assert lookup.description.startswith("Find people by name.")
    assert lookup.schema["required"] == ["name"]
    assert lookup.schema["properties"]["name"]["description"] == "part of a name"

    shown = (await call("kernel__lookup", name="ann", most=2))["outputs"]
    assert [one["text"] for one in shown] == ["looking for ann\n", '["ANN", "ANN"]']
    [doubled] = (await call("kernel__later", x=1.5))["outputs"]
    assert doubled["text"] == "3.0"
    broken = await call.result("kernel__breaks")
    assert broken.is_error
    assert "ValueError: it broke" in broken.text
    wrong = await call.refused("kernel__lookup", nobody=1)
    assert wrong["error"] == "bad_arguments"

    [ran] = await notebook.run(count)
    assert ran["execution_count"] == 2, "calls are no inputs of the kernel"
    assert (await notebook.outputs(count))[0]["data"]["text/plain"] == "1"


async def test_a_call_asks_like_a_run(
    services: Services, address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", TOOLS)
    notebook = await Notebook.opened(address, "a.ipynb")
    [define] = [one["id"] for one in (await notebook.state())["cells"]]
    await notebook.run(define)
    call = Caller(services, notebook.id, Mode.AGENT)
    await offered(call)
    asked = Asked(call, "kernel__lookup", name="ann")
    ask = await asked.question()
    assert json.loads(ask.args) == {"name": "ann"}
    assert "lookup" in ask.diff
    await asked.answer(ask, Answer.ALWAYS, edited={"name": "ben", "most": 1})
    assert (await asked.told())["outputs"][-1]["text"] == '["BEN"]'
    assert (await call("kernel__lookup", name="cleo", most=1))["outputs"][-1]["text"] == '["CLEO"]'
