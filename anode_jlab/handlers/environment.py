"""notebooks/{id}/environment: the variables of the environment of the notebook's kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

import msgspec

from anode_jlab.errors import BadRequest, NotAllowed, NotebookNotFound, NotPossibleNow
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId
from anode_jlab.runtimes.environments import Environments, EnvironmentVariable

Name = Annotated[str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]{0,254}$")]
Value = Annotated[str, msgspec.Meta(max_length=32_768, pattern="^[^\\x00]*$")]

OWN = ("JPY_", "JUPYTER_", "ANODE_")
"""How names begin that are the server's to set."""

MOST = 200


class VariableBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One variable. The value of a secret one is not told; null in a request: as it is."""

    name: Name
    value: Value | None
    secret: bool = False


class EnvironmentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them, in their order. They apply from the next start of a kernel on."""

    variables: Annotated[tuple[VariableBody, ...], msgspec.Meta(max_length=MOST)]


class EnvironmentHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/environment``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The variables of the environment that the notebook's kernels start with",
            reply=EnvironmentBody,
            errors=(NotebookNotFound, NotPossibleNow),
        ),
        "put": Operation(
            summary="Have these variables and no others, from the next start of a kernel on",
            body=EnvironmentBody,
            reply=EnvironmentBody,
            errors=(NotebookNotFound, NotPossibleNow),
        ),
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        environments = await self._of(notebook_id)
        self.reply(_shown(await environments.of(NotebookId(notebook_id))))

    @requires("execute", "kernels")
    async def put(self, notebook_id: str) -> None:
        body = self.body(EnvironmentBody)
        if not (await self.role()).may_execute:
            raise NotAllowed("You may not run code in this notebook.")
        environments = await self._of(notebook_id)
        notebook = NotebookId(notebook_id)
        before = {one.name: one for one in await environments.of(notebook)}
        variables = [_wanted(one, before) for one in body.variables]
        if len({one.name for one in variables}) < len(variables):
            raise BadRequest("A variable is there twice.")
        await environments.put(notebook, variables)
        self.reply(_shown(variables))

    async def _of(self, notebook_id: str) -> Environments:
        environments = self.services.environments
        if environments is None:
            raise NotPossibleNow(
                "The kernels of this server are started by another provisioner, which has an "
                "environment of its own."
            )
        await self.services.rooms.open(NotebookId(notebook_id))  # that it is there
        return environments


def _wanted(body: VariableBody, before: dict[str, EnvironmentVariable]) -> EnvironmentVariable:
    if body.name.upper().startswith(OWN):
        raise BadRequest(f"{body.name} is set by the server.")
    value, known = body.value, before.get(body.name)
    if value is None and (known is None or not body.secret):
        raise BadRequest(f"{body.name} has no value.")
    value = value if value is not None or known is None else known.value
    return EnvironmentVariable(name=body.name, value=value or "", secret=body.secret)


def _shown(variables: Sequence[EnvironmentVariable]) -> EnvironmentBody:
    return EnvironmentBody(
        variables=tuple(
            VariableBody(name=one.name, value=None if one.secret else one.value, secret=one.secret)
            for one in variables
        )
    )
