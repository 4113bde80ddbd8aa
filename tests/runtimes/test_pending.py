"""Kernels that are about to start when the server ends, with the server's own kernel manager."""

from __future__ import annotations

import asyncio
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)

from anode_jlab.runtimes.pending import settle

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("anyio_backend")]

MODULE = "slow_kernels"
"""Kernel managers are named, not given."""


class Slow(ServerKernelManager):
    """Comes up when it is allowed to, or fails."""

    go: asyncio.Event
    fails: bool

    async def _async_pre_start_kernel(self, **kw: Any) -> Any:
        await self.go.wait()
        if self.fails:
            raise RuntimeError("enough of it")
        return await super()._async_pre_start_kernel(**kw)

    pre_start_kernel = _async_pre_start_kernel  # type: ignore[assignment]


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    module = types.ModuleType(MODULE)
    vars(module)["Slow"] = Slow
    monkeypatch.setitem(sys.modules, MODULE, module)
    monkeypatch.setattr(Slow, "go", asyncio.Event(), raising=False)
    monkeypatch.setattr(Slow, "fails", False, raising=False)
    return AsyncMappingKernelManager(  # type: ignore[no-untyped-call]
        kernel_manager_class=f"{MODULE}.Slow", root_dir=str(tmp_path), allowed_message_types=[]
    )


async def begun(kernels: Any) -> asyncio.Task[str]:
    task: asyncio.Task[str] = asyncio.create_task(kernels.start_kernel())
    while not kernels._pending_kernels:
        await asyncio.sleep(0)
    return task


async def test_a_start_is_waited_for_and_its_kernel_ended(kernels: Any) -> None:
    task = await begun(kernels)
    settling = asyncio.create_task(settle(kernels, 60))
    await asyncio.wait([settling], timeout=0)
    assert not settling.done()
    Slow.go.set()
    await settling
    await task
    await kernels.shutdown_all()
    assert kernels.list_kernel_ids() == []


async def test_a_start_that_failed_is_forgotten(kernels: Any) -> None:
    Slow.fails = True
    task = await begun(kernels)
    Slow.go.set()
    with pytest.raises(RuntimeError, match="enough of it"):
        await task
    await settle(kernels, 60)
    await kernels.shutdown_all()


async def test_a_start_that_takes_too_long_is_given_up(kernels: Any) -> None:
    task = await begun(kernels)
    await settle(kernels, 0.01)
    await asyncio.wait([task])
    await kernels.shutdown_all()
    assert kernels.list_kernel_ids() == []
