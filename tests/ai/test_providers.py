"""Providers over REST: keys go in and never come out, and belong to one address."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anode_jlab.ai.failures import ProviderNotFound
from anode_jlab.ai.providers.keys import Keys, KeySource
from anode_jlab.ai.providers.models import models_in
from anode_jlab.ai.providers.registry import Providers
from anode_jlab.ai.providers.setting import ProviderSetting, checked_url, configured, is_below
from anode_jlab.clock import SystemClock
from anode_jlab.errors import BadRequest
from tests.ai.scripted_provider import ScriptedProvider
from tests.server_address import ServerAddress

KEY = "sk-test-0123456789abcdef"


async def change(address: ServerAddress, method: str, route: str, body: Any = None) -> Any:
    return await address.fetch(method, f"anode/api/ai/providers{route}", body)


def found(listed: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in listed["providers"] if one["id"] == name)


async def test_providers_are_set_up(
    address: ServerAddress, provider: ScriptedProvider, tmp_path: Path
) -> None:
    listed = await address.get("ai/providers")
    assert (listed["enabled"], listed["max_mode"]) == (True, "agent")
    nobody = found(listed, "openai")
    assert (nobody["key"]["set"], nobody["models"]) == (False, [])
    assert nobody["problem"]["code"] == "no_key"
    local = found(listed, "local")
    assert [model["id"] for model in local["models"]] == ["small", "gpt-5-large"]
    assert [model["vision"] for model in local["models"]] == [False, True]
    assert local["problem"] is None

    added = await change(address, "PUT", "/mine", {"base_url": f"{provider.url}/", "title": "Mine"})
    assert added.code == 200
    kept = await change(address, "PUT", "/mine/key", {"key": f" {KEY}\n"})
    assert kept.code == 200
    assert b'"last4":"cdef"' in kept.body
    assert provider.asked[-1].headers.get("Authorization") is None
    mine = found(await address.get("ai/providers"), "mine")
    assert mine["key"] == {"set": True, "last4": "cdef", "source": "file"}
    assert provider.asked[-1].headers["Authorization"] == f"Bearer {KEY}"
    file = tmp_path / "store" / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    provider.models_status = 401
    refused = found(await address.get("ai/providers?refresh=1"), "mine")
    assert refused["problem"]["code"] == "key_refused"
    assert [model["available"] for model in refused["models"]] == [False, False]

    for route in ("ai/providers", "health", "openapi.json"):
        assert KEY not in str(await address.get(route))
    assert (await change(address, "DELETE", "/mine/key")).code == 200
    assert KEY not in file.read_text()
    assert (await change(address, "DELETE", "/mine")).code == 200
    assert all(one["id"] != "mine" for one in (await address.get("ai/providers"))["providers"])


async def test_bad_settings_are_refused(address: ServerAddress, provider: ScriptedProvider) -> None:
    for url in ("ftp://a", "nonsense", "http://", "http://u:p@a/", "http://a/?x=1", "http://a:x/"):
        assert (await change(address, "PUT", "/mine", {"base_url": url})).code == 400, url
    taken = await change(address, "PUT", "/openai", {"base_url": provider.url})
    assert taken.code == 409, "a key of the server's must not go to another address"
    assert (await change(address, "PUT", "/none/key", {"key": KEY})).code == 404
    assert (await change(address, "PUT", "/local/key", {"key": "two\nlines"})).code == 400
    assert (await change(address, "PUT", "/local/key", {"key": KEY})).code == 409
    assert (await change(address, "DELETE", "/local")).code == 409


def providers(folder: Path, *allowed: str, **environment: str) -> Providers:
    return Providers(
        configured=[],
        allowed=allowed,
        keys=Keys(folder, environment=environment, keyring=False),
        folder=folder,
        clock=SystemClock(),
    )


async def test_the_environment_goes_first(tmp_path: Path) -> None:
    keys = Keys(tmp_path, environment={"A_KEY": "from-env"}, keyring=False)
    ran = tmp_path / "ran"
    command = (sys.executable, "-c", f"open({str(ran)!r}, 'a').write('x'); print('printed-key')")
    both = ProviderSetting(id="a", base_url="http://a", key_env="A_KEY", key_command=command)
    printed = ProviderSetting(id="a", base_url="http://a", key_command=command)
    broken = ProviderSetting(id="a", base_url="http://a", key_command=("/nowhere",))
    await keys.put(broken, "kept-key")
    given = [await keys.of(one) for one in (both, printed, broken)]
    assert [key and (key.value, key.source) for key in given] == [
        ("from-env", KeySource.ENVIRONMENT),
        ("printed-key", KeySource.COMMAND),
        ("kept-key", KeySource.FILE),
    ]
    assert "from-env" not in repr(given)
    assert await keys.of(printed) == given[1]
    assert ran.read_text() == "x", "the program is not run for every question"
    elsewhere = ProviderSetting(id="a", base_url="http://b")
    assert await keys.of(elsewhere) is None, "a key belongs to its address"


async def test_only_allowed_addresses(tmp_path: Path) -> None:
    free = providers(tmp_path)
    await free.add(
        "mine", title="", kind=ProviderSetting(id="x", base_url="x").kind, base_url="http://a:1/v1"
    )
    bound = providers(tmp_path, "https://gateway.example/ai")
    with pytest.raises(ProviderNotFound):
        await bound.get("mine")
    assert is_below("https://gateway.example/ai/v1", "https://gateway.example/ai")
    for other in (
        "https://gateway.example/aix",
        "https://gateway.example.evil.example/ai",
        "http://gateway.example/ai",
        "https://gateway.example/ai/../other",
        "https://gateway.example:444/ai",
    ):
        assert not is_below(other, "https://gateway.example/ai"), other


def test_bad_configuration_is_told() -> None:
    with pytest.raises(ValueError, match="ai_providers"):
        configured([{"id": "a"}])
    with pytest.raises(ValueError, match="ai_providers"):
        configured([{"id": "A B", "base_url": "http://a"}])
    with pytest.raises(BadRequest):
        checked_url("file:///etc/passwd")


def test_what_providers_tell_of_models() -> None:
    openrouter = {
        "id": "x/y",
        "name": "Y",
        "context_length": 1000,
        "supported_parameters": ["tools", "reasoning"],
        "architecture": {"input_modalities": ["text", "image"]},
    }
    mistral = {"id": "m", "capabilities": {"completion_chat": False}}
    mute = {"id": "n", "capabilities": {"function_calling": False, "vision": True}}
    models = models_in({"data": [openrouter, mistral, mute, {"id": "text-embedding-3"}, 7, {}]})
    told = [(m.id, m.title, m.tools, m.vision, m.thinking, m.window) for m in models]
    assert told == [("x/y", "Y", True, True, True, 1000), ("n", "n", False, True, False, 32_000)]
    nonsenses: tuple[object, ...] = (None, "x", [], {"data": None}, {"data": {}}, 3)
    for nonsense in nonsenses:
        assert models_in(nonsense) == ()


def test_a_server_starts_without_the_libraries() -> None:
    code = (
        "import sys, anode_jlab.extension, anode_jlab.handlers.patterns\n"
        "print([n for n in ('pydantic_ai', 'pydantic', 'openai', 'anthropic') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
