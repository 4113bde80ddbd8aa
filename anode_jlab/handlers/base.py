"""What all our routes share: one form of errors, strict bodies and queries, the parts to call."""

from __future__ import annotations

import re
from http.client import responses
from types import TracebackType
from typing import Any, ClassVar, TypeVar

import msgspec
from jupyter_server.auth.identity import User
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError

from anode_jlab.ai.approvals import ApprovalNotFound
from anode_jlab.ai.failures import (
    AddressNotAllowed,
    AssistantRunNotFound,
    ConversationNotFound,
    ModelFailed,
    ModeNotAllowed,
    NotAnAiCell,
    ProviderNotFound,
)
from anode_jlab.ai.outside import CallNotFound
from anode_jlab.ai.tools.record import NotAnsweredInTime, Refused, Withdrawn
from anode_jlab.ai.tools.registry import Interrupted
from anode_jlab.errors import (
    AnodeError,
    ArtifactDamaged,
    ArtifactNotFound,
    BadFrame,
    BadRequest,
    CellNotFound,
    CopyNotFound,
    ExecutionNotFound,
    FileChangedOutside,
    FileConflicted,
    FileNotWritten,
    FileUnreadable,
    Gone,
    HeadMoved,
    HeldElsewhere,
    KernelBusy,
    KernelNotStarted,
    LeaseLost,
    NoKernelSpec,
    NotAllowed,
    NotAnswered,
    NotAuthenticated,
    NotebookNotFound,
    NotExecutable,
    NotOfItsKind,
    NotPossibleNow,
    OtherLineage,
    RangeNotThere,
    ReadOnly,
    RoomClosed,
    SeqNotFound,
    SourceNotArrived,
    StoreTooNew,
    StoreUnavailable,
    TableGone,
    TooFast,
    TooLarge,
    TooManyConnections,
)
from anode_jlab.events.actor import Actor
from anode_jlab.handlers.access import actor_of, role_of
from anode_jlab.handlers.operation import Operation
from anode_jlab.rooms.roles import Role
from anode_jlab.services import Services

T = TypeVar("T")

LARGEST_BODY_BYTES = 1 << 20
"""Bodies of our routes are a few fields; documents travel over the socket."""

LARGEST_NUMBER = 2**63 - 1
"""Of a seq or an ordinal: what the store can hold."""

SHA256 = r"(?P<sha256>[0-9a-f]{64})"
"""How an artifact's address stands in a route."""

_STATUSES: dict[type[AnodeError], int] = {
    BadRequest: 400,
    BadFrame: 400,
    NotOfItsKind: 400,
    NotExecutable: 400,
    NotAnAiCell: 400,
    NotAuthenticated: 403,
    NotAllowed: 403,
    ReadOnly: 403,
    AddressNotAllowed: 403,
    ModeNotAllowed: 403,
    Refused: 403,
    NotebookNotFound: 404,
    SeqNotFound: 404,
    CopyNotFound: 404,
    CellNotFound: 404,
    ExecutionNotFound: 404,
    ArtifactNotFound: 404,
    ProviderNotFound: 404,
    ConversationNotFound: 404,
    AssistantRunNotFound: 404,
    SourceNotArrived: 409,
    ApprovalNotFound: 404,
    CallNotFound: 404,
    NotAnsweredInTime: 409,
    Withdrawn: 409,
    Interrupted: 409,
    NotPossibleNow: 409,
    KernelBusy: 409,
    TableGone: 410,
    NoKernelSpec: 422,
    KernelNotStarted: 502,
    OtherLineage: 409,
    FileChangedOutside: 409,
    FileConflicted: 409,
    HeadMoved: 409,
    LeaseLost: 409,
    StoreTooNew: 409,
    Gone: 410,
    TooLarge: 413,
    RangeNotThere: 416,
    HeldElsewhere: 423,
    TooFast: 429,
    TooManyConnections: 429,
    RoomClosed: 503,
    StoreUnavailable: 503,
    FileNotWritten: 507,
    FileUnreadable: 502,
    NotAnswered: 502,
    ModelFailed: 502,
    ArtifactDamaged: 502,
}

