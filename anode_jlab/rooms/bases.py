"""The base of a merge: what a notebook's file held when it was last read or written here."""

from __future__ import annotations

import asyncio
import logging
import zlib
from typing import Any

import msgspec

from anode_jlab.documents.kind import AnyKind
from anode_jlab.errors import AnodeError, StoreUnavailable
from anode_jlab.eventlog.base import EventLog
from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.ids import NotebookId, Seq

logger = logging.getLogger(__name__)

NAME_LENGTH = 40
"""So many characters of a file's hash name its base."""

COMPRESSION_LEVEL = 1
"""Bases are small and live briefly: quick is better than tight."""


class Bases:
    """Finds the base in the log: the document that was exported. Only where the file held something
    else (after a merge that left changes of ours to be written, or behind a save hook that changes
    content) it is kept besides, under the hash of the file's bytes.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def keep(self, notebook: NotebookId, file_hash: str, base: object) -> None:
        """Keep a base that the log cannot give. Without it the log's is used, which is older: then
        a change may be seen as made on both sides, and nothing gets lost."""

        def pack() -> bytes:
            return zlib.compress(msgspec.json.encode(base), COMPRESSION_LEVEL)

        try:
            await self._shelf.put(notebook, _name(file_hash), await asyncio.to_thread(pack))
        except StoreUnavailable as error:
            logger.warning("The base of notebook %s was not kept: %s", notebook, error.message)

    async def forget_but(self, notebook: NotebookId, file_hash: str) -> None:
        """The file holds bytes with this hash now: bases of others are not needed any more."""
        try:
            for name in await self._shelf.names(notebook):
                if name != _name(file_hash):
                    await self._shelf.remove(notebook, name)
        except StoreUnavailable as error:
            logger.warning("Old bases of notebook %s stay: %s", notebook, error.message)

    async def find(
        self,
        kind: AnyKind,
        notebook: NotebookId,
        file_hash: str,
        log: EventLog,
        exported_upto: Seq,
    ) -> Any:
        """The base of the file with this hash, which held the document of ``exported_upto``; None
        when neither shelf nor log know it any more."""
        try:
            kept = await self._shelf.get(notebook, _name(file_hash))
            if kept is not None:
                return await asyncio.to_thread(_unpack, kept, kind)
        except (StoreUnavailable, zlib.error, msgspec.MsgspecError) as error:
            logger.warning("The base of notebook %s cannot be read: %r", notebook, error)
        try:
            content = await kind.at(log, exported_upto)
        except AnodeError as error:
            logger.warning("Notebook %s has no base at %d: %r", notebook, exported_upto, error)
            return None
        return await asyncio.to_thread(kind.base, content)


def _unpack(kept: bytes, kind: AnyKind) -> Any:
    return msgspec.json.decode(zlib.decompress(kept), type=kind.base_type)


def _name(file_hash: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in file_hash[-NAME_LENGTH:])
