"""Loads pytest-jupyter for all tests, and closes every route to those without credentials."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from traitlets.config import Config

# Kernels that are started ahead would compete with the tests; those about them ask for some.
os.environ["ANODE_WARM_POOL_SIZE"] = "0"

# How long an example takes tells how busy the machine is, not whether something is wrong.
settings.register_profile("anode", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anode")

pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture
def jp_server_config() -> Config:
    config = Config()
    config.ServerApp.jpserver_extensions = {"anode_jlab": True}
    config.ServerApp.allow_unauthenticated_access = False
    # A broken extension must fail the test, not leave a warning in a log that nobody reads.
    config.ServerApp.reraise_server_extension_failures = True
    return config
