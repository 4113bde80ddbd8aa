"""What one method of one route takes and gives, for the description and for its readers."""

from __future__ import annotations

from typing import Any

import msgspec

from anode_jlab.errors import AnodeError


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """``query``, ``body`` and ``reply`` are types that msgspec can describe.

    ``errors`` are those that this route adds to the ones that every route may answer with.
    """

    summary: str
    query: type | None = None
    body: type | None = None
    reply: Any = None
    status: int = 200
    errors: tuple[type[AnodeError], ...] = ()


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a notebook is: the answer of every route that changes one.

    ``seq`` is the durable head of its log, ``exported_seq`` the seq that its file holds.
    """

    id: str
    path: str
    seq: int
    exported_seq: int
