"""A notebook as somebody has it open who asks the assistant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from tests.native_client import NativeClient
from tests.server_address import ServerAddress

ENDS = frozenset({"v1.AssistantRunCompleted", "v1.AssistantRunCancelled", "v1.AssistantRunFailed"})


class Notebook:
    """An async context manager: the notebook's routes, and a connection that follows events."""

    def __init__(self, address: ServerAddress, path: str) -> None:
        self.address = address
        self._path = path
        self.id = ""
        self.client: NativeClient

    async def __aenter__(self) -> Self:
        self.id = (await self.address.post("notebooks", {"path": self._path}))["id"]
        self.client = await NativeClient(self.address, self.id, after=0).__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.__aexit__(None, None, None)

    @property
    def route(self) -> str:
        return f"notebooks/{self.id}"

    async def converse(self, title: str = "") -> str:
        """Begin a conversation; its id."""
        begun = await self.address.post(f"{self.route}/conversations", {"title": title}, 201)
        return str(begun["conversation_id"])

    async def ask(
        self, conversation: str, text: str, status: int = 202, **fields: Any
    ) -> dict[str, Any]:
        """Ask; the answer of the route."""
        asked: dict[str, Any] = await self.address.post(
            f"{self.route}/conversations/{conversation}/runs",
            {"text": text, "provider": "local", "model": "small", **fields},
            status,
        )
        return asked

    async def stop(self, conversation: str, run_id: str) -> None:
        await self.address.post(
            f"{self.route}/conversations/{conversation}/runs/{run_id}/stop", {}, 202
        )

    async def ended(self, run_id: str) -> dict[str, Any]:
        """The event that ends a run, once it came."""
        await self.client.until(lambda: any(self._ends(run_id)))
        return next(iter(self._ends(run_id)))

    async def answered(self, text: str, **fields: Any) -> dict[str, Any]:
        """Ask in a new conversation and wait; the answer's message."""
        conversation = await self.converse()
        run_id = (await self.ask(conversation, text, **fields))["run_id"]
        await self.ended(run_id)
        return (await self.messages(conversation))[-1]

    async def messages(self, conversation: str) -> list[dict[str, Any]]:
        found = await self.address.get(f"{self.route}/conversations/{conversation}")
        return list(found["messages"])

    def named(self, name: str) -> list[dict[str, Any]]:
        """The fields of the events of one kind that came."""
        return [e["data"] for e in self.client.events if e["name"] == f"v1.{name}"]

    async def until(self, true: Callable[[], bool]) -> None:
        await self.client.until(true)

    def _ends(self, run_id: str) -> list[dict[str, Any]]:
        return [
            event
            for event in self.client.events
            if event["name"] in ENDS and event["data"]["run_id"] == run_id
        ]
