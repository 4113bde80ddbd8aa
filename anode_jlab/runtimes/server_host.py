"""The kernels of this Jupyter server, through its own kernel and session managers.

Nothing of theirs is replaced, so gateways, provisioners, JupyterLab's running panel and all other
clients see the same kernels and sessions.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol

import msgspec
import zmq.asyncio

from anode_jlab.errors import KernelNotStarted, NoKernelSpec
from anode_jlab.ids import NotebookId
from anode_jlab.runtimes.falls import Falls
from anode_jlab.runtimes.kernel import KernelRef, OnMessage, Pulse
from anode_jlab.runtimes.link import JupyterLink
from anode_jlab.runtimes.memory import memory_of
from anode_jlab.runtimes.pending import forget_failures
from anode_jlab.runtimes.reclaim import NOTEBOOK, reclaim
from anode_jlab.runtimes.records import Records

SESSION_PREFIX = "anode-run-"
"""How the ids of our own message sessions begin."""


class Managers(Protocol):
    """What is used of ``jupyter_server``'s application."""

    @property
    def kernel_manager(self) -> Any: ...

    @property
    def session_manager(self) -> Any: ...

    @property
    def kernel_spec_manager(self) -> Any: ...


class ServerHost:
    """Satisfies ``kernel.KernelHost``."""

    def __init__(self, managers: Managers, records: Records | None = None) -> None:
        self._managers = managers
        self._records = records
        """Where it is written down which kernels may outlive the server; None where none may."""
        self._returned: dict[str, float] = {}
        self._falls = Falls()
        # Sockets inherit its options: what a kernel floods us with must not be dropped.
        self._context = zmq.asyncio.Context()
        self._context.setsockopt(zmq.RCVHWM, 0)

    async def find(self, path: str) -> KernelRef | None:
        for session in await _now(self._managers.session_manager.list_sessions()):
            if session["path"] == path and session["type"] == NOTEBOOK:
                kernel = session["kernel"]
                return KernelRef(kernel["id"], kernel["name"], await self._language(kernel["name"]))
        return None

    async def start(self, path: str, kernel_name: str | None) -> KernelRef:
        await self._require_spec(kernel_name)
        sessions = self._managers.session_manager
        try:
            session = await _now(
                sessions.create_session(
                    path=path,
                    name=PurePosixPath(path).name,
                    type=NOTEBOOK,
                    kernel_name=kernel_name,
                )
            )
        except Exception as error:
            forget_failures(self._managers.kernel_manager)
            raise KernelNotStarted(f"The kernel did not start: {_told(error)}") from error
        kernel = session["kernel"]
        return KernelRef(kernel["id"], kernel["name"], await self._language(kernel["name"]))

    async def prepare(self, path: str, kernel_name: str) -> KernelRef:
        await self._require_spec(kernel_name)
        sessions = self._managers.session_manager
        name = PurePosixPath(path).name
        try:
            kernel_id = await _now(
                sessions.start_kernel_for_session(
                    sessions.new_session_id(), path, name, NOTEBOOK, kernel_name
                )
            )
        except Exception as error:
            raise KernelNotStarted(f"The kernel did not start: {_told(error)}") from error
        return KernelRef(kernel_id, kernel_name, await self._language(kernel_name))

    async def switch(self, path: str, before: str, after: str) -> None:
        sessions = self._managers.session_manager
        found = [
            session["id"]
            for session in await _now(sessions.list_sessions())
            if session["kernel"]["id"] == before
            or (session["path"], session["type"]) == (path, NOTEBOOK)
        ]
        for session_id in found:
            await _now(sessions.update_session(session_id, kernel_id=after))
        if not found:
            await self.bind(path, after)
        await self.discard(before)

    async def discard(self, kernel_id: str) -> None:
        if self._manager(kernel_id) is not None:
            await _now(self._managers.kernel_manager.shutdown_kernel(kernel_id, now=True))

    async def bind(self, path: str, kernel_id: str) -> None:
        await _now(
            self._managers.session_manager.create_session(
                path=path, name=PurePosixPath(path).name, type=NOTEBOOK, kernel_id=kernel_id
            )
        )

    async def reclaim(self) -> list[NotebookId]:
        """Take up the kernels of an earlier life of the server; the notebooks that they run."""
        if self._records is None:
            return []
        kernels, sessions = self._managers.kernel_manager, self._managers.session_manager
        self._returned = await reclaim(self._records, kernels, sessions)
        found = [self._records.get(kernel_id) for kernel_id in self._returned]
        return [NotebookId(record.notebook) for record in found if record is not None]

    def returned(self, kernel_id: str) -> float | None:
        return self._returned.pop(kernel_id, None)

    async def keep(self, kernel_id: str, notebook: NotebookId, path: str) -> None:
        record = None if self._records is None else self._records.get(kernel_id)
        if self._records is None or record is None:
            return
        if (record.notebook, record.path) != (notebook, path):
            session = await self._session_of(kernel_id)
            if session is not None:
                self._records.put(
                    msgspec.structs.replace(record, notebook=notebook, path=path, session=session)
                )
        self._records.touch(kernel_id)

    async def _session_of(self, kernel_id: str) -> str | None:
        for session in await _now(self._managers.session_manager.list_sessions()):
            if session["kernel"]["id"] == kernel_id and session["type"] == NOTEBOOK:
                return str(session["id"])
        return None

    async def connect(self, kernel_id: str, on_message: OnMessage, name: str) -> JupyterLink:
        manager = self._manager(kernel_id)
        if manager is None:
            raise KernelNotStarted("The kernel is gone.")
        self._falls.follow(kernel_id, manager)
        client = manager.client(context=self._context)
        # A session of its own: answers to us are told from answers to others by it. The same in
        # the next life of the server, which so gets the answers to what this one has asked.
        client.session.session = f"{SESSION_PREFIX}{name}-{kernel_id}"
        link = JupyterLink(client, on_message)
        link.open()
        return link

    async def pulse(self, kernel_id: str, *, memory: bool = False) -> Pulse:
        manager = self._manager(kernel_id)
        if manager is None:
            self._falls.forget(kernel_id)
            return Pulse(known=False, alive=False)
        provisioner = getattr(manager, "provisioner", None)
        process = getattr(provisioner, "pid", None)
        if provisioner is None or not manager.has_kernel:
            alive = bool(await _now(manager.is_alive()))
            changing = _is_changing(manager, alive)
            return Pulse(known=True, alive=alive, changing=changing, process=process)
        code = await provisioner.poll()
        return Pulse(
            known=True,
            alive=code is None,
            changing=_is_changing(manager, code is None),
            exit_code=None if getattr(provisioner, "is_found", False) else code,
            process=process,
            memory=memory_of(process) if memory and code is None else None,
            fall=self._falls.of(kernel_id),
        )

    def last_words(self, kernel_id: str) -> str:
        provisioner = getattr(self._manager(kernel_id), "provisioner", None)
        return str(getattr(provisioner, "last_words", ""))

    async def interrupt(self, kernel_id: str) -> None:
        if self._manager(kernel_id) is not None:
            await _now(self._managers.kernel_manager.interrupt_kernel(kernel_id))

    async def restart(self, kernel_id: str) -> None:
        if self._manager(kernel_id) is not None:
            await _now(self._managers.kernel_manager.restart_kernel(kernel_id, now=True))

    async def shutdown(self, path: str, kernel_id: str) -> None:
        sessions = self._managers.session_manager
        for session in await _now(sessions.list_sessions()):
            if session["kernel"]["id"] == kernel_id:
                await _now(sessions.delete_session(session["id"]))
        await self.discard(kernel_id)

    async def _require_spec(self, kernel_name: str | None) -> None:
        kernel_name = kernel_name or getattr(
            self._managers.kernel_manager, "default_kernel_name", None
        )
        if kernel_name is None:
            return
        specs = await self._specs()
        if kernel_name not in specs:
            known = ", ".join(sorted(specs)) or "none at all"
            raise NoKernelSpec(f"There is no kernel called {kernel_name} here (known: {known}).")

    async def _specs(self) -> Mapping[str, Any]:
        specs: Mapping[str, Any] = await _now(self._managers.kernel_spec_manager.get_all_specs())
        return specs

    async def _language(self, kernel_name: str) -> str:
        found = (await self._specs()).get(kernel_name, {})
        return str(found.get("spec", {}).get("language", ""))

    def _manager(self, kernel_id: str) -> Any:
        kernels = self._managers.kernel_manager
        return kernels.get_kernel(kernel_id) if kernel_id in kernels else None


def _is_changing(manager: Any, alive: bool) -> bool:
    """Whether a kernel is being ended, or its next process being started. Managers tell the first
    from the moment in which they are asked for it. Source: ``jupyter_client``'s ``KernelManager``.
    """
    if getattr(manager, "shutting_down", False):
        return True
    ready = getattr(manager, "ready", None)
    pending = isinstance(ready, asyncio.Future | concurrent.futures.Future) and not ready.done()
    return pending and not alive


async def _now(value: Any) -> Any:
    """Managers answer at once or later, each as it likes."""
    return await value if inspect.isawaitable(value) else value


def _told(error: Exception) -> str:
    return str(getattr(error, "log_message", None) or error) or type(error).__name__
