"""Asks a provider for its models: one request, without the libraries that talk to them.

No redirect is followed: the key goes to the address that was set up and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from anode_jlab.ai.failures import KeyRefused, ModelFailed, RateLimited, Unreachable
from anode_jlab.ai.providers.keys import Key
from anode_jlab.ai.providers.models import ModelInfo, models_in
from anode_jlab.ai.providers.setting import ProviderSetting, Wire

LIST_SECONDS = 10.0
"""How long a provider may take to list its models: somebody waits for the list."""

MOST_BYTES = 4 << 20
"""Of a list: OpenRouter's has some 500 kB."""

ANTHROPIC_VERSION = "2023-06-01"
"""https://platform.claude.com/docs/en/api/versioning"""


class _Stays(HTTPRedirectHandler):
    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Not followed: the answer is an error then."""


async def discover(provider: ProviderSetting, key: Key | None) -> tuple[ModelInfo, ...]:
    """The models that a provider lists. Raises ModelFailed."""
    return models_in(await asyncio.to_thread(_asked, provider, key), provider.window)


def _asked(provider: ProviderSetting, key: Key | None) -> Any:
    request = Request(_address(provider), headers=_headers(provider, key))
    try:
        with build_opener(_Stays).open(request, timeout=LIST_SECONDS) as answer:
            return json.loads(answer.read(MOST_BYTES))
    except HTTPError as error:
        raise _refusal(error) from error
    except (URLError, HTTPException, OSError) as error:
        raise Unreachable from error
    except ValueError as error:
        raise ModelFailed(
            "What the provider answered is no list of models.",
            hint="Check its address; that of an OpenAI-compatible one mostly ends with /v1.",
        ) from error


def _address(provider: ProviderSetting) -> str:
    if provider.kind is Wire.ANTHROPIC:
        return f"{provider.base_url.removesuffix('/v1')}/v1/models?limit=1000"
    return f"{provider.base_url}/models"


def _headers(provider: ProviderSetting, key: Key | None) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "anode_jlab"}
    if provider.kind is Wire.ANTHROPIC:
        headers["anthropic-version"] = ANTHROPIC_VERSION
        if key is not None:
            headers["x-api-key"] = key.value
    elif key is not None:
        headers["Authorization"] = f"Bearer {key.value}"
    return headers


def _refusal(error: HTTPError) -> ModelFailed:
    if error.code in (401, 403):
        return KeyRefused()
    if error.code == 429:
        return RateLimited()
    if error.code == 404:
        return ModelFailed(
            "The provider does not list its models at that address.",
            hint="Check its address; that of an OpenAI-compatible one mostly ends with /v1.",
        )
    return ModelFailed(f"The provider answered with status {error.code}.")
