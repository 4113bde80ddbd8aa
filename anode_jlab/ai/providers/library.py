"""The libraries that talk to models: loaded on first use, in a thread, because it takes seconds."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from anode_jlab.ai.failures import NotInstalled

CONNECT_SECONDS = 15.0
"""How long a provider may take to take a connection."""

SILENT_SECONDS = 300.0
"""How long a model may say nothing: those that think, and those on a slow machine, take minutes."""


class Library:
    """What is used of pydantic-ai and of the providers' own libraries."""

    def __init__(self) -> None:
        self.direct: Any = import_module("pydantic_ai.direct")
        self.messages: Any = import_module("pydantic_ai.messages")
        self.models: Any = import_module("pydantic_ai.models")
        self.tools: Any = import_module("pydantic_ai.tools")
        self.exceptions: Any = import_module("pydantic_ai.exceptions")

    def openai(self, model: str, *, base_url: str, key: str | None) -> Any:
        """A model that speaks OpenAI's language. No redirect is followed: the key goes nowhere
        else."""
        sdk: Any = import_module("openai")
        models: Any = import_module("pydantic_ai.models.openai")
        providers: Any = import_module("pydantic_ai.providers.openai")
        client = sdk.AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",
            max_retries=0,
            http_client=_http(sdk),
        )
        return models.OpenAIChatModel(
            model, provider=providers.OpenAIProvider(openai_client=client)
        )

    def anthropic(self, model: str, *, base_url: str, key: str | None) -> Any:
        """A model that speaks Anthropic's language."""
        sdk: Any = import_module("anthropic")
        models: Any = import_module("pydantic_ai.models.anthropic")
        providers: Any = import_module("pydantic_ai.providers.anthropic")
        client = sdk.AsyncAnthropic(
            base_url=base_url.removesuffix("/v1"),
            api_key=key or "none",
            max_retries=0,
            http_client=_http(sdk),
        )
        provider = providers.AnthropicProvider(anthropic_client=client)
        return models.AnthropicModel(model, provider=provider)


def _http(sdk: Any) -> Any:
    timeout = sdk.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
    return sdk.DefaultAsyncHttpxClient(follow_redirects=False, timeout=timeout)


class Lazy:
    """The library, loaded once."""

    def __init__(self) -> None:
        self._loading: asyncio.Future[Library] | None = None

    async def get(self) -> Library:
        """Raises NotInstalled."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(_load))
        try:
            return await asyncio.shield(self._loading)
        except NotInstalled:
            self._loading = None  # it may be installed in the meantime
            raise


def _load() -> Library:
    try:
        library = Library()
        for name in ("pydantic_ai.models.openai", "pydantic_ai.models.anthropic"):
            import_module(name)
    except ImportError as error:
        raise NotInstalled(f"What talks to models cannot be loaded: {error.name}.") from error
    return library
