"""The server's contents manager as a port: the only way to a notebook's file."""

from __future__ import annotations

import asyncio
import glob
import hashlib
import inspect
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol, TypeAlias, TypeVar, cast

from anode_jlab.documents.aliases import plain_path, resolved_path
from anode_jlab.errors import (
    AnodeError,
    FileNotWritten,
    FileUnreadable,
    NotAllowed,
    NotANotebook,
    NotebookNotFound,
)

JsonObject = dict[str, Any]

T = TypeVar("T")

ContentsType: TypeAlias = Literal["notebook", "file"]
"""What a contents manager is asked to take a file for."""

LOCAL_MANAGERS = frozenset({"FileContentsManager", "AsyncFileContentsManager"})
"""Class names (in jupyter_server) whose files lie in a local folder."""

STOCK_PACKAGES = ("jupyter_server.", "jupytext.")
"""Packages whose file managers keep a notebook as one JSON text at its path."""

FILE_METHODS = ("get", "save", "_get_os_path", "_read_file", "_save_notebook", "_notebook_model")
"""Methods that, when another package overrides them, make a file manager a stranger to us."""


@dataclass(frozen=True, slots=True)
class FileText:
    """The file's text, byte for byte, and the hash of exactly these bytes."""

    text: str
    hash: str
    writable: bool


@dataclass(frozen=True, slots=True)
class NotebookModel:
    """A notebook as the contents manager reads it (for a Jupytext pair: out of both files)."""

    content: JsonObject
    hash: str
    writable: bool


class ContentsPort(Protocol):
    """Reading and writing one notebook's file; paths are contents API paths."""

    @property
    def is_plain(self) -> bool:
        """Whether the file's text is the whole truth about the notebook, so that reading it once
        gives content, hash and style at the same moment."""
        ...

    @property
    def has_last_word(self) -> bool:
        """Whether nothing but another program changes the file once it was saved: no hook."""
        ...

    async def text(self, path: str) -> FileText | None:
        """The file's own text; None when the manager has no text for a notebook.

        Raises NotebookNotFound, NotAllowed, FileUnreadable; NotANotebook when it is not UTF-8.
        """
        ...

    async def reread(self, path: str) -> FileText | None:
        """As ``text``, for a file that was opened before: where possible past the manager, whose
        every call costs the event loop milliseconds."""
        ...

    async def notebook(self, path: str) -> NotebookModel:
        """The notebook as the manager reads it. Raises as ``text``."""
        ...

    async def hash(self, path: str) -> str:
        """The hash that ``notebook`` would tell, without its content. Raises as ``text``."""
        ...

    async def stamp(self, path: str, type: ContentsType = "notebook") -> str:
        """A mark that is another one after the file was written, without reading it. Raises as
        ``text``."""
        ...

    async def size(self, path: str) -> int | None:
        """How many bytes the file has, None when the manager does not tell. Raises as ``text``."""
        ...

    async def save(self, path: str, model: JsonObject) -> None:
        """Save a contents model, hooks included; pre-save hooks may change ``model`` in place.

        Raises FileNotWritten.
        """
        ...

    def local_path(self, path: str) -> Path | None:
        """Where the file lies, when its bytes may be touched directly; None otherwise."""
        ...

    async def one_path(self, path: str, *, follow: bool = True) -> str:
        """The one path of a file, of all that lead to it: plain, and on a local disk without
        symbolic links and with the right letters. Without ``follow`` a link that the path itself
        names stays. Raises NotebookNotFound when it leads out of the root.
        """
        ...


