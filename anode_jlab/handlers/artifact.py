"""GET artifacts/{id}/{sha256}: the bytes of a large output, as what they are."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError

from anode_jlab.artifacts.keeper import holder_of
from anode_jlab.artifacts.media import content_type, disposition
from anode_jlab.artifacts.store import checked
from anode_jlab.documents.large_outputs import mime_of
from anode_jlab.documents.notebook_kind import NOTEBOOKS
from anode_jlab.documents.shared import SharedDocument
from anode_jlab.errors import (
    ArtifactDamaged,
    ArtifactNotFound,
    NotAllowed,
    NotAuthenticated,
    NotebookNotFound,
    RangeNotThere,
)
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import Door
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.ranges import Span, wanted
from anode_jlab.ids import NotebookId, Sha256
from anode_jlab.rooms.room import Room

ARTIFACTS = "anode/artifacts"
"""Beside ``anode/api``: what lies here are resources of their own kinds."""

YEAR_SECONDS = 31_536_000

PIECE_BYTES = 256 * 1024
"""How much is read and sent at once."""

OWN_PAGES = frozenset({"same-origin", "none"})
"""``Sec-Fetch-Site`` of our own pages, and of an address that a person typed."""


class ArtifactHandler(Door):
    """``anode/artifacts/{id}/{sha256}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="The bytes of a large output, with its content type; ranges and ETags work",
            errors=(NotebookNotFound, ArtifactNotFound, ArtifactDamaged, RangeNotThere),
        )
    }

    _size = 0

    @property
    def content_security_policy(self) -> str:
        """Scripts in it run nowhere, not even when it is opened by itself."""
        return "sandbox; default-src 'none'"

    def get_login_url(self) -> str:
        """No page to sign in at: an image cannot show it."""
        raise NotAuthenticated

    def check_request(self) -> None:
        """A page of another site must not read with the cookie of the person who looks at it."""
        site = self.request.headers.get("Sec-Fetch-Site")
        if self.token_authenticated or site in OWN_PAGES:
            return
        if site is not None:
            raise NotAllowed("Pages of other sites may not read outputs.")
        self.check_xsrf_cookie()

    @requires("read", "contents")
    async def get(self, notebook_id: str, sha256: str) -> None:
        notebook, address = NotebookId(notebook_id), checked(sha256)
        room = await self.services.rooms.open(notebook)
        mime = await _mime(room, address)
        if mime is None:
            raise ArtifactNotFound
        holder, size = await holder_of(self.services.artifacts, notebook, address)
        self._describe(mime, address)
        if self.check_etag_header():
            self.set_status(304)
            return
        span = self._span(size)
        if self.request.method == "HEAD":
            self.set_header("Content-Length", str(span.stop - span.start))
            return
        await self._send(holder, address, span)

    head = get

    def _describe(self, mime: str, address: Sha256) -> None:
        self.set_header("Content-Type", content_type(mime))
        self.set_header("Content-Disposition", disposition(mime, address))
        self.set_header("ETag", f'"{address}"')
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Cache-Control", f"private, max-age={YEAR_SECONDS}, immutable")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def _span(self, size: int) -> Span:
        """What to send; sets the status. Raises RangeNotThere."""
        header = self.request.headers.get("Range")
        etag = self.request.headers.get("If-Range")
        if etag is not None and etag != self._headers["ETag"]:
            header = None
        self._size = size
        span = wanted(header, size)
        if span is None:
            return Span(0, size)
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {span.start}-{span.stop - 1}/{size}")
        return span

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, RangeNotThere):
            self.set_header("Content-Range", f"bytes */{self._size}")
        super().write_error(status_code, **kwargs)

    async def _send(self, notebook: NotebookId, address: Sha256, span: Span) -> None:
        self.set_header("Content-Length", str(span.stop - span.start))
        borders = [*range(span.start, span.stop, PIECE_BYTES), span.stop]
        try:
            for start, stop in pairwise(borders):
                self.write(await self.services.artifacts.read(notebook, address, start, stop))
                await self.flush()
        except StreamClosedError:
            self.log.debug("A reader of artifact %s left", address)


async def _mime(room: Room, sha256: Sha256) -> str | None:
    """What the bytes are, by the log; else by the document, for what was pasted into it."""
    for stored in room.state.artifacts:
        if stored.sha256 == sha256:
            return stored.mime
    if room.kind is not NOTEBOOKS:
        return None
    update = await room.shown(SharedDocument.encode)
    return await asyncio.to_thread(lambda: mime_of(NOTEBOOKS.to_file(update), sha256))
