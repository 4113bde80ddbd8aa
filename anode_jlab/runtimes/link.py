"""A connection to a kernel over jupyter_client."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from queue import Empty
from typing import Any, Protocol

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient

from anode_jlab.errors import KernelSilent
from anode_jlab.runtimes.kernel import KernelMessage, OnMessage, request_of

logger = logging.getLogger(__name__)

NUDGE_SECONDS = 0.25
"""A subscription to outputs may begin later than the first answer: ask until both are there."""

TURN_SECONDS = 0.004
"""How long a flood of messages is taken in before others get their turn."""


class Channel(Protocol):
    """A channel of a kernel client, whichever package made it."""

    def get_msg(self, timeout: float | None = None) -> Awaitable[dict[str, Any]]: ...

    def send(self, msg: dict[str, Any]) -> None: ...


class JupyterLink:
    """Satisfies ``kernel.KernelLink``; made by ``connect``."""

    def __init__(self, client: AsyncKernelClient, on_message: OnMessage) -> None:
        self._client = client
        self._on_message = on_message
        self._tasks: list[asyncio.Task[None]] = []
        self._answered = asyncio.Event()
        self._heard = asyncio.Event()
        self.session: str = client.session.session

    def open(self) -> None:
        """Begin to take messages."""
        self._client.start_channels(hb=False)
        for name in ("iopub", "shell", "stdin", "control"):
            channel: Channel = getattr(self._client, f"{name}_channel")
            pump = self._pump(name, channel)
            self._tasks.append(asyncio.create_task(pump, name=f"kernel {name}"))

    async def ready(self, seconds: float) -> None:
        self._answered.clear()
        self._heard.clear()
        try:
            async with asyncio.timeout(seconds):
                while not (self._answered.is_set() and self._heard.is_set()):
                    self._send("shell", "kernel_info_request", {})
                    with suppress(TimeoutError):
                        async with asyncio.timeout(NUDGE_SECONDS):
                            await self._answered.wait()
                            await self._heard.wait()
        except TimeoutError:
            raise KernelSilent(f"The kernel did not answer within {seconds:g} s.") from None

    async def hears(self, seconds: float) -> bool:
        self._heard.clear()
        wait = NUDGE_SECONDS
        try:
            async with asyncio.timeout(seconds):
                while not self._heard.is_set():
                    # Kernels answer here while they run code, and tell all who listen of it.
                    self._send("control", "kernel_info_request", {})
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await self._heard.wait()
                    wait *= 2
        except TimeoutError:
            return False
        return True

    def execute(self, code: str, cell_id: str, execution_id: str) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": False,
        }
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        message["header"]["msg_id"] = message["msg_id"] = request_of(execution_id)
        return self._put("shell", message)

    def send(self, kind: str, content: Mapping[str, Any]) -> str:
        return self._send("shell", kind, dict(content))

    def answer(self, value: str) -> None:
        self._send("stdin", "input_reply", {"value": value, "status": "ok"})

    async def beats(self, seconds: float) -> bool:
        socket: Any = self._client.connect_hb()
        try:
            socket.linger = 0
            await socket.send(b"ping")
            return bool(await socket.poll(int(seconds * 1000), zmq.POLLIN))
        finally:
            socket.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._client.stop_channels()

    def _send(self, channel: str, kind: str, content: dict[str, Any]) -> str:
        return self._put(channel, self._client.session.msg(kind, content))

    def _put(self, channel: str, message: dict[str, Any]) -> str:
        session = self._client.session
        target: Channel = getattr(self._client, f"{channel}_channel")
        socket = getattr(target, "socket", None)
        if isinstance(socket, zmq.asyncio.Socket):
            # The session's own way to send goes past this object: what arrived in the same moment
            # would wait until something else arrives.
            sent = socket.send_multipart(session.serialize(message))
            asyncio.ensure_future(sent).add_done_callback(_tell_failure)
        else:
            target.send(message)
        return str(message["header"]["msg_id"])

    async def _pump(self, name: str, channel: Channel) -> None:
        turn = time.monotonic()
        while True:
            try:
                message = await channel.get_msg()
            except Empty:
                continue
            self._take(name, message)
            now = time.monotonic()
            if now - turn > TURN_SECONDS:
                # Receiving what is there already never lets others run.
                await asyncio.sleep(0)
                turn = time.monotonic()

    def _take(self, channel: str, message: Mapping[str, Any]) -> None:
        kind = message["header"]["msg_type"]
        if channel == "iopub":
            self._heard.set()
        elif kind == "kernel_info_reply":
            self._answered.set()
        parent = message.get("parent_header") or {}
        self._on_message(
            KernelMessage(
                channel=channel,
                kind=kind,
                parent=parent.get("msg_id", ""),
                session=parent.get("session", ""),
                content=message["content"],
                metadata=message.get("metadata") or {},
                buffers=tuple(bytes(buffer) for buffer in message.get("buffers") or ()),
                parent_kind=parent.get("msg_type", ""),
            )
        )


def _tell_failure(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled() and (error := sent.exception()) is not None:
        logger.error("A message did not reach a kernel: %r", error)
