from __future__ import annotations

import json
from typing import Any

from anode_jlab.handlers.openapi import document
from anode_jlab.handlers.routes import ROUTES
from tests.server_address import ServerAddress


async def test_the_description_is_served(address: ServerAddress) -> None:
    assert await address.get("openapi.json") == json.loads(json.dumps(document()))


def test_every_route_and_method_is_described() -> None:
    described = document()
    assert described["openapi"].startswith("3.1")
    for route in ROUTES:
        path = described["paths"][f"/{route.path}"]
        for method in route.handler.operations:
            assert path[method]["summary"]
            assert "default" in path[method]["responses"]
        for method in ("get", "post", "put", "patch", "delete"):
            own = getattr(route.handler, method).__qualname__.split(".")[0]
            defined = own == route.handler.__name__
            assert defined == (method in route.handler.operations), (route.path, method)


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values())) if node else own
    if isinstance(node, list):
        return set().union(*map(references, node))
    return set()


def test_every_reference_leads_somewhere() -> None:
    described = document()
    for reference in references(described):
        name = reference.removeprefix("#/components/schemas/")
        assert name in described["components"]["schemas"], reference


def test_bodies_take_no_unknown_fields() -> None:
    described = document()
    for path in described["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                name = schema["$ref"].removeprefix("#/components/schemas/")
                assert described["components"]["schemas"][name]["additionalProperties"] is False
