"""A notebook on a server under test, and what a client of its routes does with it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.server_address import ServerAddress

FINAL = ("completed", "failed", "cancelled", "lost")

PATIENCE_SECONDS = 60.0
"""Kernels start slowly on busy machines."""


class Notebook:
    """One notebook by its routes."""

    def __init__(self, address: ServerAddress, notebook_id: str) -> None:
        self.address = address
        self.id = notebook_id

    @classmethod
    async def opened(cls, address: ServerAddress, path: str) -> Notebook:
        return cls(address, (await address.post("notebooks", {"path": path}))["id"])

    async def ask(self, *cells: str | dict[str, Any], status: int = 202, **more: Any) -> Any:
        """Ask for cells to be run; the answer."""
        body = [cell if isinstance(cell, dict) else {"cell_id": cell} for cell in cells]
        route = f"notebooks/{self.id}/executions"
        return await self.address.post(route, {"cells": body, **more}, status)

    async def start(self, *cells: str | dict[str, Any], **more: Any) -> list[str]:
        """Ask for cells to be run; the ids of the runs."""
        answer = await self.ask(*cells, **more)
        return [run["execution_id"] for run in answer["executions"]]

    async def run(self, *cells: str, **more: Any) -> list[dict[str, Any]]:
        """Run cells to their ends."""
        return [await self.ended(execution_id) for execution_id in await self.start(*cells, **more)]

    async def ended(self, execution_id: str) -> dict[str, Any]:
        """What became of a run, once it ended."""
        return await self.until(execution_id, *FINAL)

    async def until(self, execution_id: str, *statuses: str) -> dict[str, Any]:
        """A run, once it has one of these statuses."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                run: dict[str, Any] = await self.execution(execution_id)
                if run["status"] in statuses:
                    return run
                assert run["status"] not in FINAL, run
                await asyncio.sleep(0.02)

    async def execution(self, execution_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.address.get(
            f"notebooks/{self.id}/executions/{execution_id}"
        )
        return found

    async def cancel(self, execution_id: str | None = None) -> int:
        route = f"anode/api/notebooks/{self.id}/executions"
        if execution_id is not None:
            route += f"/{execution_id}"
        return (await self.address.fetch("DELETE", route)).code

    async def runtime(self, action: str | None = None, status: int = 200, **more: Any) -> Any:
        route = f"notebooks/{self.id}/runtime"
        if action is None:
            return await self.address.get(route, status)
        return await self.address.post(route, {"action": action, **more}, status)

    async def document(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.address.get(f"notebooks/{self.id}/document")
        return found

    async def cell(self, cell_id: str) -> dict[str, Any]:
        document = await self.document()
        found: dict[str, Any] = next(c for c in document["cells"] if c["id"] == cell_id)
        return found

    async def outputs(self, cell_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.cell(cell_id))["outputs"]
        return found

    async def events(self, *names: str) -> list[dict[str, Any]]:
        query = f"?limit=10000&name={','.join(names)}" if names else "?limit=10000"
        found: list[dict[str, Any]] = await self.address.get(f"notebooks/{self.id}/events{query}")
        return found

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.address.get(f"notebooks/{self.id}/state")
        return found
