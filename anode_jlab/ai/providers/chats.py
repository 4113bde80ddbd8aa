"""``Chats`` for the providers that are set up."""

from __future__ import annotations

from typing import Any

from anode_jlab.ai.providers.chat import Chat
from anode_jlab.ai.providers.keys import Key
from anode_jlab.ai.providers.library import Lazy, Library
from anode_jlab.ai.providers.pydantic_chat import PydanticChat
from anode_jlab.ai.providers.registry import Providers
from anode_jlab.ai.providers.setting import ProviderSetting, Wire

MOST_KEPT = 16
"""Models whose connections are kept open for the next question."""


class PydanticChats:
    """Satisfies ``Chats``; a model that was asked before keeps its connections."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._lazy = Lazy()
        self._kept: dict[tuple[str, str, str, str], Any] = {}

    async def open(self, provider_id: str, model: str) -> Chat:
        """See ``Chats``."""
        provider = await self._providers.get(provider_id)
        key = await self._providers.key_of(provider)
        library = await self._lazy.get()
        known = (provider.id, provider.base_url, model, "" if key is None else key.value)
        found = self._kept.pop(known, None)
        if found is None:
            found = _made(library, provider, model, key)
        self._kept[known] = found
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return PydanticChat(library, found, provider.kind)


def _made(library: Library, provider: ProviderSetting, model: str, key: Key | None) -> Any:
    make = library.anthropic if provider.kind is Wire.ANTHROPIC else library.openai
    return make(model, base_url=provider.base_url, key=None if key is None else key.value)
