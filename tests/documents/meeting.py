"""A server and JupyterLab models that people work at, with links that deliver when told to."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator

from anode_jlab.documents.change import Change
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.testing.ids import SeededIds
from tests.documents.jupyterlab_peers import Cell, JupyterLabPeers

A, B, C = 11, 12, 13
TEXTS = {"a": "alpha one", "b": "beta two", "c": "gamma three"}


class Meeting:
    """A server and peers, joined by first-in-first-out links that deliver when told to."""

    def __init__(self, browsers: JupyterLabPeers, *, peers: tuple[int, ...] = (A, B)) -> None:
        self.browsers = browsers
        self.peers = peers
        self.ids = SeededIds(1)
        self.server = NotebookDocument(ids=self.ids, client_id=1, mending=True)
        cells = [
            {"cell_type": "code", "id": key, "source": text, "metadata": {}, "outputs": []}
            | {"execution_count": None}
            for key, text in TEXTS.items()
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        self.log = [from_notebook(notebook, client=2)]
        self.server.load(self.log[0])
        self.up: dict[int, deque[bytes]] = {peer: deque() for peer in peers}
        self.down: dict[int, deque[bytes]] = {peer: deque() for peer in peers}
        self.taken: dict[int, list[bytes]] = {peer: [] for peer in peers}
        for peer in peers:
            browsers.open(peer, self.server.encode())

    def do(self, peer: int, command: str, *args: object) -> object:
        result, updates = self.browsers.call(peer, command, *args)
        self.up[peer].extend(updates)
        return result

    def place(self, peer: int, cell_id: str) -> int:
        return [cell[0] for cell in self.browsers.cells(peer)].index(cell_id)

    def text(self, peer: int, cell_id: str) -> str:
        return next(cell[2] for cell in self.browsers.cells(peer) if cell[0] == cell_id)

    def type(self, peer: int, cell_id: str, at: int, text: str, *, over: int = 0) -> None:
        self.do(peer, "type", self.place(peer, cell_id), at, at + over, text)

    def receive(self, peer: int) -> list[Change]:
        """The server takes one update of a peer."""
        update = self.up[peer].popleft()
        self.taken[peer].append(update)
        changes = self.server.apply(update, origin="peer", author=None)
        self.log += [change.update for change in changes if change.update]
        for change in changes:
            for other in self.peers:
                if change.update and (other != peer or change is not changes[0]):
                    self.down[other].append(change.update)
        return changes

    def restart(self) -> None:
        """Another server process loads the log."""
        self.server.close()
        client = self.ids.yjs_client()
        self.server = NotebookDocument(ids=self.ids, client_id=client, mending=True)
        for update in self.log:
            self.server.load(update)

    def reconnect(self, peer: int, *, unacked: int) -> None:
        """The line broke: the peer sends its last ``unacked`` updates again, before what is still
        on its way, and gets what it lacks by now."""
        again = self.taken[peer][-unacked:] if unacked else []
        self.up[peer].extendleft(reversed(again))
        self.down[peer].clear()
        self.down[peer].append(self.server.diff(self.browsers.vector(peer)))

    def deliver(self, peer: int) -> None:
        """A peer takes one update of the server."""
        self.up[peer].extend(self.browsers.apply(peer, self.down[peer].popleft()))

    def settle(self, *first: int) -> None:
        """Deliver everything, the updates of ``first`` before the others'."""
        self.settle_server(*first)
        while any(self.up.values()) or any(self.down.values()):
            for peer in self.peers:
                while self.up[peer]:
                    self.receive(peer)
                while self.down[peer]:
                    self.deliver(peer)

    def settle_server(self, *peers: int) -> list[Change]:
        """The server takes all that these peers have sent."""
        return [
            change for peer in peers for _ in list(self.up[peer]) for change in self.receive(peer)
        ]

    def result(self) -> dict[str, tuple[str, str]]:
        """All copies are equal, ids are unique: the cells by id."""
        cells = self.cells()
        for peer in self.peers:
            assert self.browsers.cells(peer) == cells
        assert len({cell[0] for cell in cells}) == len(cells)
        return {cell[0]: (cell[1], cell[2]) for cell in cells}

    def cells(self) -> list[Cell]:
        return [(cell["id"], cell["cell_type"], str(cell["source"])) for cell in self.server.cells]

    def order(self) -> list[str]:
        return [cell[0] for cell in self.cells()]


class Work:
    """One random hour of three people, shortened. With ``new_ids`` they delete and insert cells
    too; without an own id for each the inserted cells take those of others. With ``restarts``
    another server process loads the log at times, and all connect again."""

    def __init__(
        self,
        meeting: Meeting,
        rng: random.Random,
        *,
        new_ids: Iterator[str] | None = None,
        restarts: bool = False,
    ) -> None:
        self.meeting = meeting
        self.rng = rng
        self.new_ids = new_ids
        self.restarts = restarts
        self.markers: list[str] = []

    def step(self) -> None:
        peer = self.rng.choice(self.meeting.peers)
        act = self.rng.random()
        if self.new_ids is not None and act < 0.1:
            self.restructure(peer, next(self.new_ids))
        elif self.restarts and act < 0.04:
            self.restart()
        elif act < 0.3:
            self.type(peer)
        elif act < 0.36:
            self.erase(peer)
        elif act < 0.45:
            self.meeting.do(peer, "move", self.cell(peer)[0], self.cell(peer)[0])
        elif act < 0.5:
            kind = self.rng.choice(["markdown", "code", "raw"])
            self.meeting.do(peer, "retype", self.cell(peer)[0], kind)
        elif act < 0.55:
            self.meeting.do(peer, self.rng.choice(["undo", "redo"]))
        elif act < 0.8 and self.meeting.up[peer]:
            self.meeting.receive(peer)
        elif self.meeting.down[peer]:
            self.meeting.deliver(peer)

    def restart(self) -> None:
        if self.rng.random() < 0.5:
            self.meeting.restart()
        for peer in self.meeting.peers:
            self.meeting.reconnect(peer, unacked=self.rng.randrange(4))

    def type(self, peer: int) -> None:
        """Type a marker somewhere, not inside another one."""
        marker = f"<{len(self.markers)}é😀>"
        place, source = self.cell(peer)
        spots = [at for at in range(len(source) + 1) if not inside(source, at)]
        at = units(source[: self.rng.choice(spots)])
        self.meeting.do(peer, "type", place, at, at, marker)
        self.markers.append(marker)

    def erase(self, peer: int) -> None:
        """Erase a character that belongs to no marker."""
        place, source = self.cell(peer)
        spots = [at for at in range(len(source)) if not inside(source, at) and source[at] != "<"]
        if spots:
            at = units(source[: self.rng.choice(spots)])
            self.meeting.do(peer, "type", place, at, at + 1, "")

    def restructure(self, peer: int, cell_id: str) -> None:
        place, _ = self.cell(peer)
        if self.rng.random() < 0.5 and len(self.meeting.browsers.cells(peer)) > 1:
            self.meeting.do(peer, "delete", place)
        else:
            cell = {"cell_type": "raw", "id": cell_id, "source": "pasted", "metadata": {}}
            self.meeting.do(peer, "insert", place, cell)

    def cell(self, peer: int) -> tuple[int, str]:
        cells = self.meeting.browsers.cells(peer)
        place = self.rng.randrange(len(cells))
        return place, cells[place][2]


def inside(source: str, at: int) -> bool:
    return source[:at].count("<") > source[:at].count(">")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
