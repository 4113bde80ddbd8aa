"""The route table as tornado wants it."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError

from anode_jlab.handlers.access import requires
from anode_jlab.handlers.artifact import ARTIFACTS, ArtifactHandler
from anode_jlab.handlers.base import SHA256, AnodeHandler
from anode_jlab.handlers.collaboration import CollaborationSocket, SessionHandler
from anode_jlab.handlers.collaboration_lobby import LobbySocket
from anode_jlab.handlers.kernel_execute import (
    KernelExecuteHandler,
    KernelInputHandler,
    KernelRequestHandler,
)
from anode_jlab.handlers.mcp import MCP, McpHandler
from anode_jlab.handlers.openapi import OPENAPI_ROUTE
from anode_jlab.handlers.path_parameters import expression
from anode_jlab.handlers.routes import ROOT, ROUTES
from anode_jlab.services import Services

COLLABORATION = "api/collaboration"
"""Where clients of jupyter-collaboration look; the rest of its routes we do not have."""

COLLABORATION_ROUTES: tuple[tuple[str, type[Any]], ...] = (
    (r"session/(?P<path>.+)", SessionHandler),
    (r"room/JupyterLab(?::|%3[Aa])globalAwareness", LobbySocket),
    (r"room/(?P<room>[^/]+)", CollaborationSocket),
)


KERNELS = "api/kernels/(?P<kernel_id>[a-zA-Z0-9_-]+)"
"""Where clients of servers that run code themselves look; see ``kernel_execute``."""

KERNEL_ROUTES: tuple[tuple[str, type[Any]], ...] = (
    (r"execute", KernelExecuteHandler),
    (r"requests/(?P<request_id>[a-zA-Z0-9_-]+)", KernelRequestHandler),
    (r"input", KernelInputHandler),
)


class UnknownRoute(AnodeHandler):
    """Anything else below our root: an error in our own form instead of the server's HTML page."""

    @requires("read", "contents")
    async def get(self) -> None:
        raise HTTPError(404, "There is no such route.")

    post = put = patch = delete = get


def patterns(services: Services) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """(regular expression below the base URL, handler, its arguments) of every route of ours."""
    handed = {"services": services}
    routes: list[tuple[str, type[Any], dict[str, Any]]] = [
        (f"/{ROOT}/{expression(route.path)}", route.handler, handed)
        for route in (*ROUTES, OPENAPI_ROUTE)
    ]
    routes += [
        (f"/{COLLABORATION}/{below}", handler, handed) for below, handler in COLLABORATION_ROUTES
    ]
    routes += [(f"/{KERNELS}/{below}", handler, handed) for below, handler in KERNEL_ROUTES]
    routes.append((f"/{ARTIFACTS}/{expression('{id}')}/{SHA256}", ArtifactHandler, handed))
    routes.append((f"/{MCP}", McpHandler, handed))
    return [*routes, (rf"/{ROOT}(?:/.*)?", UnknownRoute, handed)]
