"""Where large outputs lie: bytes by their sha256, for each notebook its own; a port.

Shipped conformance suite: ``anode_jlab.testing.artifact_conformance``.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple, Protocol

from anode_jlab.errors import BadRequest
from anode_jlab.ids import NotebookId, Sha256

_ADDRESS = re.compile(r"[0-9a-f]{64}")


class Kept(NamedTuple):
    """How many bytes, and when they were last kept, in seconds since the epoch."""

    size: int
    at: float


class ArtifactStore(Protocol):
    """Bytes never change under their address, so each may be read while others are written."""

    async def put(self, notebook: NotebookId, data: bytes) -> Sha256:
        """Keep bytes; returns their address once they are durable. Keeping them twice is once.

        Raises StoreUnavailable, with nothing kept.
        """
        ...

    async def size(self, notebook: NotebookId, sha256: Sha256) -> int:
        """How many bytes there are, after a look at whether they are still what was kept.

        Raises ArtifactNotFound, ArtifactDamaged, StoreUnavailable.
        """
        ...

    async def read(
        self, notebook: NotebookId, sha256: Sha256, start: int = 0, stop: int | None = None
    ) -> bytes:
        """The bytes from ``start`` up to ``stop``, all of the rest when that is None.

        Raises ArtifactNotFound, StoreUnavailable.
        """
        ...

    async def addresses(self, notebook: NotebookId) -> list[Sha256]:
        """What is kept, sorted."""
        ...

    async def listing(self, notebook: NotebookId) -> dict[Sha256, Kept]:
        """What is kept, with sizes and times."""
        ...

    async def remove(
        self, notebook: NotebookId, sha256: Sha256, *, before: float | None = None
    ) -> bool:
        """Keep it no longer, unless it was kept (again) since ``before``; whether it was removed.

        Nothing happens when it is not there.
        """
        ...

    async def find(self, sha256: Sha256) -> NotebookId | None:
        """A notebook for which these bytes are kept."""
        ...

    async def share(self, source: NotebookId, target: NotebookId, sha256: Sha256) -> None:
        """Keep for ``target`` what is kept for ``source``. Raises ArtifactNotFound."""
        ...


def address_of(data: bytes) -> Sha256:
    """The address of bytes; 2 ms for each megabyte, so large ones are for a thread."""
    return Sha256(hashlib.sha256(data).hexdigest())


def checked(sha256: str) -> Sha256:
    """An address that came from outside. Raises BadRequest for anything but 64 hex digits."""
    if _ADDRESS.fullmatch(sha256) is None:
        raise BadRequest("An artifact's address is 64 lower-case hex digits.")
    return Sha256(sha256)
