"""The bytes of large outputs over HTTP: what is sent, to whom, what a browser may do with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp

from anode_jlab.artifacts.folder import FolderArtifacts
from anode_jlab.events.actor import SERVER
from anode_jlab.events.artifacts import ArtifactReleased, ArtifactStored
from anode_jlab.ids import NotebookId, Sha256
from anode_jlab.services import Services
from tests.server_address import ServerAddress

DATA = bytes(range(256)) * 4096
"""1 MiB: several pieces."""

Write = Callable[..., Path]


class Kept:
    """A notebook with artifacts, on a server."""

    def __init__(self, address: ServerAddress, services: Services, write: Write) -> None:
        write("a.ipynb", "x")
        self.notebook = NotebookId("")
        self._address = address
        self._services = services

    async def keep(self, data: bytes, mime: str) -> str:
        """The route of these bytes."""
        if not self.notebook:
            known = await self._address.post("notebooks", {"path": "a.ipynb"})
            self.notebook = NotebookId(known["id"])
        sha256 = await self._services.artifacts.put(self.notebook, data)
        room = await self._services.rooms.open(self.notebook)
        await room.record([ArtifactStored(sha256=sha256, size=len(data), mime=mime)], SERVER)
        return f"anode/artifacts/{self.notebook}/{sha256}"


@pytest.fixture
def kept(address: ServerAddress, services: Services, write_notebook: Write) -> Kept:
    return Kept(address, services, write_notebook)


async def test_an_image(address: ServerAddress, kept: Kept) -> None:
    route = await kept.keep(DATA, "image/png")
    answer = await address.fetch("GET", route)
    assert (answer.code, answer.body) == (200, DATA)
    sha256 = hashlib.sha256(DATA).hexdigest()
    expected = {
        "Content-Type": "image/png",
        "Content-Length": str(len(DATA)),
        "Content-Disposition": f'inline; filename="output-{sha256[:12]}.png"',
        "ETag": f'"{sha256}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected

    head = await address.fetch("HEAD", route)
    assert (head.code, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(DATA))

    known = {**address.headers, "If-None-Match": f'W/"other", "{sha256}"'}
    unchanged = await address.fetch("GET", route, headers=known)
    assert (unchanged.code, unchanged.body) == (304, b"")


async def test_what_a_browser_may_show(address: ServerAddress, kept: Kept) -> None:
    for mime, kind, disposition in (
        ("image/svg+xml", "image/svg+xml", "attachment; *.svg"),
        ("text/html", "text/html; charset=utf-8", "attachment; *.html"),
        ("text/plain", "text/plain; charset=utf-8", "inline; *.txt"),
        ("application/vnd.a.v1+json", "application/vnd.a.v1+json", "attachment; *.vndav1json"),
        ("text/html\r\nX-Bad: 1", "application/octet-stream", "attachment; *.bin"),
        ("nonsense", "application/octet-stream", "attachment; *.bin"),
        ("", "application/octet-stream", "attachment; *.bin"),
    ):  # fmt: skip
        await check_kind(address, kept, mime, kind, disposition)


async def check_kind(
    address: ServerAddress, kept: Kept, mime: str, kind: str, disposition: str
) -> None:
    data = mime.encode() + b"<script>alert(1)</script>"
    answer = await address.fetch("GET", await kept.keep(data, mime))
    assert answer.code == 200
    assert answer.headers["Content-Type"] == kind
    start, _, end = disposition.partition("*")
    assert answer.headers["Content-Disposition"].startswith(start)
    assert answer.headers["Content-Disposition"].endswith(f'{end}"')
    assert "X-Bad" not in answer.headers


async def test_a_range(address: ServerAddress, kept: Kept) -> None:
    route = await kept.keep(DATA, "image/png")
    for range_, start, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=300000-", 300_000, 1 << 20),
        ("bytes=-10", (1 << 20) - 10, 1 << 20),
        ("bytes=1048575-2000000", 1048575, 1 << 20),
        ("bytes=-9999999", 0, 1 << 20),
    ):
        part = await address.fetch("GET", route, headers={**address.headers, "Range": range_})
        assert (part.code, part.body) == (206, DATA[start:stop])
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(DATA)}"
        stale = {**address.headers, "Range": range_, "If-Range": '"another"'}
        assert (await address.fetch("GET", route, headers=stale)).body == DATA


async def test_ranges_that_are_not_there(address: ServerAddress, kept: Kept) -> None:
    route = await kept.keep(DATA, "image/png")
    for range_, code in (
        ("bytes=1048576-", 416),
        ("bytes=-0", 416),
        (f"bytes={'9' * 5000}-", 416),
        ("bytes=5-2", 200),
        ("bytes=0-1,5-6", 200),
        ("bytes=-", 200),
        ("pages=1-2", 200),
        ("bytes=a-b", 200),
    ):
        answer = await address.fetch("GET", route, headers={**address.headers, "Range": range_})
        assert answer.code == code
        if code == 416:
            assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"
            assert json.loads(answer.body)["code"] == "range_not_there"


async def test_only_what_the_notebook_knows_is_served(
    address: ServerAddress,
    kept: Kept,
    services: Services,
    write_notebook: Write,
) -> None:
    route = await kept.keep(b"mine", "text/plain")
    sha256 = Sha256(route.rpartition("/")[2])
    write_notebook("b.ipynb", "y")
    other = (await address.post("notebooks", {"path": "b.ipynb"}))["id"]
    for unknown in (
        route.replace(kept.notebook, other),
        route.replace(sha256, "0" * 64),
        f"anode/artifacts/{'0' * 32}/{sha256}",
    ):
        answer = await address.fetch("GET", unknown)
        assert answer.code == 404
        assert json.loads(answer.body)["hint"]
    room = await services.rooms.open(kept.notebook)
    await room.record([ArtifactReleased(sha256=sha256)], SERVER)
    assert (await address.fetch("GET", route)).code == 404


async def test_other_addresses_are_no_route(address: ServerAddress, kept: Kept) -> None:
    route = await kept.keep(b"mine", "text/plain")
    for tail in ["A" * 64, "0" * 63, "0" * 65, "..%2f" + "0" * 60, "%00" * 64]:
        answer = await address.fetch("GET", route[:-64] + tail)
        assert answer.code == 404, tail


async def test_damaged_and_missing_bytes(
    address: ServerAddress, kept: Kept, services: Services
) -> None:
    route = await kept.keep(DATA, "image/png")
    sane = await kept.keep(b"another", "text/plain")
    assert isinstance(services.artifacts, FolderArtifacts)
    place = services.artifacts.folder_of(kept.notebook) / route.rpartition("/")[2]
    place.write_bytes(b"?" + DATA[1:])
    damaged = await address.fetch("GET", route)
    assert (damaged.code, json.loads(damaged.body)["code"]) == (502, "artifact_damaged")
    assert damaged.headers["Cache-Control"] == "no-store"
    place.unlink()
    assert (await address.fetch("GET", route)).code == 404
    assert (await address.fetch("GET", sane)).body == b"another"


async def test_pages_of_other_sites_read_nothing(
    address: ServerAddress, kept: Kept, jp_serverapp: ServerApp
) -> None:
    route = await kept.keep(b"mine", "text/plain")
    answer = await address.fetch("GET", "api/me", headers=address.headers)
    cookies = [cookie.split(";")[0] for cookie in answer.headers.get_list("Set-Cookie")]
    cookie = {"Cookie": "; ".join(cookies)}
    host = address.url.split("/")[2]
    for headers, code in (
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Referer": f"http://{host}/lab"}, 200),
        ({"Referer": "http://evil.example/"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Referer": f"http://{host}/lab"}, 403),
    ):
        answer = await address.fetch("GET", route, headers={**cookie, **headers})
        assert answer.code == code, headers
