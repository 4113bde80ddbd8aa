"""notebooks/{id}/runtime/variables: what the notebook's kernel holds, for every reader."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from anode_jlab.errors import NotebookNotFound
from anode_jlab.execution.inspecting import LANGUAGE
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.executions import RunsDoor
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId, SessionId


class VariableBody(msgspec.Struct, frozen=True, kw_only=True):
    """One variable; never its value. ``shape`` is that of an array or table, or a length; ``bytes``
    is what it takes, as far as that is known without asking objects inside of it."""

    name: str
    type: str
    full_type: str
    shape: tuple[int, ...] | None
    bytes: int | None


class VariablesBody(msgspec.Struct, frozen=True, kw_only=True):
    """The largest variables first, ``count`` of them in all. ``age_ms``: since the kernel told,
    null when it has not yet; ``fresh``: nothing ran since. A kernel that is at work is not asked.
    ``supported`` is false for a kernel of another language than Python."""

    session_id: SessionId | None
    supported: bool
    age_ms: float | None = None
    fresh: bool = False
    count: int = 0
    variables: tuple[VariableBody, ...] = ()


class VariablesHandler(RunsDoor):
    """``anode/api/notebooks/{id}/runtime/variables``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The variables of the notebook's kernel: names, types, shapes and sizes",
            reply=VariablesBody,
            errors=(NotebookNotFound,),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        runs = await self.services.executions.of(NotebookId(notebook_id))
        session, told = runs.runtime.session, await runs.variables()
        if session is None or told is None:
            language = "" if session is None else session.kernel.language.lower()
            id_ = None if session is None else session.id
            self.reply(VariablesBody(session_id=id_, supported=language in ("", LANGUAGE)))
            return
        age = self.services.clock.monotonic() - told.at
        self.reply(
            VariablesBody(
                session_id=session.id,
                supported=True,
                age_ms=round(age * 1000, 1),
                fresh=told.is_fresh,
                count=told.variables.count,
                variables=tuple(
                    VariableBody(
                        name=one.name,
                        type=one.kind,
                        full_type=one.full_kind,
                        shape=one.shape,
                        bytes=one.size,
                    )
                    for one in told.variables.largest
                ),
            )
        )
