"""ai/providers: who can be asked, with which models; keys go in and never come out."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from anode_jlab.ai.failures import AddressNotAllowed, AssistantOff, NotInstalled, ProviderNotFound
from anode_jlab.ai.providers.keys import KeyStatus
from anode_jlab.ai.providers.models import ModelInfo
from anode_jlab.ai.providers.registry import Provider
from anode_jlab.ai.providers.setting import Wire
from anode_jlab.errors import BadRequest, NotPossibleNow
from anode_jlab.events.assistant import Mode
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler, ErrorBody
from anode_jlab.handlers.operation import Operation

LONGEST_KEY = 10_000
"""Characters: keys of cloud services are JSON files at times."""


class ProvidersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``refresh``: 1 asks every provider for its models anew."""

    refresh: int = 0


class ProviderBody(msgspec.Struct, frozen=True, kw_only=True):
    """A provider and its models; ``problem`` says why it cannot be asked."""

    id: str
    title: str
    kind: Wire
    base_url: str
    key: KeyStatus
    needs_key: bool
    added: bool
    models: tuple[ModelInfo, ...]
    problem: ErrorBody | None = None


class ProvidersBody(msgspec.Struct, frozen=True, kw_only=True):
    """``enabled`` is false when nothing can be asked at all; ``reason`` then says why."""

    enabled: bool
    max_mode: Mode
    providers: tuple[ProviderBody, ...]
    reason: ErrorBody | None = None


class NewProvider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider that somebody adds."""

    base_url: Annotated[str, msgspec.Meta(max_length=2000)]
    kind: Wire = Wire.OPENAI
    title: Annotated[str, msgspec.Meta(max_length=100)] = ""


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key, on its way in."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_KEY)]


class ProvidersHandler(AnodeHandler):
    """``anode/api/ai/providers``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(
            summary="Providers of models, and what can be asked there",
            query=ProvidersQuery,
            reply=ProvidersBody,
        )
    }

    @requires("read", "contents")
    async def get(self) -> None:
        refresh = self.query(ProvidersQuery).refresh != 0
        assistant = self.services.assistant
        reason = None
        try:
            assistant.check()
        except (AssistantOff, NotInstalled) as error:
            reason = ErrorBody(code=error.code, message=error.message, hint=error.advice)
        found = await assistant.providers.all(refresh=refresh) if assistant.is_enabled else []
        self.reply(
            ProvidersBody(
                enabled=reason is None,
                reason=reason,
                max_mode=assistant.limits.max_mode,
                providers=tuple(map(_body, found)),
            )
        )


class ProviderHandler(AnodeHandler):
    """``anode/api/ai/providers/{provider}``"""

    operations: ClassVar[dict[str, Operation]] = {
        "put": Operation(
            summary="Add a provider, or change one that was added",
            body=NewProvider,
            reply=ProviderBody,
            errors=(BadRequest, AddressNotAllowed, NotPossibleNow),
        ),
        "delete": Operation(
            summary="Forget a provider that was added, with its key",
            reply=KeyStatus,
            errors=(ProviderNotFound, NotPossibleNow),
        ),
    }

    @requires("execute", "kernels")
    async def put(self, provider: str) -> None:
        new = self.body(NewProvider)
        providers = self.services.assistant.providers
        await providers.add(provider, title=new.title, kind=new.kind, base_url=new.base_url)
        found = next(one for one in await providers.all() if one.setting.id == provider)
        self.reply(_body(found))

    @requires("execute", "kernels")
    async def delete(self, provider: str) -> None:
        await self.services.assistant.providers.remove(provider)
        self.reply(KeyStatus())


class ProviderKeyHandler(AnodeHandler):
    """``anode/api/ai/providers/{provider}/key``"""

    operations: ClassVar[dict[str, Operation]] = {
        "put": Operation(
            summary="Keep a provider's key; it is never told again",
            body=NewKey,
            reply=KeyStatus,
            errors=(ProviderNotFound, BadRequest, NotPossibleNow),
        ),
        "delete": Operation(
            summary="Forget a provider's key; the answer tells of one that is left",
            reply=KeyStatus,
            errors=(ProviderNotFound,),
        ),
    }

    @requires("execute", "kernels")
    async def put(self, provider: str) -> None:
        key = self.body(NewKey).key
        self.reply(await self.services.assistant.providers.put_key(provider, key))

    @requires("execute", "kernels")
    async def delete(self, provider: str) -> None:
        self.reply(await self.services.assistant.providers.remove_key(provider))


def _body(found: Provider) -> ProviderBody:
    problem = found.problem
    return ProviderBody(
        id=found.setting.id,
        title=found.setting.name,
        kind=found.setting.kind,
        base_url=found.setting.base_url,
        key=found.key,
        needs_key=found.setting.needs_key,
        added=found.is_added,
        models=found.models,
        problem=None
        if problem is None
        else ErrorBody(code=problem.code, message=problem.message, hint=problem.advice),
    )
