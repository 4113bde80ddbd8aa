"""GET openapi.json: the description of our routes, made from the table and the typed bodies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from anode_jlab._version import __version__
from anode_jlab.handlers.access import requires
from anode_jlab.handlers.base import AnodeHandler, ErrorBody, status_of
from anode_jlab.handlers.operation import Operation
from anode_jlab.handlers.path_parameters import named_in
from anode_jlab.handlers.routes import ROOT, ROUTES, Route

REFERENCE = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The description as OpenAPI 3.1."""
    routes = (*ROUTES, OPENAPI_ROUTE)
    operations = [op for route in routes for op in route.handler.operations.values()]
    shapes, components = _schemas(operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "anode_jlab",
            "version": __version__,
            "description": "Notebooks as event logs: commands go up, facts come down.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": f"/{ROOT}", "description": "Below the server's base URL."}],
        "security": [{"token": []}, {"cookie": []}],
        "paths": {f"/{route.path}": _path(route, shapes) for route in routes},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "cookie": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-XSRFToken",
                    "description": "The browser's login cookie, with its XSRF token on changes.",
                },
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """The schema of every type that the operations use, and the named ones among them."""
    types: list[Any] = [ErrorBody]
    for operation in operations:
        types += [t for t in (operation.query, operation.body, operation.reply) if t is not None]
    distinct = list(dict.fromkeys(types))
    found, components = msgspec.json.schema_components(distinct, ref_template=REFERENCE)
    return dict(zip(distinct, found, strict=True)), components


def _path(route: Route, shapes: dict[Any, Any]) -> dict[str, Any]:
    methods = {
        method: _operation(operation, shapes)
        for method, operation in route.handler.operations.items()
    }
    parameters = [
        {
            "name": parameter.name,
            "in": "path",
            "required": True,
            "description": parameter.description,
            "schema": {"type": "string", "pattern": f"^{parameter.pattern}$"},
        }
        for parameter in named_in(route.path)
    ]
    return {"parameters": parameters, **methods} if parameters else methods


def _operation(operation: Operation, shapes: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"summary": operation.summary, "responses": {}}
    if operation.query is not None:
        described["parameters"] = _parameters(operation.query)
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json(shapes[operation.body])}
    success: dict[str, Any] = {"description": operation.summary}
    if operation.reply is not None:
        success["content"] = _json(shapes[operation.reply])
    described["responses"][str(operation.status)] = success
    for error in operation.errors:
        answer = described["responses"].setdefault(
            str(status_of(error())), {"description": "", "content": _json(shapes[ErrorBody])}
        )
        answer["description"] = f"{answer['description']} `{error.code}`: {error().message}".strip()
    described["responses"]["default"] = {
        "description": "Refused or failed; the status follows HTTP.",
        "content": _json(shapes[ErrorBody]),
    }
    return described


def _parameters(query: type) -> list[dict[str, Any]]:
    """The fields of a query as parameters; all of them have a default."""
    _, components = msgspec.json.schema_components([query], ref_template=REFERENCE)
    fields: dict[str, Any] = components[query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in fields.items()
    ]


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


class OpenApiHandler(AnodeHandler):
    """``anode/api/openapi.json``"""

    operations: ClassVar[dict[str, Operation]] = {
        "get": Operation(summary="This description", reply=dict[str, Any])
    }

    @requires("read", "contents")
    async def get(self) -> None:
        self.reply(document())


OPENAPI_ROUTE = Route("openapi.json", OpenApiHandler)
