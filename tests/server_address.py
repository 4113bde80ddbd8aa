"""Where a server under test answers, and how a script signs in there."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse


class ServerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``url`` is the base URL with a slash at its end, ``token`` empty to stay anonymous."""

    url: str
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"} if self.token else {}

    def socket_url(self, route: str) -> str:
        return self.url.replace("http", "ws", 1) + route

    async def fetch(
        self,
        method: str,
        route: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> HTTPResponse:
        """One request under the base URL; answers of every status are returned."""
        sent = dict(self.headers if headers is None else headers)
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = HTTPRequest(
            self.url + route,
            method=method,
            headers=sent,
            body=data,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=60,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def get(self, route: str, status: int = 200) -> Any:
        """GET ``anode/api/<route>`` and its JSON; the status must be ``status``."""
        return self._checked(await self.fetch("GET", f"anode/api/{route}"), status)

    async def post(self, route: str, body: Any, status: int = 200) -> Any:
        """POST JSON to ``anode/api/<route>`` and the JSON of the answer."""
        return self._checked(await self.fetch("POST", f"anode/api/{route}", body), status)

    @staticmethod
    def _checked(response: HTTPResponse, status: int) -> Any:
        if response.code != status:
            raise AssertionError(f"{response.code} instead of {status}: {response.body[:500]!r}")
        return json.loads(response.body)
