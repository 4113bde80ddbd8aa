"""A server inside the test's own loop, with real kernels, and an assistant's hand on its tools."""

from __future__ import annotations

from tests.handlers.conftest import (
    address,
    extension,
    jp_asyncio_loop,
    jp_server_cleanup,
    jp_server_config,
    services,
    write_notebook,
)

__all__ = [
    "address",
    "extension",
    "jp_asyncio_loop",
    "jp_server_cleanup",
    "jp_server_config",
    "services",
    "write_notebook",
]
