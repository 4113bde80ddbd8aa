"""Keeps pytest-jupyter's server fixtures away from the tests that need no server."""

from __future__ import annotations

import pytest
from anyio import pytest_plugin


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> None:
    """Show anyio its tests before pytest-jupyter claims them: they can be parametrized."""
    pytest_plugin.pytest_pycollect_makeitem(collector, name, obj)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object | None:
    """Give tests marked ``anyio`` to anyio before pytest-jupyter runs them on its own loop."""
    if pyfuncitem.get_closest_marker("anyio") is None:
        return None
    result: object | None = pytest_plugin.pytest_pyfunc_call(pyfuncitem)
    return result


@pytest.fixture
def jp_asyncio_loop() -> None:
    """No loop for every test: ``tests/handlers`` takes the original back."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """No server to tear down after every test: ``tests/handlers`` takes the original back."""
