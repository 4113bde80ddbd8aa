"""Actors as other programs see them, by the keys under which a state knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

People: TypeAlias = Mapping[str, dict[str, str]]
"""Actors as in envelopes, by their keys (``kind:id``)."""
