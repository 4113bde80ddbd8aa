"""``anode-jlab config check``: every setting that is in force, and what is wrong with them."""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from traitlets import TraitError

from anode_jlab.cli.command import config_of, jupyter_config
from anode_jlab.config import ENVIRONMENT_PREFIX, AnodeConfig

if TYPE_CHECKING:
    from anode_jlab.cli.command import Commands

TEST_VARIABLES = frozenset({"ANODE_KILL_ROUNDS", "ANODE_SHORTENED_RUNS", "ANODE_TEST_PYTHON"})
"""Variables of our own test suite."""


def add(commands: Commands) -> None:
    """Make the command known."""
    parser = commands.add_parser("config", help="what is set, and whether it is right")
    parts = parser.add_subparsers(required=True, metavar="PART")
    parts.add_parser("check", help="tell the settings and what is wrong").set_defaults(command=_run)


async def _run(options: argparse.Namespace) -> int:
    given: dict[str, Any] = dict(jupyter_config().get(AnodeConfig.__name__, {}))
    problems = [*_unknown(given), *_unknown_variables()]
    try:
        config = config_of(options)
    except (ValueError, TraitError) as error:
        problems.append(str(error))
    else:
        for name in sorted(AnodeConfig.class_trait_names(config=True)):
            print(f"{name:28} {getattr(config, name)!s:24} {_source(name, given)}".rstrip())
    for problem in problems:
        print(f"problem: {problem}")
    return 1 if problems else 0


def _source(name: str, given: dict[str, Any]) -> str:
    if name in given:
        return "from the configuration files"
    variable = ENVIRONMENT_PREFIX + name.upper()
    return f"from {variable}" if variable in os.environ else ""


def _unknown(given: dict[str, Any]) -> Iterator[str]:
    known = AnodeConfig.class_trait_names(config=True)
    for name in given:
        if name not in known:
            yield f"AnodeConfig has no setting {name}{_perhaps(name, known)}."


def _unknown_variables() -> Iterator[str]:
    known = [
        ENVIRONMENT_PREFIX + name.upper() for name in AnodeConfig.class_trait_names(config=True)
    ]
    for name in sorted(os.environ):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in TEST_VARIABLES | set(known):
            yield f"The variable {name} is no setting{_perhaps(name, known)}."


def _perhaps(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" (is {near[0]} meant?)" if near else ""
