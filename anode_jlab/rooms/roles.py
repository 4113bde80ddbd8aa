"""What a connection may do, as four tiers where each holds the ones before it."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """``reader`` reads, ``editor`` also writes, ``runner`` also executes, ``owner`` also shares."""

    READER = "reader"
    EDITOR = "editor"
    RUNNER = "runner"
    OWNER = "owner"

    @property
    def may_write(self) -> bool:
        """Whether changes of the document are taken from this role."""
        return self is not Role.READER

    @property
    def may_execute(self) -> bool:
        """Whether runs of cells are taken from this role."""
        return self in (Role.RUNNER, Role.OWNER)

    @property
    def may_share(self) -> bool:
        """Whether this role may give roles to others, purge history and answer approvals."""
        return self is Role.OWNER

    @property
    def rank(self) -> int:
        """Position among the tiers, 0 for ``reader``."""
        return _RANKS[self]

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Role) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.rank <= other.rank if isinstance(other, Role) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, Role) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.rank >= other.rank if isinstance(other, Role) else NotImplemented


_RANKS = {role: rank for rank, role in enumerate(Role)}
