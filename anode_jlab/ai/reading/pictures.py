"""Pictures among outputs, for models that see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

MIMES = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""What models take."""

MOST_CHARACTERS = 7_000_000
"""Of base64, some 5 MB: providers refuse larger ones."""


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture for a model that sees; ``data`` is base64."""

    mime: str
    data: str


def picture_of(output: Mapping[str, Any]) -> Image | None:
    """The first picture of an output whose bytes stand in it, if it is not too large."""
    data = output.get("data")
    if not isinstance(data, Mapping):
        return None
    for mime in MIMES:
        text = data.get(mime)
        if isinstance(text, str) and len(text) <= MOST_CHARACTERS:
            return Image(mime=mime, data="".join(text.split()))
    return None
