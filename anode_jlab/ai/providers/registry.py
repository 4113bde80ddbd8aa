"""The providers of one server: known ones, those of the administrator, and what people added."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from anode_jlab.ai.failures import (
    AddressNotAllowed,
    ModelFailed,
    NoKey,
    ProviderNotFound,
)
from anode_jlab.ai.providers.discovery import discover
from anode_jlab.ai.providers.keys import Key, Keys, KeyStatus
from anode_jlab.ai.providers.models import ModelInfo, model_named
from anode_jlab.ai.providers.setting import (
    PRESETS,
    ProviderSetting,
    Wire,
    checked_url,
    is_below,
)
from anode_jlab.clock import Clock
from anode_jlab.errors import BadRequest, NotPossibleNow
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.whole_file import write_whole

FILE = "ai_providers.json"

LISTED_SECONDS = 600.0
"""How long a list of models counts as fresh."""

FAILED_SECONDS = 15.0
"""How long a list that could not be had is not asked for again."""

MOST_ADDED = 100
"""Providers that people may add to one server."""

LIBRARY = "pydantic_ai"

logger = logging.getLogger(__name__)


class Listing(msgspec.Struct, frozen=True):
    """What a provider said when it was last asked for its models."""

    at: float
    models: tuple[ModelInfo, ...] = ()
    problem: ModelFailed | None = None


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as it is now."""

    setting: ProviderSetting
    key: KeyStatus
    models: tuple[ModelInfo, ...]
    problem: ModelFailed | None
    is_added: bool
    """A person added it, and may remove it."""


