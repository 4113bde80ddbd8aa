"""What bytes are served as: which kinds a browser may show by itself, and what they are called."""

from __future__ import annotations

import re

SHOWN = frozenset(
    {
        "application/json",
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/csv",
        "text/plain",
    }
)
"""Kinds without scripts; everything else is for downloading, or for ``<img>`` and a sandbox."""

ANY_BYTES = "application/octet-stream"

_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")

_ENDINGS = {
    "application/json": "json",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "text/html": "html",
    "text/latex": "tex",
    "text/markdown": "md",
    "text/plain": "txt",
}


def content_type(mime: str) -> str:
    """The header's value: kernels may name their kinds as they like, headers may not.

    Text is stored as UTF-8 and says so.
    """
    if _MIME.fullmatch(mime) is None:
        return ANY_BYTES
    return f"{mime}; charset=utf-8" if mime.startswith("text/") else mime


def disposition(mime: str, sha256: str) -> str:
    """Shown in the browser's own window or saved, under a name that says what it is."""
    kind = "inline" if mime in SHOWN else "attachment"
    known = mime if _MIME.fullmatch(mime) else "application/bin"
    ending = _ENDINGS.get(known) or re.sub(r"[^a-z0-9]", "", known.rpartition("/")[2])
    return f'{kind}; filename="output-{sha256[:12]}.{ending}"'
