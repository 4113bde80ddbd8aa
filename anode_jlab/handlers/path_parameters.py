"""The named parts of our routes' paths: how each is matched and how it is described."""

from __future__ import annotations

import re

import msgspec


class PathParameter(msgspec.Struct, frozen=True, kw_only=True):
    """``name`` stands in braces in a route's path; a handler's method gets it as ``argument``."""

    name: str
    argument: str
    pattern: str
    description: str

    @property
    def expression(self) -> str:
        """As a named group of a regular expression."""
        return f"(?P<{self.argument}>{self.pattern})"


WORD = "[a-zA-Z0-9_-]{1,64}"
"""Ids that clients may make themselves."""

HEX_ID = "[0-9a-f]{32}"
"""Ids that the server makes."""

PATH_PARAMETERS = tuple(
    PathParameter(name=name, argument=argument, pattern=pattern, description=description)
    for name, argument, pattern, description in (
        ("id", "notebook_id", HEX_ID, "The notebook's id."),
        ("execution_id", "execution_id", WORD, "The execution's id."),
        ("copy", "copy", r"[0-9TZ_-]{1,64}\.(?:ipynb|txt)", "The copy's name."),
        ("cell_id", "cell_id", WORD, "The cell's id."),
        ("conversation_id", "conversation_id", WORD, "The conversation's id."),
        ("run_id", "run_id", WORD, "The id of the assistant's answer."),
        ("provider", "provider", "[a-z0-9][a-z0-9_-]{0,63}", "The provider's id."),
        ("approval_id", "approval_id", WORD, "The id of the question."),
        ("allowance_id", "allowance_id", WORD, "The id of the lasting answer."),
    )
)
"""All there are, in the order in which a description lists them."""


def expression(path: str) -> str:
    """A route's path as a regular expression."""
    found = path.replace(".", "[.]")
    for parameter in PATH_PARAMETERS:
        found = found.replace(f"{{{parameter.name}}}", parameter.expression)
    return found


def named_in(path: str) -> tuple[PathParameter, ...]:
    """The parameters that a route's path has."""
    names = set(re.findall(r"\{(\w+)\}", path))
    return tuple(parameter for parameter in PATH_PARAMETERS if parameter.name in names)
