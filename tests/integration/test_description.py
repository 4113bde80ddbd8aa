"""Requests made from the OpenAPI description, good and bad ones: each is answered as described."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable

from anode_jlab.handlers.openapi import document
from tests.integration.server_process import ServerProcess
from tests.server_address import ServerAddress

schemathesis = pytest.importorskip("schemathesis")
modes = pytest.importorskip("schemathesis.generation").GenerationMode
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

CHECKS = [
    pytest.importorskip("schemathesis.checks").not_a_server_error,
    checks.content_type_conformance,
    checks.negative_data_rejection,
    checks.response_schema_conformance,
    checks.status_code_conformance,
]

REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
"""Statuses that refuse what is not as described; a body that is too large is not read at all."""

CONFIG = pytest.importorskip("schemathesis.config").SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}
)

EXAMPLES = int(os.environ.get("ANODE_TEST_SEEDS", "8"))
"""Requests per operation and kind (well-formed or not)."""

WITHOUT_KERNELS = ["interrupt", "stop"]
"""What may be asked of the runtime here: starting kernels takes seconds each."""

UNKNOWN = "0" * 32

PATHS = ["a.ipynb", "none.ipynb", "folder/none.ipynb", "", "..", "/", "a.ipynb/x"]


def described(notebook: str) -> dict[str, Any]:
    """The description with ids that lead somewhere; the socket is no plain request."""
    found: dict[str, Any] = document()
    found["servers"] = [{"url": "/anode/api"}]
    del found["paths"]["/notebooks/{id}/room"]
    for path in found["paths"].values():
        for parameter in path.get("parameters", ()):
            if parameter["name"] == "id":
                parameter["schema"] = {"enum": [notebook, UNKNOWN]}
    schemas = found["components"]["schemas"]
    schemas["OpenNotebook"]["properties"]["path"] = {"enum": PATHS}
    schemas["RuntimeRequest"]["properties"]["action"] = {"enum": WITHOUT_KERNELS}
    return found


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def try_out(operation: Any, mode: Any, address: ServerAddress) -> None:
    """Send some requests of one operation, the same ones in every run."""
    base = address.url + "anode/api"

    @seed(0)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=base, headers=address.headers, checks=CHECKS)

    with suppress(Unsatisfiable):  # where nothing can be wrong
        send()


async def test_every_operation_answers_as_described(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path) as server:
        server.write_notebook("a.ipynb", "x = 1")
        opened = await server.address.post("notebooks", {"path": "a.ipynb"})
        schema = schemathesis.openapi.from_dict(described(opened["id"]), config=CONFIG)
        wrong: list[Exception] = []
        for operation in operations(schema):
            for mode in (modes.POSITIVE, modes.NEGATIVE):
                try:
                    await asyncio.to_thread(try_out, operation, mode, server.address)
                except Exception as error:  # all of them are told at the end
                    wrong.append(error)
        assert (await server.address.get("health"))["status"] == "ok"
        if wrong:
            raise ExceptionGroup("answers that are not as described", wrong)
        assert server.process is not None
        assert server.process.returncode is None
