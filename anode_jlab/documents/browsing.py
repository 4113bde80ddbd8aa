"""Folders and files beside the notebooks, by the server's contents manager: nothing outside of its
root, and nothing that it hides."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec

from anode_jlab.documents.aliases import plain_path, real_place
from anode_jlab.documents.contents import ServerContents
from anode_jlab.errors import BadRequest, NotAllowed, NotebookNotFound, TooLarge

LARGEST_TEXT_BYTES = 10 << 20
"""It is held in memory while it is read."""


class FileNotFound(NotebookNotFound):
    """There is no such file or folder."""

    code = "file_not_found"
    hint = "List the folder for what there is."


class FolderEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``kind`` is directory, file or notebook; ``size`` in bytes where it is known."""

    name: str
    kind: str
    size: int | None = None


class FolderPort(Protocol):
    """Reads folders and texts; paths are contents API paths."""

    async def one_path(self, path: str) -> str:
        """The one path of a file, of all that lead to it. Raises FileNotFound."""
        ...

    async def entries(self, path: str) -> list[FolderEntry]:
        """What a folder has. Raises FileNotFound, NotAllowed, BadRequest."""
        ...

    async def text(self, path: str) -> str:
        """The text of a file. Raises FileNotFound, NotAllowed, TooLarge; BadRequest for what is
        no text."""
        ...


class ServerFolders:
    """``FolderPort`` on jupyter_server's contents manager."""

    def __init__(self, manager: object) -> None:
        self._manager = manager
        self._contents = ServerContents(manager)

    async def one_path(self, path: str) -> str:
        return await self._contents.one_path(path)

    async def entries(self, path: str) -> list[FolderEntry]:
        found = await self._model(path, type="directory", content=True)
        content = found.get("content")
        if not isinstance(content, list):
            raise BadRequest(f"{path} is no folder.")
        entries = [_entry(one) for one in content if isinstance(one, dict)]
        return sorted(entries, key=lambda one: (one.kind != "directory", one.name))

    async def text(self, path: str) -> str:
        size = (await self._model(path, type="file", content=False)).get("size")
        if isinstance(size, int) and size > LARGEST_TEXT_BYTES:
            raise TooLarge(f"{path} has {size} bytes.", hint="Read it with code, in parts.")
        found = await self._model(path, type="file", format="text", content=True)
        content = found.get("content")
        if not isinstance(content, str):
            raise BadRequest(f"{path} is no text.")
        return content

    async def _model(self, path: str, **arguments: object) -> dict[str, Any]:
        plain = plain_path(path)
        self._confine(plain)
        try:
            model = cast("Callable[..., object]", getattr(self._manager, "get"))(plain, **arguments)  # noqa: B009
            found = await cast("Awaitable[object]", model) if inspect.isawaitable(model) else model
        except Exception as error:
            raise _told(path, error) from error
        if not isinstance(found, dict):
            raise FileNotFound(f"There is nothing at {path}.")
        return found

    def _confine(self, path: str) -> None:
        """A link may lead out of the root: what it leads to is not ours to show."""
        root = self._contents.local_path("")
        if root is None:
            return
        place = real_place(root / path)
        top = real_place(root)
        if not place.is_relative_to(top) or _hides(place.relative_to(top), Path(path)):
            raise NotAllowed(f"{path} is outside of the folder that this server shows.")


def _hides(real: Path, asked: Path) -> bool:
    """Whether a link leads to where the server shows nothing."""
    return any(part.startswith(".") and part not in asked.parts for part in real.parts)


def _entry(model: dict[str, Any]) -> FolderEntry:
    size = model.get("size")
    return FolderEntry(
        name=str(model.get("name", "")),
        kind=str(model.get("type", "file")),
        size=size if isinstance(size, int) else None,
    )


def _told(path: str, error: Exception) -> Exception:
    status = getattr(error, "status_code", None)
    if status == 404 or isinstance(error, FileNotFoundError):
        return FileNotFound(f"There is nothing at {path or 'the root'}.")
    if status in (401, 403) or isinstance(error, PermissionError):
        return NotAllowed(f"{path} may not be read.")
    said = getattr(error, "log_message", None) or getattr(error, "reason", None) or str(error)
    return BadRequest(f"{path} could not be read: {said}")
