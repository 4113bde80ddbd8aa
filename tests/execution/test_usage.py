"""What a kernel uses of the machine, for those who look at its notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]


async def test_usage_is_measured_while_somebody_asks(
    address: ServerAddress, write_notebook: Write
) -> None:
    write_notebook("a.ipynb", "x = b'x' * (40 << 20)")
    notebook = await Notebook.opened(address, "a.ipynb")
    route = f"notebooks/{notebook.id}/runtime/usage"
    nothing: dict[str, Any] = {
        "session_id": None,
        "heartbeat_ms": None,
        "samples": [],
        "cores": None,
    }
    assert await address.get(route) == nothing | {"memory": None}
    await notebook.run("cell-0")
    async with asyncio.timeout(60):
        while len((usage := await address.get(route))["samples"]) < 2 or not usage["heartbeat_ms"]:
            await asyncio.sleep(0.1)
    first, second = usage["samples"][:2]
    assert first["age_ms"] > second["age_ms"] >= 0
    assert first["cpu_percent"] is None
    assert second["memory_bytes"] > 40 << 20
    assert usage["memory"]["bytes"] >= usage["memory"]["counted_bytes"] > 0
    await notebook.runtime("stop")
    assert await address.get(route) == nothing | {"memory": None}
