"""A provider of models as it is set up: what it is called, what it speaks, and where it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from anode_jlab.errors import BadRequest

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""How a provider's id looks."""


class Wire(StrEnum):
    """The language that a provider speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class ProviderSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``id`` is a short word. ``key``, ``key_env`` (a variable's name) and ``key_command`` (a
    program that prints the key) are where its key comes from, if it needs one. ``models`` are
    offered when the provider cannot list its own; ``window`` is how many tokens they take."""

    id: str
    title: str = ""
    kind: Wire = Wire.OPENAI
    base_url: str
    key: str = ""
    key_env: str = ""
    key_command: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    window: int = 0
    needs_key: bool = False

    @property
    def name(self) -> str:
        """What people see."""
        return self.title or self.id


PRESETS = (
    ProviderSetting(
        id="openai",
        title="OpenAI",
        kind=Wire.OPENAI,
        base_url="https://api.openai.com/v1",
        key_env="OPENAI_API_KEY",
        needs_key=True,
    ),
    ProviderSetting(
        id="anthropic",
        title="Anthropic",
        kind=Wire.ANTHROPIC,
        base_url="https://api.anthropic.com",
        key_env="ANTHROPIC_API_KEY",
        needs_key=True,
    ),
)
"""Known without being set up; they are used once there is a key."""

BASE_URLS = {"openai": "OPENAI_BASE_URL", "anthropic": "ANTHROPIC_BASE_URL"}
"""Variables of the environment that the providers' own libraries read, too."""


def presets(environment: Mapping[str, str]) -> tuple[ProviderSetting, ...]:
    """What is known without being set up, where the environment says it is."""
    return tuple(
        replace(one, base_url=checked_url(url))
        if (url := environment.get(BASE_URLS[one.id]))
        else one
        for one in PRESETS
    )


def configured(given: Sequence[Mapping[str, object]]) -> tuple[ProviderSetting, ...]:
    """What an administrator wrote in the configuration. Raises ValueError for what is none."""
    try:
        found = msgspec.convert(given, tuple[ProviderSetting, ...])
        for one in found:
            checked_url(one.base_url)
            if not ID.fullmatch(one.id):
                raise BadRequest(f"{one.id!r} is no id: lower-case letters, digits, - and _")
    except (msgspec.ValidationError, BadRequest) as error:
        raise ValueError(f"AnodeConfig.ai_providers is not understood: {error}") from error
    return tuple(replace(one, base_url=checked_url(one.base_url)) for one in found)


def checked_url(url: str) -> str:
    """An address of models, without a slash at its end. Raises BadRequest for what is none."""
    try:
        parts = urlsplit(url)
        named = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise BadRequest(f"The address is not understood: {error}") from error
    if parts.scheme not in ("http", "https") or not named:
        raise BadRequest("The address must begin with http:// or https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise BadRequest("The address must not hold a password: set the key on its own.")
    if parts.query or parts.fragment:
        raise BadRequest("The address must end with its path.")
    return url.rstrip("/")


def is_below(url: str, allowed: str) -> bool:
    """Whether an address is the same as, or lies below, another one."""
    here, there = urlsplit(url), urlsplit(allowed)
    if (here.scheme, here.hostname, _port(here.scheme, here.port)) != (
        there.scheme,
        there.hostname,
        _port(there.scheme, there.port),
    ):
        return False
    base = there.path.rstrip("/")
    path = here.path.rstrip("/")
    return ".." not in path.split("/") and (path == base or path.startswith(f"{base}/"))


def _port(scheme: str, port: int | None) -> int | None:
    return port if port is not None else {"http": 80, "https": 443}.get(scheme)
