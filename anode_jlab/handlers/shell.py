"""GET shell.js: the service worker that keeps JupyterLab's own files for times without a server."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import ClassVar

from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation

PARTS = ("shell_kept.js", "shell_worker.js")
"""They are one script: not all browsers know modules in service workers."""


@cache
def script() -> bytes:
    """The worker's text; it does not change while the server runs."""
    return b"\n".join(Path(__file__).with_name(part).read_bytes() for part in PARTS)


class ShellHandler(AnodeHandler):
    """``anode/api/shell.js``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(summary="The service worker of the front end, as JavaScript")
    }

    _track_activity = False

    @property
    def content_security_policy(self) -> str:
        """It holds in the worker, which asks this server and nobody else."""
        return "default-src 'none'; connect-src 'self'"

    @requires("read", "contents")
    async def get(self) -> None:
        # It works for all pages of the server, not only for those below its own address.
        self.set_header("Service-Worker-Allowed", self.base_url)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.finish(script(), set_content_type="text/javascript; charset=utf-8")