class ServerContents:
    """``ContentsPort`` on jupyter_server's contents manager, synchronous or asynchronous.

    Every call is made on the event loop, as jupyter_server itself does: managers emit events and
    run hooks that expect it.
    """

    def __init__(self, manager: object) -> None:
        self.manager = self._manager = manager
        self._takes_hash = _accepts(_method(manager, "get"), "require_hash")
        self._is_local = _is_stock_file_manager(type(manager))
        self._is_plain = self._is_local and _package_of(type(manager), "get") == STOCK_PACKAGES[0]

    @property
    def is_plain(self) -> bool:
        return self._is_plain

    @property
    def has_last_word(self) -> bool:
        hooks = ("post_save_hook", "_post_save_hooks")
        return self._is_plain and not any(getattr(self._manager, name, None) for name in hooks)

    async def text(self, path: str) -> FileText | None:
        try:
            model = await self._get(path, content=True, type="file", format="text", hashed=True)
        except AnodeError as error:
            if self._is_plain or isinstance(error, (NotebookNotFound, NotAllowed)):
                raise
            return None
        text = model.get("content")
        if not isinstance(text, str):
            return None
        digest = model.get("hash") or _sha256(text)
        return FileText(text=text, hash=str(digest), writable=_is_writable(model))

    async def reread(self, path: str) -> FileText | None:
        place = self.local_path(path) if self._is_plain else None
        if place is None:
            return await self.text(path)
        algorithm = str(getattr(self._manager, "hash_algorithm", "sha256"))
        try:
            return await asyncio.to_thread(_read_file, place, algorithm)
        except UnicodeDecodeError as error:
            raise NotANotebook(f"The file {path} is not UTF-8 text.") from error
        except Exception as error:
            _raise_read_error(path, error)

    async def notebook(self, path: str) -> NotebookModel:
        model = await self._get(path, content=True, type="notebook", hashed=True)
        content = model.get("content")
        if not isinstance(content, dict):
            raise NotANotebook(f"The contents manager gave no notebook for {path}.")
        digest = model.get("hash") or content_hash(content)
        return NotebookModel(content=content, hash=str(digest), writable=_is_writable(model))

    async def hash(self, path: str) -> str:
        if self._takes_hash:
            model = await self._get(path, content=False, type="notebook", hashed=True)
            if model.get("hash"):
                return str(model["hash"])
        return (await self.notebook(path)).hash

    async def stamp(self, path: str, type: ContentsType = "notebook") -> str:
        place = self.local_path(path)
        if place is None:
            model = await self._get(path, content=False, type=type, hashed=False)
            return f"{model.get('last_modified')} {model.get('size')}"
        try:
            return await asyncio.to_thread(_stamp, place, alone=self._is_plain or type == "file")
        except Exception as error:
            _raise_read_error(path, error)

    async def size(self, path: str) -> int | None:
        size = (await self._get(path, content=False, type="file", hashed=False)).get("size")
        return size if isinstance(size, int) else None

    async def save(self, path: str, model: JsonObject) -> None:
        try:
            await _awaited(_method(self._manager, "save")(model, path))
        except Exception as error:
            raise FileNotWritten(f"The file was not updated: {_reason(error)}") from error

    def local_path(self, path: str) -> Path | None:
        if not self._is_local:
            return None
        try:
            return Path(str(_method(self._manager, "_get_os_path")(path.strip("/"))))
        except Exception as error:
            _raise_read_error(path, error)

    async def one_path(self, path: str, *, follow: bool = True) -> str:
        plain = plain_path(path)
        root = self.local_path("")
        if root is None:
            return plain
        return await asyncio.to_thread(lambda: resolved_path(root, plain, follow=follow))

    async def _get(self, path: str, *, hashed: bool, **arguments: object) -> JsonObject:
        if hashed and self._takes_hash:
            arguments["require_hash"] = True
        try:
            model = await _awaited(_method(self._manager, "get")(path, **arguments))
        except Exception as error:
            _raise_read_error(path, error)
        if not isinstance(model, dict):
            raise FileUnreadable(f"The contents manager gave no model for {path}.")
        return model


def content_hash(content: JsonObject) -> str:
    """A hash of a notebook's content, for managers that tell none: key order does not count."""
    return "content:" + _sha256(json.dumps(content, sort_keys=True, ensure_ascii=False))


def _read_file(place: Path, algorithm: str) -> FileText:
    """A local file's text, with the hash as jupyter_server computes it."""
    data = place.read_bytes()
    digest = hashlib.new(algorithm, data).hexdigest()
    return FileText(text=data.decode(), hash=digest, writable=os.access(place, os.W_OK))


def _stamp(place: Path, *, alone: bool) -> str:
    """Size, inode and time of a file; if it is not ``alone``, of those that may be paired with it
    (Jupytext keeps a notebook in several files of one stem)."""
    found = place.stat()
    stamp = f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
    if alone:
        return stamp
    others = sorted(place.parent.glob(f"{glob.escape(place.stem)}.*"))
    return "; ".join([stamp, *(f"{other.name} {other.stat().st_mtime_ns}" for other in others)])


def _method(manager: object, name: str) -> Callable[..., object]:
    return cast("Callable[..., object]", getattr(manager, name))


async def _awaited(value: object) -> object:
    if inspect.isawaitable(value):
        return await cast("Awaitable[object]", value)
    return value


def _accepts(method: Callable[..., object], parameter: str) -> bool:
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.name == parameter or p.kind is p.VAR_KEYWORD for p in parameters)


def _is_stock_file_manager(kind: type) -> bool:
    bases = {
        base.__name__ for base in kind.__mro__ if base.__module__.startswith(STOCK_PACKAGES[0])
    }
    return bool(bases & LOCAL_MANAGERS) and all(_package_of(kind, name) for name in FILE_METHODS)


def _package_of(kind: type, method: str) -> str | None:
    """The stock package that defines ``method`` for ``kind``; None when it is another one."""
    module = f"{getattr(getattr(kind, method, None), '__module__', '')}."
    return next((package for package in STOCK_PACKAGES if module.startswith(package)), None)


def _is_writable(model: JsonObject) -> bool:
    return model.get("writable") is not False


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _reason(error: Exception) -> str:
    """What a contents manager's error says, for people."""
    said = getattr(error, "log_message", None) or getattr(error, "reason", None) or str(error)
    return str(said or type(error).__name__)


def _raise_read_error(path: str, error: Exception) -> NoReturn:
    """Translate an error of the manager (a tornado HTTPError is known by its ``status_code``)."""
    status = getattr(error, "status_code", None)
    if status == 404 or isinstance(error, FileNotFoundError):
        raise NotebookNotFound(f"There is no notebook at {path}.") from error
    if status in (401, 403) or isinstance(error, PermissionError):
        raise NotAllowed(f"The file {path} may not be read.") from error
    if status == 400:
        raise NotANotebook(_reason(error)) from error
    raise FileUnreadable(f"The file {path} could not be read: {_reason(error)}") from error
