"""Code that belongs to no cell, run in a kernel for a client that asks for its outcome later."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anode_jlab.documents.large_outputs import BESIDE_FILES
from anode_jlab.documents.sane import mapping, mime_bundle
from anode_jlab.errors import AnodeError
from anode_jlab.execution.captures import FIELDS, MOST_OUTPUTS, MOST_TEXT
from anode_jlab.ids import Ids
from anode_jlab.runtimes.kernel import KernelHost, KernelLink, KernelMessage, Pulse

MOST_KEPT = 1000
"""Outcomes remembered; the oldest is forgotten first."""

READY_SECONDS = 60.0
"""How long a kernel may take to answer, busy or not yet started."""

STOP_SECONDS = 5.0
"""How long code may take to end that was broken off."""

UNNOTED = {
    "silent": False,
    "store_history": False,
    "user_expressions": {},
    "allow_stdin": False,
    "stop_on_error": False,
}
"""The rest of a request whose code is no input of the kernel."""

LOOK_SECONDS = 0.5
"""How often it is looked whether the kernel is still there."""


@dataclass(slots=True, eq=False)
class Snippet:
    """One piece of code and what is known of it."""

    kernel_id: str
    code: str
    is_noted: bool = True
    """Whether it counts among the inputs of the kernel, as what a person runs."""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    status: str = ""
    """``ok`` or ``error`` as the kernel told, empty until then."""
    execution_count: int | None = None
    problem: str = ""
    """Why nothing is known of its end."""
    asked: tuple[str, bool] | None = None
    """Prompt of the input that the code waits for, and whether it is a password."""
    request: str = ""
    link: KernelLink | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: bool = False

    def take(self, message: KernelMessage) -> None:
        """Take in a message; only answers to this request count."""
        if not self.request or message.parent != self.request:
            return
        if message.channel == "stdin" and message.kind == "input_request":
            content = message.content
            self.asked = (str(content.get("prompt", "")), bool(content.get("password")))
        elif message.channel == "shell" and message.kind == "execute_reply":
            count = message.content.get("execution_count")
            self.execution_count = count if isinstance(count, int) else None
            self.status = "ok" if message.content.get("status") == "ok" else "error"
        elif message.kind == "status":
            self._idle = self._idle or message.content.get("execution_state") == "idle"
        elif message.kind == "clear_output":
            self.outputs.clear()
        elif message.kind in FIELDS:
            self._add(message.kind, message.content)
        if self.status and self._idle:
            self.done.set()

    def fail(self, problem: str) -> None:
        """Its end will not be known."""
        self.problem = problem
        self.done.set()

    def _add(self, kind: str, content: Mapping[str, Any]) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if kind == "stream" == last.get("output_type") and last["name"] == content.get("name"):
            if len(last["text"]) < MOST_TEXT:
                last["text"] += str(content.get("text", ""))
        elif len(self.outputs) < MOST_OUTPUTS:
            kept = {name: content[name] for name in FIELDS[kind] if name in content}
            if "data" in kept:
                bundle = mime_bundle(mapping(kept["data"]))
                kept["data"] = {m: one for m, one in bundle.items() if m not in BESIDE_FILES}
            self.outputs.append({"output_type": kind, **kept})


class Snippets:
    """All of a server; those of one kernel run in the order in which they came."""

    def __init__(self, host: KernelHost, *, ids: Ids) -> None:
        self._host = host
        self._ids = ids
        self._known: dict[str, Snippet] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, kernel_id: str, code: str, *, stop: asyncio.Event) -> Snippet:
        """Run code that is no input of a person, and wait for its end; it is broken off when
        ``stop`` is set."""
        name = self.start(kernel_id, code, is_noted=False)
        snippet = self._known[name]
        waits = [asyncio.ensure_future(event.wait()) for event in (snippet.done, stop)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if not snippet.done.is_set():
                await self._host.interrupt(kernel_id)
                await _within(snippet.done, STOP_SECONDS)
        finally:
            for wait in waits:
                wait.cancel()
        if not snippet.done.is_set():
            snippet.fail("It was broken off, and has not ended.")
        return snippet

    def start(self, kernel_id: str, code: str, *, is_noted: bool = True) -> str:
        """Run code as soon as what came before is done; the id to ask for it with."""
        name = self._ids.execution()
        snippet = self._known[name] = Snippet(kernel_id, code, is_noted)
        if len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
        task = asyncio.create_task(self._run(name, snippet), name=f"snippet {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return name

    def find(self, kernel_id: str, name: str) -> Snippet | None:
        """One that was started here."""
        found = self._known.get(name)
        return found if found is not None and found.kernel_id == kernel_id else None

    def answer(self, kernel_id: str, value: str) -> bool:
        """Give the line that a snippet waits for; False when none does."""
        for snippet in self._known.values():
            if snippet.kernel_id == kernel_id and snippet.asked and snippet.link is not None:
                snippet.asked = None
                snippet.link.answer(value)
                return True
        return False

    async def close(self) -> None:
        """Let go of all kernels."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, name: str, snippet: Snippet) -> None:
        try:
            async with self._turns[snippet.kernel_id]:
                await self._run_now(name, snippet)
        except AnodeError as error:
            snippet.fail(error.message)
        except BaseException:
            snippet.fail("The server is shutting down.")
            raise

    async def _run_now(self, name: str, snippet: Snippet) -> None:
        before = await self._host.pulse(snippet.kernel_id)
        link = await self._host.connect(snippet.kernel_id, snippet.take, name)
        try:
            await link.ready(READY_SECONDS)
            snippet.link, snippet.request = link, _send(link, snippet, name)
            while not snippet.done.is_set():
                await _within(snippet.done, LOOK_SECONDS)
                if not snippet.done.is_set() and not await self._is_there(snippet, before):
                    snippet.fail("The kernel ended.")
        finally:
            snippet.link = snippet.asked = None
            await link.close()

    async def _is_there(self, snippet: Snippet, before: Pulse) -> bool:
        pulse = await self._host.pulse(snippet.kernel_id)
        return pulse.alive and pulse.process == before.process


def _send(link: KernelLink, snippet: Snippet, name: str) -> str:
    if snippet.is_noted:
        return link.execute(snippet.code, "", name)
    return link.send("execute_request", {"code": snippet.code, **UNNOTED})


async def _within(event: asyncio.Event, seconds: float) -> None:
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait([waiting], timeout=seconds)
    waiting.cancel()
