"""Tools that people wrote in their notebook (``@tool``), called in its kernel as code is run."""

from __future__ import annotations

import json
from typing import Any

from anode_jlab.ai.reading.outputs import summaries
from anode_jlab.ai.reading.pictures import picture_of
from anode_jlab.ai.reading.view import View
from anode_jlab.ai.tools.reach import Reach
from anode_jlab.ai.tools.read_tools import seen
from anode_jlab.ai.tools.run_tools import MOST_IMAGES, OUTPUT_CHARACTERS
from anode_jlab.ai.tools.spec import Call, Given, Kind, Preview, Tool, ToolResult, told
from anode_jlab.errors import NotPossibleNow
from anode_jlab.ids import NotebookId
from anode_jlab.runtimes.variables import KernelTool

PREFIX = "kernel__"
"""Before the function's name: nobody's function takes the place of a tool of ours."""

MODULE = "__import__('anode_jlab.kernel.tools', fromlist=['call'])"


async def tools_in(reach: Reach, view: View, notebook: NotebookId) -> list[Tool[Any]]:
    """Those that the notebook's kernel told of last; what their docstrings say of hidden cells is
    covered."""
    runs = await reach.executions.of(notebook)
    found = await runs.variables()
    return [] if found is None else [_tool(view, one) for one in found.tools]


def _tool(view: View, told_of: KernelTool) -> Tool[Any]:
    async def call(call: Call, args: Given) -> ToolResult:
        return await _call(call, told_of, args)

    async def preview(call: Call, args: Given) -> Preview:
        head = (await call.reach.rooms.open(call.turn.notebook)).head
        return Preview(base=head, diff=f"+{told_of.name}(**{json.dumps(args.values)})")

    return Tool(
        name=PREFIX + told_of.name,
        description=view.covered(told_of.description),
        kind=Kind.RUN,
        arguments=Given,
        call=call,
        preview=preview,
        schema=json.loads(view.covered(json.dumps(told_of.schema))),
    )


async def _call(call: Call, told_of: KernelTool, args: Given) -> ToolResult:
    runs = await call.reach.executions.of(call.turn.notebook)
    session = runs.runtime.session
    if session is None:
        raise NotPossibleNow("The kernel has ended.", hint="Run the cell that defines the tool.")
    name, given = told_of.name, json.dumps(args.values, ensure_ascii=True)
    how = "call_async" if told_of.is_async else "call"
    code = f"{'await ' * told_of.is_async}{MODULE}.{how}({name!r}, {given!r})"
    snippet = await call.reach.snippets.run(session.kernel.id, code, stop=call.turn.cancelled)
    if snippet.problem:
        raise NotPossibleNow(snippet.problem)
    view = await seen(call)
    images = tuple(one for one in map(picture_of, snippet.outputs) if one is not None)
    result = told(
        {"outputs": summaries(snippet.outputs, view.covered, OUTPUT_CHARACTERS)},
        images=images[:MOST_IMAGES],
    )
    return ToolResult(text=result.text, images=result.images, is_error=snippet.status != "ok")
