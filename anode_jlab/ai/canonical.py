"""Arguments of a call in the one form that they are compared, hashed and logged in."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

import msgspec


class Canonical(NamedTuple):
    """JSON text with sorted keys and without spaces, and the SHA-256 of it in hex."""

    text: str
    hash: str

    @classmethod
    def of(cls, value: Any) -> Canonical:
        """The form of a JSON value; of anything else that of what it says."""
        try:
            data = msgspec.json.encode(value, order="deterministic")
        except (TypeError, ValueError, RecursionError, UnicodeEncodeError):
            data = msgspec.json.encode(ascii(value))
        return cls(data.decode(), sha256(data).hexdigest())
