"""Real contents managers, and strange ones, for the tests of reading and writing files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.filemanager import (
    AsyncFileContentsManager,
    FileContentsManager,
)
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.contents.manager import ContentsManager
from jupytext.async_contentsmanager import (  # type: ignore[import-untyped]
    build_async_jupytext_contents_manager_class,
)
from jupytext.sync_contentsmanager import (  # type: ignore[import-untyped]
    build_sync_jupytext_contents_manager_class,
)
from nbformat.sign import NotebookNotary
from tornado.web import HTTPError

JUPYTEXT_MANAGERS = {
    "jupytext": build_async_jupytext_contents_manager_class(AsyncLargeFileManager),
    "jupytext sync": build_sync_jupytext_contents_manager_class(FileContentsManager),
}

FILE_MANAGERS: dict[str, type[ContentsManager]] = {
    "file": FileContentsManager,
    "async file": AsyncFileContentsManager,
    "async large": AsyncLargeFileManager,
    **JUPYTEXT_MANAGERS,
}


def make_manager(kind: type[ContentsManager], root: Path, **traits: Any) -> Any:
    """A manager of notebooks below ``root`` that keeps its signatures in memory."""
    notary = NotebookNotary(  # type: ignore[no-untyped-call]
        db_file=":memory:", secret=b"for tests only"
    )
    return kind(root_dir=str(root), notary=notary, **traits)


class ReadOnlyManager(AsyncLargeFileManager):
    """A manager of an administrator: everything may be read and nothing written."""

    status = 403

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        raise HTTPError(self.status, "This share is read-only.")


class FailingManager(ReadOnlyManager):
    """A manager whose storage fails."""

    status = 500


class DatabaseManager:
    """A manager that keeps notebooks as JSON in a database: no text, no hash, no local file."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def get(
        self, path: str, content: bool = True, type: str | None = None, format: str | None = None
    ) -> dict[str, Any]:
        if path not in self.rows:
            raise HTTPError(404, "no row")
        if type == "file":
            raise HTTPError(400, f"{path} is a notebook, not a file")
        model = {"type": "notebook", "path": path, "writable": True, "content": None}
        if content:
            model["content"] = json.loads(self.rows[path])
        return model

    def save(self, model: dict[str, Any], path: str) -> dict[str, Any]:
        self.rows[path] = json.dumps(model["content"])
        return self.get(path, content=False)
