"""api/kernels/{id}/execute and its like: how other projects' clients have a server run code.

Three bodies are in use, told apart by their keys: ``{code, metadata}`` of jupyter-server-nbmodel,
``{cell_id, document_id}`` of jupyverse and of jupyter-collaboration's executor, and
``{document_id, cells}`` of jupyter-server-documents. Cells go into the notebook's queue; fields
that mean nothing to us are passed over, as these clients expect.
"""

from __future__ import annotations

from typing import Any

import msgspec
from tornado.web import HTTPError

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.plain import plain_cell
from anode_jlab.errors import AnodeError, BadRequest, ExecutionNotFound, NotAllowed, NotPossibleNow
from anode_jlab.events.document import Kind
from anode_jlab.events.execution import OnError
from anode_jlab.execution.notebook_runs import NotebookRuns
from anode_jlab.execution.request import CellToRun
from anode_jlab.execution.snippets import Snippet
from anode_jlab.handlers.access import is_stable, requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.file_ids import FileIds
from anode_jlab.ids import CellId, ExecutionId, NotebookId
from anode_jlab.materializers.execution import ExecutionState, ExecutionStatus
from anode_jlab.rooms.collaboration import RoomName


class CellWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a ``cells`` body."""

    cell_id: str


class CodeMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """Of which cell the code is, if of any."""

    document_id: str | None = None
    cell_id: str | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The three bodies in one; ``path`` may stand for ``document_id``."""

    code: str | None = None
    metadata: CodeMetadata | None = None
    document_id: str | None = None
    path: str | None = None
    cell_id: str | None = None
    cells: tuple[CellWanted, ...] | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``input()``."""

    input: str


class KernelDoor(AnodeHandler):
    """What these routes share."""

    async def admit(self, kernel_id: str) -> None:
        """For those who may execute, and kernels that are there."""
        if not (await self.role()).may_execute:
            raise NotAllowed("You may not run code here.")
        if kernel_id not in self.kernel_manager:
            raise HTTPError(404, f"There is no kernel {kernel_id}.")

    def content(self, kind: type[Any]) -> Any:
        """The JSON of the body, whatever it is called: these clients send no content type."""
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadRequest(f"The body is not understood: {error}") from error


class KernelExecuteHandler(KernelDoor):
    """``api/kernels/{kernel_id}/execute``"""

    @requires("execute", "kernels")
    async def post(self, kernel_id: str) -> None:
        wanted: Wanted = self.content(Wanted)
        await self.admit(kernel_id)
        if wanted.code is not None:
            await self._execute_code(kernel_id, wanted.code, wanted.metadata or CodeMetadata())
            return
        cells = [cell.cell_id for cell in wanted.cells or ()]
        if wanted.cell_id is not None:
            cells.append(wanted.cell_id)
        if not cells:
            raise BadRequest("The body names no code, cell_id or cells.")
        notebook = await self._notebook(wanted)
        await self._run(kernel_id, notebook, [self._cell(cell) for cell in cells])
        self.reply(None)

    async def _execute_code(self, kernel_id: str, code: str, metadata: CodeMetadata) -> None:
        if metadata.document_id is None or metadata.cell_id is None:
            name = self.services.kernel_requests.snippets.start(kernel_id, code)
        else:
            notebook = await self._notebook(Wanted(document_id=metadata.document_id))
            cell = self._cell(metadata.cell_id, code)
            await self._run(kernel_id, notebook, [cell])
            name = cell.execution_id
        # Without the base URL: clients put theirs before it.
        self.set_header("Location", f"/api/kernels/{kernel_id}/requests/{name}")
        self.reply({}, status=202)

    async def _notebook(self, wanted: Wanted) -> NotebookId:
        try:
            if wanted.document_id is not None:
                file = RoomName.parse(wanted.document_id).file
                return await FileIds(self.services, self.settings).find(file, Kind.NOTEBOOK)
            if wanted.path is not None:
                return await self.services.opener.identify(wanted.path)
        except AnodeError as error:
            raise BadRequest(f"There is no such notebook: {error.message}") from error
        raise BadRequest("The body names no document_id or path.")

    def _cell(self, cell_id: str, source: str | None = None) -> CellToRun:
        """``source``: the text that the client has, where it tells it; it may be ahead of ours."""
        return CellToRun(
            cell_id=CellId(cell_id), execution_id=self.services.ids.execution(), source=source
        )

    async def _run(self, kernel_id: str, notebook: NotebookId, cells: list[CellToRun]) -> None:
        runs = await self.services.executions.of(notebook)
        await runs.attach(kernel_id)
        shared = not is_stable(self)
        await runs.request(cells, on_error=OnError.STOP, actor=self.actor, shared=shared)
        for cell in cells:
            self.services.kernel_requests.add(kernel_id, cell.execution_id, notebook)


class KernelRequestHandler(KernelDoor):
    """``api/kernels/{kernel_id}/requests/{request_id}``: 202 while it runs, 300 while it waits for
    input, 200 with the outcome, 500 when there is none."""

    @requires("execute", "kernels")
    async def get(self, kernel_id: str, request_id: str) -> None:
        await self.admit(kernel_id)
        requests, execution = self.services.kernel_requests, ExecutionId(request_id)
        notebook = requests.notebook_of(kernel_id, execution)
        snippet = requests.snippets.find(kernel_id, request_id)
        if notebook is not None:
            await self._tell_run(kernel_id, notebook, execution)
        elif snippet is not None:
            self._tell_snippet(kernel_id, snippet)
        else:
            raise ExecutionNotFound

    async def _tell_run(self, kernel_id: str, notebook: NotebookId, name: ExecutionId) -> None:
        run = await self.services.executions.find(notebook, name)
        if run.input is not None:
            self._ask(kernel_id, run.input.prompt, run.input.password)
        elif not run.status.is_final:
            self.reply({}, status=202)
        elif run.status in (ExecutionStatus.COMPLETED, ExecutionStatus.FAILED):
            room = await self.services.rooms.open(notebook)
            outputs = await room.shown(lambda document: _outputs(document, run))
            self._end("error" if run.error else "ok", run.execution_count, outputs)
        else:
            self.reply({"error": f"The run is {run.status.value}: {run.reason}"}, status=500)

    def _tell_snippet(self, kernel_id: str, snippet: Snippet) -> None:
        if snippet.asked is not None:
            self._ask(kernel_id, *snippet.asked)
        elif not snippet.done.is_set():
            self.reply({}, status=202)
        elif snippet.problem:
            self.reply({"error": snippet.problem}, status=500)
        else:
            self._end(snippet.status, snippet.execution_count, snippet.outputs)

    def _ask(self, kernel_id: str, prompt: str, password: bool) -> None:
        self.set_header("Location", f"/api/kernels/{kernel_id}/input")
        asked = {"prompt": prompt, "password": password}
        self.reply({"parent_header": {}, "input_request": asked}, status=300)

    def _end(self, status: str, count: int | None, outputs: list[dict[str, Any]]) -> None:
        text = msgspec.json.encode(outputs).decode()
        self.reply({"status": status, "execution_count": count, "outputs": text})


class KernelInputHandler(KernelDoor):
    """``api/kernels/{kernel_id}/input``"""

    @requires("execute", "kernels")
    async def post(self, kernel_id: str) -> None:
        line: Line = self.content(Line)
        await self.admit(kernel_id)
        requests = self.services.kernel_requests
        if not requests.snippets.answer(kernel_id, line.input):
            runs, name = await self._waiting(kernel_id)
            shared = not is_stable(self)
            await runs.answer(name, line.input, self.actor, shared=shared)
        self.reply({}, status=201)

    async def _waiting(self, kernel_id: str) -> tuple[NotebookRuns, ExecutionId]:
        for notebook, name in reversed(self.services.kernel_requests.of_kernel(kernel_id)):
            runs = await self.services.executions.of(notebook)
            if any(run.id == name and run.input is not None for run in runs.waiting):
                return runs, name
        raise NotPossibleNow("Nothing that was asked of this kernel here waits for input.")


def _outputs(document: NotebookDocument, run: ExecutionState) -> list[dict[str, Any]]:
    cell = document.cell(run.cell_id)
    plain = {} if cell is None else plain_cell(cell.to_py() or {})
    outputs: list[dict[str, Any]] = plain.get("outputs", [])
    return outputs
