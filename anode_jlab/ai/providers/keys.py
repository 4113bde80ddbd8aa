"""Where the keys of providers are: they come in, are used, and never go out again.

In this order: the server's environment and configuration, a command that prints the key, the
keyring of the operating system, a file that only the server's own user can read.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import msgspec

from anode_jlab.ai.providers.setting import ProviderSetting
from anode_jlab.eventlog.sqlite_errors import translated
from anode_jlab.eventlog.whole_file import write_whole

FILE = "secrets.json"

SERVICE = "anode_jlab"
"""Under this name the keyring of the operating system keeps keys."""

COMMAND_SECONDS = 20.0
"""A command may ask somebody for a password; without an answer there is no key."""

COMMAND_LASTS_SECONDS = 300.0
"""How long what a command printed is used: it may ask somebody, and what it prints may expire."""

SHOWN = 4
"""Characters of a key that people may see again, to tell keys apart."""

SHORTEST_SHOWN = 12
"""Shorter keys are not shown at all: four characters would be much of them."""

logger = logging.getLogger(__name__)


class KeySource(StrEnum):
    """Where a key came from."""

    ENVIRONMENT = "environment"
    COMMAND = "command"
    KEYRING = "keyring"
    FILE = "file"


class KeyStatus(msgspec.Struct, frozen=True, kw_only=True):
    """All that is ever told of a key. ``set`` says whether there is one."""

    set: bool = False
    last4: str = ""
    source: KeySource | None = None


class Key(msgspec.Struct, frozen=True):
    """A key, for who talks to the provider. Its representation does not show it."""

    value: str
    source: KeySource

    def __repr__(self) -> str:
        return f"Key({self.source.value})"

    @property
    def status(self) -> KeyStatus:
        """What may be told of it."""
        last4 = self.value[-SHOWN:] if len(self.value) >= SHORTEST_SHOWN else ""
        return KeyStatus(set=True, last4=last4, source=self.source)


class Keyring(Protocol):
    """The part of the package ``keyring`` that is used."""

    def get_password(self, service: str, name: str) -> str | None: ...

    def set_password(self, service: str, name: str, value: str) -> None: ...

    def delete_password(self, service: str, name: str) -> None: ...


class _Kept(msgspec.Struct, frozen=True):
    """A key in the file, and the address it may be sent to."""

    key: str
    base_url: str


class Keys:
    """Those of all providers. A key that a person set is bound to the provider's address."""

    def __init__(
        self,
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        keyring: bool = True,
    ) -> None:
        self._file = folder / FILE
        self._environment = os.environ if environment is None else environment
        self._has_keyring = keyring
        self._lock = asyncio.Lock()
        self._commands: dict[tuple[str, ...], tuple[float, str]] = {}
        self._asking = asyncio.Lock()

    async def of(self, provider: ProviderSetting) -> Key | None:
        """The provider's key, None when there is none."""
        if provider.key:
            return Key(provider.key, KeySource.ENVIRONMENT)
        given = self._environment.get(provider.key_env, "") if provider.key_env else ""
        if given:
            return Key(given, KeySource.ENVIRONMENT)
        if provider.key_command:
            printed = await self._command(provider)
            if printed:
                return Key(printed, KeySource.COMMAND)
        return await asyncio.to_thread(self._stored, provider)

    async def put(self, provider: ProviderSetting, value: str) -> KeyStatus:
        """Keep a key that a person gave, in the keyring if there is one. Raises
        StoreUnavailable."""
        async with self._lock:
            return (await asyncio.to_thread(self._keep, provider, value)).status

    async def remove(self, provider: ProviderSetting) -> None:
        """Forget what a person gave; what the server is set up with stays."""
        async with self._lock:
            await asyncio.to_thread(self._forget, provider)

    async def _command(self, provider: ProviderSetting) -> str:
        async with self._asking:  # nobody is asked for a password twice at a time
            now = asyncio.get_running_loop().time()
            at, printed = self._commands.get(provider.key_command, (0.0, ""))
            if not printed or now - at >= COMMAND_LASTS_SECONDS:
                printed = await _printed(provider)
                self._commands[provider.key_command] = (now, printed)
            return printed

    # --- in a thread -----------------------------------------------------------------------------

    def _stored(self, provider: ProviderSetting) -> Key | None:
        ring = self._ring()
        if ring is not None:
            try:
                found = ring.get_password(SERVICE, _name(provider))
            except Exception as error:  # a locked keyring is as good as none
                logger.info("The keyring was not read: %s", type(error).__name__)
            else:
                if found:
                    return Key(found, KeySource.KEYRING)
        kept = self._read().get(provider.id)
        if kept is None or kept.base_url != provider.base_url:
            return None
        return Key(kept.key, KeySource.FILE)

    def _keep(self, provider: ProviderSetting, value: str) -> Key:
        ring = self._ring()
        if ring is not None:
            try:
                ring.set_password(SERVICE, _name(provider), value)
            except Exception as error:
                logger.info("The keyring did not take a key: %s", type(error).__name__)
            else:
                self._write({k: v for k, v in self._read().items() if k != provider.id})
                return Key(value, KeySource.KEYRING)
        kept = _Kept(key=value, base_url=provider.base_url)
        self._write({**self._read(), provider.id: kept})
        return Key(value, KeySource.FILE)

    def _forget(self, provider: ProviderSetting) -> None:
        ring = self._ring()
        if ring is not None:
            try:
                ring.delete_password(SERVICE, _name(provider))
            except Exception as error:  # there was none
                logger.debug("The keyring had no key: %s", type(error).__name__)
        self._write({k: v for k, v in self._read().items() if k != provider.id})

    def _ring(self) -> Keyring | None:
        if not self._has_keyring:
            return None
        try:
            module: Any = import_module("keyring")
            if module.get_keyring().priority < 1:  # none that the system has
                raise RuntimeError("no keyring of the system")
        except Exception:  # not installed, or none that works here
            self._has_keyring = False
            return None
        ring: Keyring = module
        return ring

    def _read(self) -> dict[str, _Kept]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Kept])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            logger.warning("The file of keys is not readable: %s", type(error).__name__)
            return {}

    def _write(self, keys: dict[str, _Kept]) -> None:
        if not keys and not self._file.exists():
            return
        with translated():
            write_whole(self._file, msgspec.json.encode(keys))


def _name(provider: ProviderSetting) -> str:
    return f"{provider.id} {provider.base_url}"


async def _printed(provider: ProviderSetting) -> str:
    """What the provider's command prints; nothing when it fails. Its words are not logged."""
    command = provider.key_command
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
        )
    except OSError as error:
        logger.warning("The key command of %s: %s", provider.id, type(error).__name__)
        return ""
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            out, _ = await process.communicate()
    except TimeoutError:
        logger.warning("The key command of %s took too long", provider.id)
        return ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        logger.warning("The key command of %s ended with %s", provider.id, process.returncode)
        return ""
    return out.decode("utf-8", "replace").strip()
