"""Jupyter's own switches for our two halves, in files that came with the package.

``pip uninstall`` takes them with it, so that nothing of ours is left in anybody's settings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from jupyter_core.paths import ENV_CONFIG_PATH, jupyter_config_dir

from anode_jlab.errors import BadRequest

SERVER_EXTENSION: Final = "anode_jlab"
LAB_EXTENSION: Final = "anode-jlab"

Settings = dict[str, Any]


def folder_of(level: str) -> Path:
    """Where Jupyter looks for settings of the environment (``sys-prefix``) or of the ``user``."""
    return Path(jupyter_config_dir() if level == "user" else ENV_CONFIG_PATH[0])


def files_in(folder: Path) -> tuple[Path, Path]:
    """The switch of the server's half and that of the page's."""
    name = f"{SERVER_EXTENSION}.json"
    return (
        folder / "jupyter_server_config.d" / name,
        folder / "labconfig" / "page_config.d" / name,
    )


def switch(folder: Path, *, on: bool) -> None:
    """Switch both halves for all servers that read this folder. Raises OSError, and BadRequest
    when a file of settings there is none."""
    of_server, of_page = files_in(folder)

    def server(settings: Settings) -> None:
        extensions = settings.setdefault("ServerApp", {}).setdefault("jpserver_extensions", {})
        extensions[SERVER_EXTENSION] = on

    def page(settings: Settings) -> None:
        found = settings.get("disabledExtensions") or {}
        disabled = found if isinstance(found, dict) else dict.fromkeys(found, True)
        disabled.pop(LAB_EXTENSION, None)
        settings["disabledExtensions"] = disabled if on else {**disabled, LAB_EXTENSION: True}

    _edit(of_server, server)
    _edit(of_page, page)
    by_hand = of_page.parent.with_suffix(".json")
    if on and by_hand.exists():  # `jupyter labextension disable` writes there, and it goes first
        _edit(by_hand, page)


def _edit(file: Path, change: Callable[[Settings], None]) -> None:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
        change(settings)
    except FileNotFoundError:
        settings = {}
        change(settings)
    except (ValueError, AttributeError, TypeError) as error:
        raise BadRequest(f"{file} holds no settings.", hint="Repair or remove it.") from error
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
