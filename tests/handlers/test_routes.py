"""Every registered route of ours, walked without credentials and without rights."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

from anode_jlab.handlers.patterns import patterns
from anode_jlab.services import Services
from tests.server_address import ServerAddress

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

OURS = ("anode/api", "anode/artifacts", "anode/mcp", "api/collaboration/", "api/kernels/")


def our_routes(app: ServerApp) -> Iterator[tuple[str, type[RequestHandler]]]:
    """Path below the base URL and handler of every rule whose handler is ours."""
    assert app.web_app is not None
    for outer in app.web_app.default_router.rules:
        for rule in getattr(outer.target, "rules", [outer]):
            handler = rule.target
            if isinstance(handler, type) and handler.__module__.startswith("anode_jlab"):
                pattern = rule.matcher.regex.pattern
                path = re.sub(r"\(\?P<notebook_id>.*?\)", "0" * 32, pattern)
                path = re.sub(r"\(\?P<(path|room)>.*?\)", "json:notebook:1", path)
                path = re.sub(r"\(\?P<sha256>.*?\)", "0" * 64, path)
                path = path.replace("(?::|%3[Aa])", ":")
                path = re.sub(r"\(\?P<copy>.*?\)", "1_1.ipynb", path)
                path = re.sub(r"\(\?P<\w+>.*?\)", "some-word", path)
                path = path.removesuffix("$").replace("[.]", ".").replace("(?:/.*)?", "/any")
                yield path.removeprefix(app.base_url), handler


def test_the_walk_meets_all_routes(jp_serverapp: ServerApp, services: Services) -> None:
    paths = [path for path, _ in our_routes(jp_serverapp)]
    assert len(paths) == len(set(paths)) == len(patterns(services))
    assert all(path.startswith(OURS) for path in paths)


async def test_without_credentials_every_route_is_closed(
    jp_serverapp: ServerApp, anonymous: ServerAddress, services: Services
) -> None:
    for path, handler in our_routes(jp_serverapp):
        if issubclass(handler, WebSocketHandler):
            with pytest.raises(HTTPClientError) as refused:
                await websocket_connect(HTTPRequest(anonymous.socket_url(path)))
            assert refused.value.code in (401, 403), path
            continue
        for method in METHODS:
            raw = None if method == "GET" else b"{}"
            response = await anonymous.fetch(method, path, raw=raw)
            assert response.code in (401, 403), (method, path)
            assert set(json.loads(response.body)) == {"code", "message", "hint"}, (method, path)
    assert services.rooms.open_ids == ()


class NothingAllowed(Authorizer):
    def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
        return False


class Broken(Authorizer):
    def is_authorized(self, handler: object, user: object, action: str, resource: str) -> bool:
        raise RuntimeError("the policy server is down")


@pytest.mark.parametrize("policy", [NothingAllowed, Broken])
async def test_without_rights_every_route_is_closed(
    jp_serverapp: ServerApp,
    address: ServerAddress,
    services: Services,
    write_notebook: Callable[..., Path],
    policy: type[Authorizer],
) -> None:
    write_notebook("a.ipynb", "x")
    assert jp_serverapp.web_app is not None
    jp_serverapp.web_app.settings["authorizer"] = policy(parent=jp_serverapp)
    for path, handler in our_routes(jp_serverapp):
        if issubclass(handler, WebSocketHandler):
            with pytest.raises(HTTPClientError) as refused:
                await websocket_connect(
                    HTTPRequest(address.socket_url(path), headers=address.headers)
                )
            assert refused.value.code == 403, path
            continue
        for method in METHODS:
            body = None if method == "GET" else {"path": "a.ipynb"}
            response = await address.fetch(method, path, body)
            assert response.code in (403, 405), (method, path, response.code)
            assert set(json.loads(response.body)) == {"code", "message", "hint"}, (method, path)
    assert services.rooms.open_ids == ()


async def test_changes_by_cookie_need_the_xsrf_token(
    jp_serverapp: ServerApp, address: ServerAddress, write_notebook: Callable[..., Path]
) -> None:
    write_notebook("a.ipynb", "x")
    signed_in = await address.fetch("GET", "anode/api/health")
    cookies = [line.split(";")[0] for line in signed_in.headers.get_list("Set-Cookie")]
    assert cookies, "a token signs a browser in"
    headers = {"Cookie": "; ".join(cookies)}
    refused = await address.fetch(
        "POST", "anode/api/notebooks", {"path": "a.ipynb"}, headers=dict(headers)
    )
    assert (refused.code, json.loads(refused.body)["code"]) == (403, "not_allowed")

    xsrf = "2|00000000|00000000000000000000000000000000|1700000000"
    accepted = await address.fetch(
        "POST",
        "anode/api/notebooks",
        {"path": "a.ipynb"},
        headers={"Cookie": f"{headers['Cookie']}; _xsrf={xsrf}", "X-XSRFToken": xsrf},
    )
    assert accepted.code == 200, accepted.body
