"""How fast one connection may send: an allowance that refills, spent by what a frame costs us."""

from __future__ import annotations

from anode_jlab.errors import TooFast
from anode_jlab.rooms.peer import Peer

CAPACITY_TOKENS = 60_000.0
"""A burst: a client that comes back sends what it kept."""

REFILL_TOKENS_PER_SECOND = 12_000.0
"""One token is about one keystroke; more than any editor, test or bench needs in the long run."""

BYTES_PER_TOKEN = 4096
"""So that 48 MB/s of large frames cost as much as the keystrokes."""

AWARENESS_TOKENS = 8.0
"""Each goes to everybody at once."""

STEP1_TOKENS = 600.0
"""Each makes a difference of the whole document: 20 per second at most, 100 in a burst."""

PROBE_TOKENS = 20.0
"""A step1 that is answered without a look at the document costs about as much as its length."""


def spend(peer: Peer, size: int, extra: float, now: float) -> None:
    """Charge a frame of ``size`` bytes, plus ``extra`` tokens, to a connection. Raises TooFast."""
    tokens = peer.tokens + (now - peer.tokens_at) * REFILL_TOKENS_PER_SECOND
    tokens = min(tokens, CAPACITY_TOKENS) - 1.0 - size / BYTES_PER_TOKEN - extra
    peer.tokens, peer.tokens_at = tokens, now
    if tokens < 0:
        raise TooFast
