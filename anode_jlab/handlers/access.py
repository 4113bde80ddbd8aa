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
    """What the others see of this person in awareness."""
    model = handler.identity_provider.identity_model(user)
    return {field: model.get(field) for field in PUBLIC_FIELDS}


async def _allowed(handler: JupyterHandler, user: User, action: Action, resource: Resource) -> bool:
    try:
        answer = handler.authorizer.is_authorized(handler, user, action, resource)
        return bool(await answer if isinstance(answer, Awaitable) else answer)
    except Exception:
        handler.log.exception("The authorizer failed on %s of %s: refused", action, resource)
        return False
