"""Servers beside other people's packages that are installed and enabled."""

from __future__ import annotations

from pathlib import Path

from tests.integration.server_process import ServerProcess


def server_beside(
    place: Path, python: str, config: str, *sources: str, **environment: str
) -> ServerProcess:
    """One with a notebook ``day.ipynb`` of these cells."""
    (place / "data").mkdir()  # jupyter_server_fileid expects it
    server = ServerProcess(place, config=config, python=python, environment=environment)
    server.write_notebook("day.ipynb", *sources)
    return server


def without_ours(place: Path, *, is_unwell: bool) -> dict[str, str]:
    """The environment in which our half is switched off, or cannot work."""
    if not is_unwell:
        return {"ANODE_ENABLED": "false"}
    (place / "no-folder").touch()
    return {"ANODE_STORE_DIR": str(place / "no-folder" / "store")}
