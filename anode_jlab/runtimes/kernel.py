"""Kernels as a port: what the rest of the server needs of them, whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from anode_jlab.ids import NotebookId
from anode_jlab.runtimes.memory import Memory


@dataclass(frozen=True, slots=True)
class KernelMessage:
    """A message from a kernel. ``parent`` is the id of the request that it answers, ``session``
    that of the client that asked."""

    channel: str
    kind: str
    parent: str
    session: str
    content: Mapping[str, Any]
    metadata: Mapping[str, Any]
    buffers: tuple[bytes, ...] = ()
    parent_kind: str = ""


@dataclass(frozen=True, slots=True)
class KernelRef:
    """A kernel that the server runs; ``language`` as its kernelspec says it."""

    id: str
    name: str
    language: str = ""


class Fall(NamedTuple):
    """A process that died by itself; ``exit_code`` as in ``Pulse``."""

    process: int
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a kernel's process is. ``exit_code`` is negative for a signal, None while it lives or
    when it is not known; ``process`` changes when another process took its place. ``changing``:
    somebody is about to end it or to start another in its place. ``fall``: the last process that
    died before its manager put another in its place."""

    known: bool
    alive: bool
    changing: bool = False
    exit_code: int | None = None
    process: int | None = None
    memory: Memory | None = None
    fall: Fall | None = None


class KernelLink(Protocol):
    """One client's connection to one kernel. Messages arrive in order through the callback that
    ``KernelHost.connect`` was given."""

    session: str

    async def ready(self, seconds: float) -> None:
        """Wait until the kernel answers and its outputs arrive.

        Raises KernelSilent when it does not within ``seconds``.
        """
        ...

    async def hears(self, seconds: float) -> bool:
        """Whether outputs arrive within ``seconds``; the kernel may be busy."""
        ...

    def execute(self, code: str, cell_id: str, execution_id: str) -> str:
        """Send a cell's source; the id of the request, ``request_of(execution_id)``."""
        ...

    def answer(self, value: str) -> None:
        """Give the line that the running code asked for."""
        ...

    def send(self, kind: str, content: Mapping[str, Any]) -> str:
        """Send another kind of request on the main channel; its id."""
        ...

    async def beats(self, seconds: float) -> bool:
        """Whether the kernel's heartbeat answers within ``seconds``."""
        ...

    async def close(self) -> None:
        """Let go of the connection; the kernel goes on."""
        ...


REQUEST_PREFIX = "anode-"


def request_of(execution_id: str) -> str:
    """The id of the message that asks a kernel to execute this: the next life of the server has to
    know it."""
    return REQUEST_PREFIX + execution_id


OnMessage = Callable[[KernelMessage], None]


class KernelHost(Protocol):
    """The server's kernels and which notebook each belongs to."""

    async def reclaim(self) -> list[NotebookId]:
        """Take up the kernels that an earlier life of the server left; the notebooks that ran cells
        with them."""
        ...

    async def find(self, path: str) -> KernelRef | None:
        """The kernel of the session that the server has for a notebook."""
        ...

    async def start(self, path: str, kernel_name: str | None) -> KernelRef:
        """Start a kernel in a session for a notebook; the server's default kernel for None.

        Raises NoKernelSpec and KernelNotStarted.
        """
        ...

    async def prepare(self, path: str, kernel_name: str) -> KernelRef:
        """Start a kernel for a notebook that has another one, whose session stays as it is.

        Raises NoKernelSpec and KernelNotStarted.
        """
        ...

    async def switch(self, path: str, before: str, after: str) -> None:
        """Put one kernel in the place of another in every session that has it; it is ended."""
        ...

    async def discard(self, kernel_id: str) -> None:
        """End a kernel that got no session."""
        ...

    async def bind(self, path: str, kernel_id: str) -> None:
        """Make a session for a notebook with a kernel that runs already."""
        ...

    async def connect(self, kernel_id: str, on_message: OnMessage, name: str) -> KernelLink:
        """A new connection; ``name`` is its owner's, the same whenever it connects.

        Raises KernelNotStarted when there is no such kernel.
        """
        ...

    async def keep(self, kernel_id: str, notebook: NotebookId, path: str) -> None:
        """This kernel runs cells of a notebook, and is there: should the server die, the next one
        is to find it."""
        ...

    def returned(self, kernel_id: str) -> float | None:
        """Until when an earlier life of the server saw this kernel, which was taken up (seconds
        since the epoch); told once, None for every other."""
        ...

    async def pulse(self, kernel_id: str, *, memory: bool = False) -> Pulse:
        """How the kernel's process is; its ``memory`` when asked for, which takes longer."""
        ...

    def last_words(self, kernel_id: str) -> str:
        """The last lines that its process wrote to its standard error; empty where that is not
        known."""
        ...

    async def interrupt(self, kernel_id: str) -> None:
        """Break off what it runs."""
        ...

    async def restart(self, kernel_id: str) -> None:
        """End its process and start another under the same id; returns when that has begun."""
        ...

    async def shutdown(self, path: str, kernel_id: str) -> None:
        """End it and the session of the notebook."""
        ...
