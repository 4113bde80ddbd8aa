"""Real JupyterLab notebook models, driven from Python: node runs ``@jupyter/ydoc`` itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

_SCRIPT = Path(__file__).with_suffix(".mjs")
_NODE_MODULES = _SCRIPT.parents[2] / "node_modules"

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (_NODE_MODULES / "@jupyter" / "ydoc").exists(),
    reason="needs node and `jlpm install`",
)

Cell = tuple[str, str, str]
"""Id, type and source."""


class JupyterLabPeers:
    """Several browsers in one node process; a peer is named by its Yjs client id."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=60)

    def call(self, peer: int, command: str, *args: object) -> tuple[Any, list[bytes]]:
        """The result of a command, and the updates that the peer would send."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"peer": peer, "do": command, "args": args})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["result"], [b64decode(update) for update in answer["updates"]]

    def open(self, peer: int, document: bytes) -> None:
        self.call(peer, "open")
        self.apply(peer, document)

    def apply(self, peer: int, update: bytes) -> list[bytes]:
        return self.call(peer, "apply", b64encode(update).decode())[1]

    def cells(self, peer: int) -> list[Cell]:
        return [(cell[0], cell[1], cell[2]) for cell in self.call(peer, "cells")[0]]

    def vector(self, peer: int) -> bytes:
        return b64decode(self.call(peer, "vector")[0])

    def diff(self, peer: int, vector: bytes) -> bytes:
        return b64decode(self.call(peer, "diff", b64encode(vector).decode())[0])