_PLAIN_ERRORS: dict[int, tuple[str, str]] = {
    400: ("bad_request", "Compare the request with openapi.json."),
    401: ("not_authenticated", "Sign in, or send the server's token."),
    403: ("not_allowed", "Ask the owner of the server for access."),
    404: ("not_found", "See openapi.json for the routes."),
    405: ("method_not_allowed", "See openapi.json for the methods of this route."),
    413: ("too_large", "Send a smaller body."),
}

_CACHE_BUSTER = re.compile(r"^\d+$")
"""JupyterLab's ServerConnection appends the time as a bare key to uncached requests."""

_OWN_ARGUMENTS = frozenset({"token", "_xsrf"})
"""Arguments that the server itself reads."""


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """Every error of every route: a stable code, what happened, what to do."""

    code: str
    message: str
    hint: str


def status_of(error: AnodeError) -> int:
    """The HTTP status that tells about an error."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)


class Door(JupyterHandler):
    """What requests and sockets share. ``services`` is handed in by the route table."""

    services: Services

    def initialize(self, services: Services) -> None:
        self.services = services

    @property
    def person(self) -> User:
        """Who is asking; only called behind ``authenticated``."""
        user = self.current_user
        if not isinstance(user, User):
            raise NotAuthenticated
        return user

    @property
    def actor(self) -> Actor:
        """Who is asking, as events are stamped."""
        return actor_of(self.person)

    async def role(self) -> Role:
        """What the person who is asking may do. Raises NotAllowed when that is nothing."""
        role = await role_of(self)
        if role is None:
            raise NotAllowed
        return role

    def query(self, kind: type[T]) -> T:
        """The query's arguments as a typed value; unknown and repeated ones are refused."""
        arguments: dict[str, str] = {}
        for name, values in self.request.query_arguments.items():
            if name in _OWN_ARGUMENTS or _CACHE_BUSTER.match(name):
                continue
            if len(values) > 1:
                raise BadRequest(f"The query has {name} more than once.")
            arguments[name] = values[0].decode("utf-8", "replace")
        try:
            return msgspec.convert(arguments, kind, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The query is not understood: {error}") from error

    def reply(self, value: Any, *, status: int = 200) -> None:
        """Answer with JSON."""
        self.reply_json(msgspec.json.encode(value), status=status)

    def reply_json(self, text: bytes, *, status: int = 200) -> None:
        """Answer with JSON that is encoded already."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.finish(text)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, AnodeError):
            status_code = status_of(error)
            body = ErrorBody(code=error.code, message=error.message, hint=error.advice)
        else:
            body = self._plain_error(status_code, error)
        self.reply(body, status=status_code)

    def _plain_error(self, status: int, error: BaseException | None) -> ErrorBody:
        if status == 403 and self.current_user is None:
            refusal = NotAuthenticated()
            return ErrorBody(code=refusal.code, message=refusal.message, hint=refusal.advice)
        code, hint = _PLAIN_ERRORS.get(status, (AnodeError.code, AnodeError.hint))
        message = responses.get(status, "Unknown error")
        if isinstance(error, HTTPError) and status < 500 and error.log_message:
            message = error.log_message % error.args if error.args else error.log_message
        return ErrorBody(code=code, message=message, hint=hint)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Errors that have a code are answers, not surprises: one line without a traceback."""
        if isinstance(value, AnodeError):
            self.log.info("%s refused %s: %s", self.request.path, value.code, value.message)
        else:
            super().log_exception(typ, value, tb)


class NoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes no arguments."""


class AnodeHandler(Door, APIHandler):
    """A route of ours that answers requests; each has ``operations``, by method in lower case."""

    operations: ClassVar[dict[str, Operation]] = {}

    def check_request(self) -> None:
        """Refuse arguments where the operation knows none; the others read theirs by ``query``."""
        operation = self.operations.get(self.request.method.lower())
        if operation is not None and operation.query is None:
            self.query(NoQuery)

    def body(self, kind: type[T]) -> T:
        """The request's JSON as a typed value. Unknown fields and other content are refused."""
        content_type = self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if content_type != "application/json":
            raise BadRequest("The body must be JSON, with Content-Type: application/json.")
        if len(self.request.body) > LARGEST_BODY_BYTES:
            raise TooLarge("The body is larger than any request of this route needs.")
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadRequest(f"The body is not understood: {error}") from error
