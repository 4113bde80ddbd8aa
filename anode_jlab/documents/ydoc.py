"""Documents as jupyter_ydoc shows them, for programs in this process that expect its classes."""

from __future__ import annotations

from typing import Any

from jupyter_ydoc import ydocs
from jupyter_ydoc.ybasedoc import YBaseDoc
from pycrdt import Doc

Face = YBaseDoc
"""A document as jupyter_ydoc shows it."""


def face_of(doc: Doc[Any], kind: str) -> Face:
    """The jupyter_ydoc class for a type of file (``notebook``, ``file`` ...) on this document.

    It keeps an undo manager, which holds on to what is deleted: for copies only, never for the
    document that all meet at.
    """
    face: Face = ydocs.get(kind, ydocs["file"])(doc)
    return face


def copy_of(update: bytes, kind: str) -> Face:
    """A document of its own with this content."""
    doc: Doc[Any] = Doc()
    doc.apply_update(update)
    return face_of(doc, kind)
