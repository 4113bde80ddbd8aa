"""notebooks/{id}/runtime/table: rows of a table that the kernel showed, for every reader."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.errors import BadRequest, KernelBusy, NotebookNotFound, TableGone
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import LARGEST_NUMBER
from anode_jlab.handlers.executions import RunsDoor
from anode_jlab.handlers.operation import Operation
from anode_jlab.ids import NotebookId
from anode_jlab.kernel.cells import MOST_COLUMNS
from anode_jlab.runtimes.grid import HOW, TablePage, TableQuery

MOST_ROWS = 1000
"""Of one answer; of a wide table there are fewer."""

MOST_FILTERS = 20

Place = Annotated[int, msgspec.Meta(ge=0, lt=MOST_COLUMNS)]
Name = Annotated[str, msgspec.Meta(max_length=10_000)]
Value = Annotated[str, msgspec.Meta(max_length=1000)]


class FilterBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows to keep. ``column`` is a place among the names, ``value`` as people write it."""

    column: Place
    how: HOW
    value: Value = ""


class SortBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The column to order by; what is missing comes last."""

    column: Place
    descending: bool = False


class TableBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows of which table; ``table`` and ``names`` as its description gives them."""

    table: Annotated[str, msgspec.Meta(max_length=100)]
    names: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=MOST_COLUMNS)]
    start: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_NUMBER)] = 0
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 100
    filters: Annotated[tuple[FilterBody, ...], msgspec.Meta(max_length=MOST_FILTERS)] = ()
    sort: SortBody | None = None


class TableHandler(RunsDoor):
    """``anode/api/notebooks/{id}/runtime/table``"""

    operations: ClassVar[dict[str, Operation]] = {
        "post": Operation(
            summary="Rows of a table that the notebook's kernel showed, filtered and sorted",
            body=TableBody,
            reply=TablePage,
            errors=(NotebookNotFound, KernelBusy, TableGone),
        ),
    }

    @requires("read", "contents")
    async def post(self, notebook_id: str) -> None:
        body = self.body(TableBody)
        places = [one.column for one in (*body.filters, *((body.sort,) if body.sort else ()))]
        if any(place >= len(body.names) for place in places):
            raise BadRequest("There is no such column.")
        runs = await self.services.executions.of(NotebookId(notebook_id))
        query = TableQuery(
            table=body.table,
            names=body.names,
            start=body.start,
            count=body.count,
            filters=tuple((one.column, one.how, one.value) for one in body.filters),
            sort=None if body.sort is None else (body.sort.column, body.sort.descending),
        )
        self.reply(await runs.table(query))
