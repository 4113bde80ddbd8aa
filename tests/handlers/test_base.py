"""One form of errors, strict bodies and queries, on the routes of a running server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from anode_jlab import errors
from anode_jlab.handlers.base import status_of
from tests.server_address import ServerAddress


def error_kinds() -> list[type[errors.AnodeError]]:
    found = [errors.AnodeError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


def test_every_error_has_a_status_of_its_own_kind() -> None:
    for kind in error_kinds():
        assert 400 <= status_of(kind()) <= 511
        if kind not in (errors.AnodeError, errors.StoreDamaged):
            assert status_of(kind()) != 500, f"{kind.__name__} is not mapped"


@pytest.mark.parametrize(
    ("raw", "content_type", "says"),
    [
        (b"{", "application/json", "not understood"),
        (b"", "application/json", "not understood"),
        (b"[]", "application/json", "not understood"),
        (b'{"path": 1}', "application/json", "not understood"),
        (b"{}", "application/json", "path"),
        (b'{"path": "a.ipynb", "more": 1}', "application/json", "more"),
        (b'{"path": "\xff"}', "application/json", "not understood"),
        (b'{"path": "a.ipynb"}', "text/plain", "Content-Type"),
        (b"path=a.ipynb", "application/x-www-form-urlencoded", "Content-Type"),
    ],
)
async def test_bodies_that_are_not_understood(
    address: ServerAddress, raw: bytes, content_type: str, says: str
) -> None:
    response = await address.fetch(
        "POST",
        "anode/api/notebooks",
        raw=raw,
        headers=address.headers | {"Content-Type": content_type},
    )
    body = json.loads(response.body)
    assert response.code == 400
    assert body["code"] == "bad_request"
    assert says in body["message"]
    assert body["hint"]


async def test_a_body_larger_than_any_request_is_refused(address: ServerAddress) -> None:
    response = await address.fetch("POST", "anode/api/notebooks", {"path": "x" * (1 << 20)})
    assert (response.code, json.loads(response.body)["code"]) == (413, "too_large")


async def test_unknown_routes_and_methods_answer_in_the_same_form(address: ServerAddress) -> None:
    for method, route, status, code in (
        ("GET", "anode/api/nothing", 404, "not_found"),
        ("GET", "anode/api", 404, "not_found"),
        ("PUT", "anode/api/health", 405, "method_not_allowed"),
        ("GET", "anode/api/notebooks/not-an-id", 404, "not_found"),
        ("GET", f"anode/api/notebooks/{'0' * 32}", 404, "notebook_not_found"),
        ("GET", f"anode/api/notebooks/{'0' * 32}/events", 404, "notebook_not_found"),
    ):
        raw = b"{}" if method == "PUT" else None
        response = await address.fetch(method, route, raw=raw)
        body = json.loads(response.body)
        assert (response.code, body["code"]) == (status, code), route
        assert set(body) == {"code", "message", "hint"}
        assert response.headers["Content-Type"] == "application/json"


async def test_unknown_and_wrong_arguments_are_refused(
    address: ServerAddress, write_notebook: Callable[..., Path]
) -> None:
    write_notebook("a.ipynb", "x")
    notebook = (await address.post("notebooks", {"path": "a.ipynb"}))["id"]
    for query in (
        "after=-1",
        "after=x",
        "limit=0",
        "limit=1000000",
        "name=NoSuchEvent",
        "afterwards=1",
        "after=1&after=2",
        "bytes=maybe",
    ):
        body = await address.get(f"notebooks/{notebook}/events?{query}", 400)
        assert body["code"] == "bad_request", query
    assert await address.get(f"notebooks/{notebook}/events?1732300000000&limit=1")
    for route in (
        "health?x=1",
        f"notebooks/{notebook}?x=1",
        f"notebooks/{notebook}/state?x=1",
        f"notebooks/{notebook}/events?after={2**63}",
        f"notebooks/{notebook}/document?seq={10**30}",
        f"notebooks/{notebook}/room?after=0",
    ):
        assert (await address.get(route, 400))["code"] == "bad_request", route
    body = await address.post("notebooks?x=1", {"path": "a.ipynb"}, 400)
    assert body["code"] == "bad_request"
    body = await address.post(f"notebooks/{notebook}/restore", {"seq": 2**63}, 400)
    assert body["code"] == "bad_request"


async def test_answers_are_not_for_other_sites_or_caches(address: ServerAddress) -> None:
    response = await address.fetch("GET", "anode/api/health")
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
