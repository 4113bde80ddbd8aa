"""Who is asking and what they may do, by the server's own identity provider and authorizer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Literal, Protocol, TypeVar, cast

from jupyter_server.auth.identity import IdentityProvider, LegacyIdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import authenticated

from anode_jlab.errors import NotAllowed
from anode_jlab.events.actor import Actor, ActorKind
from anode_jlab.rooms.roles import Role

Action = Literal["read", "write", "execute"]
Resource = Literal["contents", "kernels"]
"""The standard words, so that policies of existing deployments apply as they are."""

Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])

PUBLIC_FIELDS = ("username", "name", "display_name", "initials", "avatar_url", "color")
"""What the others may see of a person."""

LONGEST_FIELD = 2048
"""Characters. The fields go out with each move of a cursor; a longer name is cut, a longer address
of a picture is left out."""

BROWSERS = "Mozilla/"
"""What every browser's user agent begins with, and that of no program that does not pretend."""


class Checked(Protocol):
    """A handler that looks at a request before its method runs."""

    def check_request(self) -> None: ...


def requires(action: Action, resource: Resource) -> Callable[[Method], Method]:
    """Let a route's method run only for people who are signed in and have this right, and then
    only if the handler finds nothing wrong with the request.

    As jupyter_server's own ``authorized``, but an authorizer that fails has allowed nothing.
    """

    def close(method: Method) -> Method:
        @wraps(method)
        async def guarded(handler: JupyterHandler, *args: Any, **kwargs: Any) -> None:
            user = handler.current_user
            if not user or not await _allowed(handler, user, action, resource):
                raise NotAllowed(f"You are not allowed to {action} {resource}.")
            cast("Checked", handler).check_request()
            await method(handler, *args, **kwargs)

        return cast("Method", authenticated(guarded))

    return close


async def role_of(handler: JupyterHandler) -> Role | None:
    """The role of the person behind a request, None when they may not even read.

    An authorizer that fails has allowed nothing.
    """
    user = handler.current_user
    if not user or not await _allowed(handler, user, "read", "contents"):
        return None
    if not await _allowed(handler, user, "write", "contents"):
        return Role.READER
    if not await _allowed(handler, user, "execute", "kernels"):
        return Role.EDITOR
    return Role.OWNER


def actor_of(user: User) -> Actor:
    """The actor that events of this person are stamped with."""
    return Actor(
        kind=ActorKind.HUMAN,
        id=user.username,
        name=user.display_name or user.name or user.username,
    )


def is_stable(handler: JupyterHandler) -> bool:
    """Whether this person has the same user name on each connection.

    jupyter_server's own providers make up an anonymous user for each request that comes with the
    shared token and without a login cookie.
    """
    provider = handler.identity_provider
    if not provider.is_token_authenticated(handler):
        return True
    if isinstance(provider, LegacyIdentityProvider):
        return False
    kind = type(provider)
    if (
        kind.get_user is not IdentityProvider.get_user
        or kind.get_user_token is not IdentityProvider.get_user_token
    ):
        return True
    return handler.get_signed_cookie(provider.get_cookie_name(handler)) is not None


def identity_of(handler: JupyterHandler, user: User) -> dict[str, Any]:
    """What the others see of this person in awareness. ``kind`` is for their eyes only: it says
    whether a browser or a program is connected, and gives no rights."""
    model = handler.identity_provider.identity_model(user)
    fields = {field: model.get(field) for field in PUBLIC_FIELDS}
    if len(fields["avatar_url"] or "") > LONGEST_FIELD:
        fields["avatar_url"] = None
    seen = {name: value[:LONGEST_FIELD] for name, value in fields.items() if value is not None}
    return {**fields, **seen, "kind": kind_of(handler)}


def kind_of(handler: JupyterHandler) -> ActorKind:
    """What sort of being speaks over this connection."""
    agent = handler.request.headers.get("User-Agent", "")
    return ActorKind.HUMAN if agent.startswith(BROWSERS) else ActorKind.API


async def _allowed(handler: JupyterHandler, user: User, action: Action, resource: Resource) -> bool:
    try:
        answer = handler.authorizer.is_authorized(handler, user, action, resource)
        return bool(await answer if isinstance(answer, Awaitable) else answer)
    except Exception:
        handler.log.exception("The authorizer failed on %s of %s: refused", action, resource)
        return False
