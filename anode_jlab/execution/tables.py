"""The tables that a notebook's kernel shows, for those who look at them as grids."""

from __future__ import annotations

from anode_jlab.errors import KernelBusy, TableGone
from anode_jlab.execution.asking import Asker
from anode_jlab.execution.inspecting import LANGUAGE
from anode_jlab.ids import SessionId
from anode_jlab.runtimes.grid import TablePage, TableQuery, installation, page_in, question
from anode_jlab.runtimes.session import Session

ANSWER_SECONDS = 30.0
"""How long the rows may take; to sort ten million takes a few seconds the first time."""


class Tables:
    """Of one notebook."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._told: SessionId | None = None

    def prepare(self, session: Session) -> None:
        """Have the tables described that this session shows from now on."""
        if session.id != self._told and session.kernel.language.lower() == LANGUAGE:
            self._told = session.id
            session.link.send("execute_request", installation())

    async def page(self, session: Session | None, query: TableQuery, *, is_free: bool) -> TablePage:
        """Rows of a table. ``is_free``: the kernel runs nothing and has nothing to run.

        Raises TableGone, KernelBusy, and BadRequest for what cannot be filtered or sorted by.
        """
        if session is None:
            raise TableGone("The kernel that had this table has ended.")
        if not is_free:
            raise KernelBusy
        reply = await self._asker.ask(session, question(query), ANSWER_SECONDS)
        if reply is None:
            raise KernelBusy("The kernel did not give the rows in time.")
        return page_in(reply)
