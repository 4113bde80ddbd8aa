"""What clients asked of a kernel by its own id, so that they can ask what became of it."""

from __future__ import annotations

from anode_jlab.execution.snippets import Snippets
from anode_jlab.ids import ExecutionId, NotebookId

MOST_KEPT = 10_000
"""Requests remembered; the oldest is forgotten first. The notebook's log knows them all."""


class KernelRequests:
    """Runs of cells by the kernels that they were asked of, and code without a cell."""

    def __init__(self, snippets: Snippets) -> None:
        self.snippets = snippets
        self._notebooks: dict[tuple[str, ExecutionId], NotebookId] = {}

    def add(self, kernel_id: str, execution_id: ExecutionId, notebook_id: NotebookId) -> None:
        """A run was asked for."""
        self._notebooks[kernel_id, execution_id] = notebook_id
        if len(self._notebooks) > MOST_KEPT:
            del self._notebooks[next(iter(self._notebooks))]

    def notebook_of(self, kernel_id: str, execution_id: ExecutionId) -> NotebookId | None:
        """The notebook whose cell was to be run by this request."""
        return self._notebooks.get((kernel_id, execution_id))

    def of_kernel(self, kernel_id: str) -> list[tuple[NotebookId, ExecutionId]]:
        """What was asked of a kernel, oldest first."""
        return [
            (notebook, execution)
            for (kernel, execution), notebook in self._notebooks.items()
            if kernel == kernel_id
        ]
