"""Identity and rights for tests: a token names a person, and some persons may not do everything."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler

ALICE, BOB, RITA, ED, VERA, NOBODY = (
    "token-of-alice",
    "token-of-bob",
    "token-of-rita",
    "token-of-ed",
    "token-of-vera",
    "token-of-nobody",
)
"""Alice, Bob and Vera may do all, Rita only reads, Ed reads and writes, Nobody may do nothing.
Vera's name has 10,000 characters, and so has the address of her picture."""

RIGHTS: dict[str, frozenset[str]] = {
    "alice": frozenset({"read", "write", "execute"}),
    "bob": frozenset({"read", "write", "execute"}),
    "rita": frozenset({"read"}),
    "ed": frozenset({"read", "write"}),
    "vera": frozenset({"read", "write", "execute"}),
    "nobody": frozenset(),
}

CONFIG = """
from tests.integration.policy import Names, Rights
c.ServerApp.identity_provider_class = Names
c.ServerApp.authorizer_class = Rights
"""


class Names(IdentityProvider):
    """``token-of-<name>`` in the Authorization header, or a cookie ``person=<name>``."""

    def get_user(self, handler: Any) -> User | None:
        header = handler.request.headers.get("Authorization", "")
        name = header.removeprefix("token ").removeprefix("token-of-")
        if name in RIGHTS:
            handler._token_authenticated = True
        else:
            name = handler.get_cookie("person", "")
        if name not in RIGHTS:
            return None
        shown = name.title() if name != "vera" else "V" * 10_000
        picture = f"https://example.org/{shown}" if name == "vera" else None
        return User(username=name, name=shown, display_name=shown, avatar_url=picture)


class Rights(Authorizer):
    """Asks RIGHTS, and a file that takes rights away from people while the server runs."""

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        taken = handler.serverapp.config_dir if handler.serverapp else ""
        return action in RIGHTS[user.username] and not _is_taken(taken, user.username, action)


def _is_taken(folder: str, username: str, action: str) -> bool:
    try:
        with open(f"{folder}/taken", encoding="utf-8") as lines:
            return f"{username} {action}\n" in lines.readlines()
    except OSError:
        return False
