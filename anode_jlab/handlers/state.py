"""GET notebooks/{id}/state: the state made from the events so far."""

from __future__ import annotations

from typing import Any, ClassVar

from anode_jlab.errors import NotebookNotFound
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId
from anode_jlab.materializers.state import to_wire


class StateHandler(AnodeHandler):
    """``anode/api/notebooks/{id}/state``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The materialised state at seq",
            reply=dict[str, Any],
            errors=(NotebookNotFound,),
        )
    }

    @requires("read", "contents")
    async def get(self, notebook_id: str) -> None:
        room = await self.services.rooms.open(NotebookId(notebook_id))
        self.reply(to_wire(room.state))
