"""A server inside the test's own loop, by pytest-jupyter, with its store in the test's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from pytest_jupyter.jupyter_core import jp_asyncio_loop
from pytest_jupyter.jupyter_server import jp_server_cleanup
from traitlets.config import Config

from anode_jlab.extension import AnodeExtension
from anode_jlab.services import Services
from tests.integration.server_process import notebook
from tests.server_address import ServerAddress

__all__ = ["jp_asyncio_loop", "jp_server_cleanup"]


@pytest.fixture
def jp_server_config(jp_server_config: Config, tmp_path: Path) -> Config:
    jp_server_config.AnodeConfig.store_dir = str(tmp_path / "store")
    return jp_server_config


@pytest.fixture
def extension(jp_serverapp: ServerApp) -> AnodeExtension:
    points = jp_serverapp.extension_manager.extension_points
    app = points["anode_jlab"].app
    assert isinstance(app, AnodeExtension)
    return app


@pytest.fixture
def services(extension: AnodeExtension) -> Services:
    assert extension.services is not None
    return extension.services


@pytest.fixture
def address(
    jp_serverapp: ServerApp, http_server_port: tuple[object, int], http_server: object
) -> ServerAddress:
    """The server as one who has its token sees it."""
    url = f"http://localhost:{http_server_port[1]}{jp_serverapp.base_url}"
    return ServerAddress(url=url, token=jp_serverapp.identity_provider.token)


@pytest.fixture
def anonymous(address: ServerAddress) -> ServerAddress:
    """The same server without credentials."""
    return ServerAddress(url=address.url)


@pytest.fixture
def write_notebook(jp_root_dir: Path) -> Callable[..., Path]:
    """Puts a notebook with these sources at a path."""

    def write(path: str, *sources: str) -> Path:
        file = jp_root_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(notebook(*sources), indent=1) + "\n", encoding="utf-8")
        return file

    return write
