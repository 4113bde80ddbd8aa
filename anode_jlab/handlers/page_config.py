"""What the front end learns while the page loads: whether we are well, and what is switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from anode_jlab.handlers.peers import CORE_EXECUTOR, SILENT_PLUGINS

PageConfig = dict[str, Any]
Hook = Callable[[Any, PageConfig], PageConfig]

SETTING = "page_config_hook"
"""Where JupyterLab and Notebook 7 look for a function that completes the page configuration."""

KEY = "anode"
"""Our entry; without it the front end knows that the server's half is missing."""


class Readiness(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``ready`` takes notebooks over; ``disabled`` says that an administrator wants it so."""

    ready: bool
    reason: str
    disabled: bool = False


def install(settings: MutableMapping[str, Any], readiness: Readiness) -> None:
    """Chain our hook behind the one that is there. LabHandler caches the result per class, so the
    answer is decided here, once, and never per request."""
    before: Hook | None = settings.get(SETTING)

    def complete(handler: Any, page_config: PageConfig) -> PageConfig:
        completed = page_config if before is None else before(handler, page_config)
        completed[KEY] = msgspec.to_builtins(readiness) | {"reason": readiness.reason}
        if readiness.ready:
            completed["disabledExtensions"] = _with_silenced(completed.get("disabledExtensions"))
        return completed

    settings[SETTING] = complete


def _with_silenced(disabled: Iterable[str] | dict[str, bool] | None) -> list[str]:
    """The list of disabled plugins and ours, without core's executor; a page's list may be a
    mapping to true or false."""
    if isinstance(disabled, dict):
        names = [name for name, off in disabled.items() if off]
    else:
        names = list(disabled or [])
    names = [name for name in names if name != CORE_EXECUTOR]
    return [*names, *(name for name in SILENT_PLUGINS if name not in names)]
