"""How many tokens a text will be, before any model has counted them."""

from __future__ import annotations

BYTES_PER_TOKEN = 3.5
"""Of code and English some 4, of other scripts fewer characters but more bytes: rather too many
tokens than too few."""


def tokens(text: str) -> int:
    """An estimate, rather too high."""
    return -int(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
