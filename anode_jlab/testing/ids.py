"""Identifiers that a seed determines, so that a failing run can be had again."""

from __future__ import annotations

import random

from anode_jlab.ids import CellId, ExecutionId, Lineage, NotebookId, SessionId, YjsClient


class SeededIds:
    """Satisfies ``ids.Ids``."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def notebook(self) -> NotebookId:
        return NotebookId(f"{self._random.getrandbits(128):032x}")

    def lineage(self) -> Lineage:
        return Lineage(f"{self._random.getrandbits(64):016x}")

    def cell(self) -> CellId:
        return CellId(f"{self._random.getrandbits(32):08x}")

    def yjs_client(self) -> YjsClient:
        return YjsClient(self._random.getrandbits(32))

    def execution(self) -> ExecutionId:
        return ExecutionId(f"{self._random.getrandbits(128):032x}")

    def session(self) -> SessionId:
        return SessionId(f"{self._random.getrandbits(64):016x}")
