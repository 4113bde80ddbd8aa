"""What is known of a notebook's file when its room opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anode_jlab.documents.document_file import DocumentFile


@dataclass(frozen=True, kw_only=True, slots=True)
class FileState:
    """The file, and the hash of the bytes that were last read from it or written to it.

    Only a file with this hash is replaced by itself; an empty hash never matches. ``gone`` tells
    that the file was deleted: what is at its path now is somebody else's.
    """

    file: DocumentFile[Any]
    known_hash: str
    gone: bool = False
