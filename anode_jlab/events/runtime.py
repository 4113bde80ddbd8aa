"""Events about runtimes: each life of a notebook's kernel is a session of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from anode_jlab.events.event import Event
from anode_jlab.ids import SessionId


class SessionStatus(StrEnum):
    """What a living session does at the moment."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    UNRESPONSIVE = "unresponsive"
    RESTARTING = "restarting"


class Termination(StrEnum):
    """Why a session ended."""

    SHUTDOWN = "shutdown"
    RESTART = "restart"
    ERROR = "error"
    TIMEOUT = "timeout"
    DISPLACED = "displaced"
    CULLED = "culled"
    OOM = "oom"
    SERVER_STOP = "server_stop"


class RuntimeSessionStarted(Event, frozen=True, kw_only=True):
    """A kernel began to work for this notebook: started, restarted, or found running.

    ``capabilities`` are words such as ``code``; ``language`` is the kernel's own word for it.
    """

    event_name: ClassVar[str] = "v1.RuntimeSessionStarted"
    session_id: SessionId
    kernel_id: str
    kernel_name: str
    language: str
    capabilities: tuple[str, ...]


class RuntimeSessionStatusChanged(Event, frozen=True, kw_only=True):
    """A session does something else now. ``foreign``: it is busy with a run that did not come
    through the queue but straight over a kernel socket, such as from a console."""

    event_name: ClassVar[str] = "v1.RuntimeSessionStatusChanged"
    session_id: SessionId
    status: SessionStatus
    foreign: bool = False


class RuntimeHandedOff(Event, frozen=True, kw_only=True):
    """Another session took the place of one, with the queue as it was."""

    event_name: ClassVar[str] = "v1.RuntimeHandedOff"
    from_session: SessionId
    to_session: SessionId


class RuntimeSessionTerminated(Event, frozen=True, kw_only=True):
    """A session ended; ``detail`` says more for people (a signal, the last line of the kernel)."""

    event_name: ClassVar[str] = "v1.RuntimeSessionTerminated"
    session_id: SessionId
    reason: Termination
    detail: str = ""
