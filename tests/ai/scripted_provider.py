"""A provider of models over real HTTP whose answers a test writes: OpenAI's and Anthropic's wire.

Each request takes the next reply of the script; all requests are kept to be looked at.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

GATE_SECONDS = 60.0
"""A test that never opens a gate fails by its own time limit; the server's thread ends."""


@dataclass(eq=False)
class Reply:
    """One answer. ``calls``: tools with JSON text as arguments. Before ``chunks[n]`` the gate
    ``gates[n]`` has to be open. ``cut``: the connection ends before the end of the stream."""

    chunks: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()
    thinking: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    cut: bool = False
    finish: str = ""
    gates: Mapping[int, threading.Event] = field(default_factory=dict)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when the client went away before the end."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Any


class ScriptedProvider:
    """A context manager; ``url`` is OpenAI's base address, ``anthropic_url`` Anthropic's."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: deque[Reply] = deque()
        self.models: Any = {"object": "list", "data": [{"id": "small"}, {"id": "gpt-5-large"}]}
        self.models_status = 200
        provider = self

        class Handler(_Handler):
            script = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"{self.anthropic_url}/v1"

    @property
    def anthropic_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, *chunks: str, **fields: Any) -> Reply:
        """Add a reply to the script."""
        reply = Reply(chunks=chunks, **fields)
        self.replies.append(reply)
        return reply

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedProvider
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.script.asked.append(Asked(self.path, dict(self.headers), None))
        self._json(self.script.models_status, self.script.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.script.asked.append(Asked(self.path, dict(self.headers), body))
        if not self.script.replies:
            self._json(500, {"error": {"message": "The script has no more replies."}})
            return
        reply = self.script.replies.popleft()
        if reply.status != 200:
            error = reply.error or {"message": "No.", "type": "error"}
            self._json(reply.status, {"error": error}, reply.headers)
            return
        events = _openai if self.path.endswith("/chat/completions") else _anthropic
        self._stream(reply, events(reply))

    def _json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Reply, events: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for event in events:
                self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
                self.wfile.flush()
            if not reply.cut:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            reply.left.set()
        self.close_connection = self.close_connection or reply.cut


def _gated(reply: Reply) -> Iterator[str]:
    for place, chunk in enumerate(reply.chunks):
        gate = reply.gates.get(place)
        if gate is not None:
            gate.wait(GATE_SECONDS)
        yield chunk
    gate = reply.gates.get(len(reply.chunks))
    if gate is not None:
        gate.wait(GATE_SECONDS)


def _openai(reply: Reply) -> Iterator[bytes]:
    def chunk(delta: Any, finish: str | None = None, **more: Any) -> bytes:
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "small",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            **more,
        }
        return f"data: {json.dumps(body)}\n\n".encode()

    yield chunk({"role": "assistant", "content": ""})
    for text in _gated(reply):
        yield chunk({"content": text})
    for place, (tool, args) in enumerate(reply.calls):
        function = {"name": tool, "arguments": args}
        call = {"index": place, "id": f"call_{place}", "type": "function", "function": function}
        yield chunk({"tool_calls": [call]})
    if reply.cut:
        return
    yield chunk({}, reply.finish or ("tool_calls" if reply.calls else "stop"))
    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    yield f"data: {json.dumps({**body, 'choices': [], 'usage': usage})}\n\n".encode()
    yield b"data: [DONE]\n\n"


def _anthropic(reply: Reply) -> Iterator[bytes]:
    def event(kind: str, **fields: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()

    usage = {"input_tokens": 11, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude"}
    yield event(
        "message_start",
        message={**message, "content": [], "stop_reason": None, "usage": usage},
    )
    place = 0
    if reply.thinking:
        block: dict[str, Any] = {"type": "thinking", "thinking": "", "signature": ""}
        yield event("content_block_start", index=place, content_block=block)
        delta = {"type": "thinking_delta", "thinking": reply.thinking}
        yield event("content_block_delta", index=place, delta=delta)
        signature = {"type": "signature_delta", "signature": "signed"}
        yield event("content_block_delta", index=place, delta=signature)
        yield event("content_block_stop", index=place)
        place += 1
    if reply.chunks:
        yield event("content_block_start", index=place, content_block={"type": "text", "text": ""})
        for text in _gated(reply):
            delta = {"type": "text_delta", "text": text}
            yield event("content_block_delta", index=place, delta=delta)
        if reply.cut:
            return
        yield event("content_block_stop", index=place)
        place += 1
    for tool, args in reply.calls:
        block = {"type": "tool_use", "id": f"toolu_{place}", "name": tool, "input": {}}
        yield event("content_block_start", index=place, content_block=block)
        delta = {"type": "input_json_delta", "partial_json": args}
        yield event("content_block_delta", index=place, delta=delta)
        yield event("content_block_stop", index=place)
        place += 1
    reason = reply.finish or ("tool_use" if reply.calls else "end_turn")
    yield event(
        "message_delta",
        delta={"stop_reason": reason, "stop_sequence": None},
        usage={"output_tokens": 3},
    )
    yield event("message_stop")
