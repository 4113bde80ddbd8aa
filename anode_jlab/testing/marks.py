"""Words that occur nowhere else, so that each can be found again, once, wherever it went.

No sign of a mark is in any other text: what compares texts by signs cannot take one for another.
"""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = str.maketrans("0123456789", "ABCDEFGHIJ")

MARK: Final = re.compile(r"[PQS][A-J]+X[A-J]+Z")

PIECE: Final = re.compile(MARK.pattern + "|.", re.DOTALL)
"""A mark, or any one character."""


def mark(author: str, number: int) -> str:
    """The mark that somebody (``P0``) writes as his ``number``-th: ``PAXBCZ`` is the twelfth of
    ``P0``. It is one word, so that a merge of words keeps it whole."""
    return f"{author}X{number}Z".translate(_DIGITS)
