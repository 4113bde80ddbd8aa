"""A server inside the test's own loop, and providers of models whose answers the test writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from traitlets.config import Config

from tests.ai.asking import Notebook
from tests.ai.scripted_provider import ScriptedProvider
from tests.handlers.conftest import (
    address,
    anonymous,
    extension,
    jp_asyncio_loop,
    jp_server_cleanup,
    services,
    write_notebook,
)
from tests.server_address import ServerAddress

__all__ = [
    "address",
    "anonymous",
    "extension",
    "jp_asyncio_loop",
    "jp_server_cleanup",
    "services",
    "write_notebook",
]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedProvider]:
    for name in ("OPENAI", "ANTHROPIC"):
        monkeypatch.delenv(f"{name}_API_KEY", raising=False)
        monkeypatch.delenv(f"{name}_BASE_URL", raising=False)
    with ScriptedProvider() as scripted:
        yield scripted


@pytest.fixture
def jp_server_config(
    jp_server_config: Config, tmp_path: Path, provider: ScriptedProvider
) -> Config:
    jp_server_config.AnodeConfig.store_dir = str(tmp_path / "store")
    jp_server_config.AnodeConfig.ai_max_steps = 5
    jp_server_config.AnodeConfig.ai_providers = [
        {"id": "local", "base_url": provider.url, "key": "sk-a-key-of-the-test"},
        {"id": "claude", "kind": "anthropic", "base_url": provider.anthropic_url, "key": "k"},
    ]
    return jp_server_config


@pytest.fixture
def opened(address: ServerAddress, write_notebook: Callable[..., Path]) -> Callable[..., Notebook]:
    """Makes a notebook with these sources; ``async with`` opens it."""

    def make(*sources: str) -> Notebook:
        write_notebook("a.ipynb", *sources)
        return Notebook(address, "a.ipynb")

    return make
