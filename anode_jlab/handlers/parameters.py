"""POST notebooks/{id}/parameters: the values that the next run is given."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.documents.parameters import put_parameters
from anode_jlab.errors import BadRequest, NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import CellId, NotebookId

ORIGIN = "parameters"

MOST_PARAMETERS = 1000


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values, any JSON, by their names."""

    parameters: Annotated[dict[str, Any], msgspec.Meta(max_length=MOST_PARAMETERS)]


class ParametersCell(msgspec.Struct, frozen=True, kw_only=True):
    """The cell that sets them; it has the tag ``injected-parameters``."""

    cell_id: CellId


class ParametersHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/parameters``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Set parameters in a cell behind the one that is tagged parameters",
            body=Parameters,
            reply=ParametersCell,
            errors=(NotebookNotFound, BadRequest),
        )
    }

    @requires("write", "contents")
    async def post(self, notebook_id: str) -> None:
        wanted = self.body(Parameters).parameters
        room = await self.services.rooms.open(NotebookId(notebook_id))
        new, found = self.services.ids.cell(), list[CellId]()

        def put(document: NotebookDocument) -> None:
            found.append(put_parameters(document, wanted, new=new))

        await room.edit(self.actor, ORIGIN, put)
        self.reply(ParametersCell(cell_id=found[-1]))