class Providers:
    """Finds providers, asks them for their models, and keeps what people added."""

    def __init__(
        self,
        *,
        configured: Sequence[ProviderSetting],
        presets: Sequence[ProviderSetting] = PRESETS,
        allowed: Sequence[str],
        keys: Keys,
        folder: Path,
        clock: Clock,
    ) -> None:
        """``allowed``: addresses at and below which people may add providers; none: any."""
        self._fixed = {one.id: one for one in (*presets, *configured)}
        self._allowed = tuple(allowed)
        self._keys = keys
        self._file = folder / FILE
        self._clock = clock
        self._listings: dict[str, Listing] = {}
        self._lock = asyncio.Lock()

    @property
    def is_installed(self) -> bool:
        """Whether what talks to models is there; looked up without loading it."""
        return find_spec(LIBRARY) is not None

    async def all(self, *, refresh: bool = False) -> list[Provider]:
        """Every provider, with its models where it can be asked."""
        added = await asyncio.to_thread(self._added)
        settings = {**self._fixed, **added}
        return list(
            await asyncio.gather(
                *(self._now(one, one.id in added, refresh) for one in settings.values())
            )
        )

    async def get(self, provider_id: str) -> ProviderSetting:
        """How a provider is set up. Raises ProviderNotFound."""
        found = self._fixed.get(provider_id)
        if found is None:
            found = (await asyncio.to_thread(self._added)).get(provider_id)
        if found is None or not self._may_use(found):
            raise ProviderNotFound(f"There is no provider {provider_id}.")
        return found

    async def key_of(self, provider: ProviderSetting) -> Key | None:
        """The provider's key. Raises NoKey when it needs one and there is none."""
        key = await self._keys.of(provider)
        if key is None and provider.needs_key:
            raise NoKey(f"There is no key for {provider.name}.")
        return key

    async def model(self, provider: ProviderSetting, name: str) -> ModelInfo:
        """What is known of a model, without asking for it."""
        listing = self._listings.get(provider.id)
        known = () if listing is None else listing.models
        return next((m for m in known if m.id == name), model_named(name, provider.window))

    # --- changes ---------------------------------------------------------------------------------

    async def add(
        self, provider_id: str, *, title: str, kind: Wire, base_url: str
    ) -> ProviderSetting:
        """Add a provider, or change one that was added. Raises BadRequest, AddressNotAllowed,
        NotPossibleNow for one that the administrator set up."""
        if provider_id in self._fixed:
            raise NotPossibleNow(
                f"The provider {provider_id} is set up by the server.",
                hint="Add yours under another id.",
            )
        new = ProviderSetting(
            id=provider_id, title=title, kind=kind, base_url=checked_url(base_url)
        )
        if not self._may_use(new):
            raise AddressNotAllowed(f"The address {new.base_url} is not allowed here.")
        async with self._lock:
            added = await asyncio.to_thread(self._added)
            if provider_id not in added and len(added) >= MOST_ADDED:
                raise BadRequest(f"No more than {MOST_ADDED} providers can be added.")
            await asyncio.to_thread(self._write, {**added, provider_id: new})
        self._listings.pop(provider_id, None)
        return new

    async def remove(self, provider_id: str) -> None:
        """Forget a provider that was added, with its key. Raises ProviderNotFound,
        NotPossibleNow."""
        if provider_id in self._fixed:
            raise NotPossibleNow(f"The provider {provider_id} is set up by the server.")
        provider = await self.get(provider_id)
        await self._keys.remove(provider)
        async with self._lock:
            added = await asyncio.to_thread(self._added)
            added.pop(provider_id, None)
            await asyncio.to_thread(self._write, added)
        self._listings.pop(provider_id, None)

    async def put_key(self, provider_id: str, value: str) -> KeyStatus:
        """Keep a key that a person gave. Raises ProviderNotFound, NotPossibleNow where the server
        is set up with one."""
        provider = await self.get(provider_id)
        value = value.strip()
        if not value or not value.isprintable() or not value.isascii():
            raise BadRequest("That is no key: it has characters that no key has, or none.")
        await self._keys.put(provider, value)
        self._listings.pop(provider_id, None)
        now = await self._keys.of(provider)
        if now is None or now.value != value:
            raise NotPossibleNow(
                "The key was kept, but the server is set up with another one that goes first.",
                hint="Ask the administrator, or remove it from the server's environment.",
            )
        return now.status

    async def remove_key(self, provider_id: str) -> KeyStatus:
        """Forget a key that a person gave; what is left is told. Raises ProviderNotFound."""
        provider = await self.get(provider_id)
        await self._keys.remove(provider)
        self._listings.pop(provider_id, None)
        left = await self._keys.of(provider)
        return KeyStatus() if left is None else left.status

    # --- inside ----------------------------------------------------------------------------------

    async def _now(self, setting: ProviderSetting, is_added: bool, refresh: bool) -> Provider:
        key = await self._keys.of(setting)
        status = KeyStatus() if key is None else key.status
        if not self._may_use(setting):
            problem: ModelFailed | None = ModelFailed(
                "Models at that address are not allowed on this server.",
                hint=AddressNotAllowed.hint,
            )
            listing = Listing(self._clock.monotonic(), (), problem)
        elif key is None and setting.needs_key:
            listing = Listing(self._clock.monotonic(), (), NoKey())
        else:
            listing = await self._listing(setting, key, refresh)
        models = listing.models or tuple(model_named(n, setting.window) for n in setting.models)
        cannot_list = bool(setting.models) and type(listing.problem) is ModelFailed
        return Provider(
            setting=setting,
            key=status,
            models=models,
            problem=None if cannot_list else listing.problem,
            is_added=is_added,
        )

    async def _listing(self, setting: ProviderSetting, key: Key | None, refresh: bool) -> Listing:
        known, now = self._listings.get(setting.id), self._clock.monotonic()
        if known is not None and not refresh:
            lasts = LISTED_SECONDS if known.problem is None else FAILED_SECONDS
            if now - known.at < lasts:
                return known
        try:
            listing = Listing(now, await discover(setting, key))
        except ModelFailed as error:
            # Models that were there a moment ago are shown on, marked as not available.
            before = () if known is None else known.models
            gone = tuple(
                msgspec.structs.replace(model, available=False, reason=error.message)
                for model in before
            )
            listing = Listing(now, gone, error)
        self._listings[setting.id] = listing
        return listing

    def _may_use(self, setting: ProviderSetting) -> bool:
        if not self._allowed or setting.id in self._fixed:
            return True
        return any(is_below(setting.base_url, allowed) for allowed in self._allowed)

    def _added(self) -> dict[str, ProviderSetting]:
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=dict[str, ProviderSetting])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            logger.warning("The file of providers is not readable: %s", type(error).__name__)
            return {}
        return {name: one for name, one in kept.items() if name not in self._fixed}

    def _write(self, added: Mapping[str, ProviderSetting]) -> None:
        with translated():
            write_whole(self._file, msgspec.json.encode(added))
