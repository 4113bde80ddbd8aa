"""JSON-RPC 2.0 as the Model Context Protocol uses it: bytes to requests, results to bytes.

Pure; see https://modelcontextprotocol.io/specification.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypeAlias

import msgspec

RequestId: TypeAlias = int | str

VERSION = "2.0"


class Code(IntEnum):
    """Errors of JSON-RPC."""

    PARSE = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL = -32603


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a method; without an ``id`` it is a notification, which is not answered."""

    method: str
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    id: RequestId | None = None


class RpcError(Exception):
    """What a request is answered with that cannot be served."""

    def __init__(self, code: Code, message: str, *, id: RequestId | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = id


def decode(body: bytes) -> tuple[list[Request | RpcError], bool]:
    """The requests of a body, and whether they came as a batch. Answers of a client to us are left
    out: we ask nothing. Raises RpcError when nothing of it can be read."""
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RpcError(Code.PARSE, "The body is not JSON.") from error
    if not isinstance(parsed, list):
        return [_request(parsed)] if not _is_answer(parsed) else [], False
    if not parsed:
        raise RpcError(Code.INVALID_REQUEST, "The batch is empty.")
    return [_request(one) for one in parsed if not _is_answer(one)], True


def _is_answer(message: object) -> bool:
    return isinstance(message, dict) and "method" not in message and "id" in message


def _request(message: object) -> Request | RpcError:
    id_ = message.get("id") if isinstance(message, dict) else None
    known = id_ if isinstance(id_, int | str) and not isinstance(id_, bool) else None
    if not isinstance(message, dict) or message.get("jsonrpc") != VERSION:
        return RpcError(Code.INVALID_REQUEST, "That is no JSON-RPC 2.0 request.", id=known)
    try:
        return msgspec.convert(
            {key: message[key] for key in ("method", "params", "id") if key in message}, Request
        )
    except msgspec.ValidationError as error:
        return RpcError(Code.INVALID_REQUEST, str(error), id=known)


def answer(id: RequestId | None, result: Any) -> dict[str, Any]:
    """A request's answer."""
    return {"jsonrpc": VERSION, "id": id, "result": result}


def refusal(error: RpcError, id: RequestId | None = None) -> dict[str, Any]:
    """The same for an error."""
    told = {"code": int(error.code), "message": error.message}
    return {"jsonrpc": VERSION, "id": error.id if id is None else id, "error": told}
