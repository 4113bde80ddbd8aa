"""Our routes, each with its path and its handler: what the server and the description read."""

from __future__ import annotations

from typing import ClassVar, Protocol

import msgspec

from anode_jlab.handlers.ai_approvals import (
    AllowanceHandler,
    AllowancesHandler,
    ApprovalHandler,
    ApprovalsHandler,
)
from anode_jlab.handlers.ai_completion import CompletionHandler
from anode_jlab.handlers.ai_context import ContextHandler
from anode_jlab.handlers.ai_conversations import ConversationHandler, ConversationsHandler
from anode_jlab.handlers.ai_mcp import McpServersHandler
from anode_jlab.handlers.ai_revert import RevertHandler
from anode_jlab.handlers.ai_runs import AskCellHandler, AssistantRunsHandler, AssistantStopHandler
from anode_jlab.handlers.ai_settings import ProviderHandler, ProviderKeyHandler, ProvidersHandler
from anode_jlab.handlers.blame import BlameHandler
from anode_jlab.handlers.copies import CopiesHandler, CopyHandler
from anode_jlab.handlers.deleted import DeletedHandler
from anode_jlab.handlers.document import DocumentHandler
from anode_jlab.handlers.environment import EnvironmentHandler
from anode_jlab.handlers.events import EventsHandler
from anode_jlab.handlers.executions import ExecutionHandler, ExecutionsHandler
from anode_jlab.handlers.export import ExportHandler, ReloadHandler
from anode_jlab.handlers.files import FilesHandler
from anode_jlab.handlers.health import HealthHandler
from anode_jlab.handlers.input import InputHandler
from anode_jlab.handlers.notebook import NotebookHandler
from anode_jlab.handlers.notebooks import NotebooksHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.parameters import ParametersHandler
from anode_jlab.handlers.purge import PurgeHandler
from anode_jlab.handlers.replay import ReplayHandler
from anode_jlab.handlers.restore import RestoreHandler
from anode_jlab.handlers.room import RoomSocket
from anode_jlab.handlers.runtime import RuntimeHandler, UsageHandler
from anode_jlab.handlers.shell import ShellHandler
from anode_jlab.handlers.state import StateHandler
from anode_jlab.handlers.table import TableHandler
from anode_jlab.handlers.timeline import TimelineHandler
from anode_jlab.handlers.undo import UndoHandler
from anode_jlab.handlers.variables import VariablesHandler

ROOT = "anode/api"
"""All routes lie here, below the server's base URL."""


class Described(Protocol):
    """A handler class that says what its methods take and give."""

    operations: ClassVar[dict[str, Operation]]


class Route(msgspec.Struct, frozen=True):
    """``path`` below ROOT; what stands in braces is one of ``path_parameters``."""

    path: str
    handler: type[Described]


ROUTES = (
    Route("health", HealthHandler),
    Route("notebooks", NotebooksHandler),
    Route("files", FilesHandler),
    Route("shell.js", ShellHandler),
    Route("notebooks/{id}", NotebookHandler),
    Route("notebooks/{id}/state", StateHandler),
    Route("notebooks/{id}/events", EventsHandler),
    Route("notebooks/{id}/document", DocumentHandler),
    Route("notebooks/{id}/deleted", DeletedHandler),
    Route("notebooks/{id}/replay", ReplayHandler),
    Route("notebooks/{id}/timeline", TimelineHandler),
    Route("notebooks/{id}/blame", BlameHandler),
    Route("notebooks/{id}/copies", CopiesHandler),
    Route("notebooks/{id}/copies/{copy}", CopyHandler),
    Route("notebooks/{id}/export", ExportHandler),
    Route("notebooks/{id}/reload", ReloadHandler),
    Route("notebooks/{id}/restore", RestoreHandler),
    Route("notebooks/{id}/purge", PurgeHandler),
    Route("notebooks/{id}/parameters", ParametersHandler),
    Route("notebooks/{id}/executions", ExecutionsHandler),
    Route("notebooks/{id}/executions/{execution_id}", ExecutionHandler),
    Route("notebooks/{id}/input", InputHandler),
    Route("notebooks/{id}/runtime", RuntimeHandler),
    Route("notebooks/{id}/environment", EnvironmentHandler),
    Route("notebooks/{id}/runtime/table", TableHandler),
    Route("notebooks/{id}/runtime/usage", UsageHandler),
    Route("notebooks/{id}/runtime/variables", VariablesHandler),
    Route("notebooks/{id}/undo", UndoHandler),
    Route("notebooks/{id}/context", ContextHandler),
    Route("notebooks/{id}/completion", CompletionHandler),
    Route("notebooks/{id}/approvals", ApprovalsHandler),
    Route("notebooks/{id}/approvals/{approval_id}", ApprovalHandler),
    Route("notebooks/{id}/revert", RevertHandler),
    Route("ai/mcp", McpServersHandler),
    Route("notebooks/{id}/allowances", AllowancesHandler),
    Route("notebooks/{id}/allowances/{allowance_id}", AllowanceHandler),
    Route("notebooks/{id}/conversations", ConversationsHandler),
    Route("notebooks/{id}/conversations/{conversation_id}", ConversationHandler),
    Route("notebooks/{id}/conversations/{conversation_id}/runs", AssistantRunsHandler),
    Route(
        "notebooks/{id}/conversations/{conversation_id}/runs/{run_id}/stop", AssistantStopHandler
    ),
    Route("notebooks/{id}/cells/{cell_id}/ask", AskCellHandler),
    Route("ai/providers", ProvidersHandler),
    Route("ai/providers/{provider}", ProviderHandler),
    Route("ai/providers/{provider}/key", ProviderKeyHandler),
    Route("notebooks/{id}/room", RoomSocket),
)
"""All but the description of these, which is made from them."""
