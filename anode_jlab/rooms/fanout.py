"""Sends what was committed to those who are in sync: as few frames as the batch allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pycrdt import merge_updates

from anode_jlab.rooms import protocol
from anode_jlab.rooms.peer import Peer

LARGEST_MERGE_BYTES = 1 << 20
"""Beyond this, copying costs more than a few frames."""

MOST_MERGED = 50
"""Merging is superlinear in the number of updates: larger batches are merged as a tree."""

MOST_SENDERS_TOLD_APART = 4
"""With more senders in one batch, each also gets its own changes back, which changes nothing for
it; one frame for all is then cheaper than one for each."""

Sent = tuple[bytes, Peer | None]
"""An update, and the connection that has it already."""


def spread(updates: Sequence[Sent], peers: Iterable[Peer], now: float) -> None:
    """Send the updates of one commit, in order, to every connection in sync but their senders."""
    if len(updates) == 1:
        update, sender = updates[0]
        frame = protocol.encode_update(update)
        for peer in peers:
            if peer.synced and peer is not sender and not peer.lagging:
                peer.send(frame, now)
        return
    senders = {sender for _, sender in updates}
    apart = senders if len(senders) <= MOST_SENDERS_TOLD_APART else set()
    for_all: list[bytes] | None = None
    for peer in peers:
        if not peer.synced or peer.lagging:
            continue
        if peer in apart:
            frames = _frames([update for update, sender in updates if sender is not peer])
        else:
            if for_all is None:
                for_all = _frames([update for update, _ in updates])
            frames = for_all
        for frame in frames:
            peer.send(frame, now)


def _frames(updates: Sequence[bytes]) -> list[bytes]:
    if len(updates) > 1 and sum(map(len, updates)) <= LARGEST_MERGE_BYTES:
        updates = [merged(updates)]
    return [protocol.encode_update(update) for update in updates]


def merged(updates: Sequence[bytes]) -> bytes:
    """One update that does what all of them do, in any number."""
    while len(updates) > 1:
        updates = [
            merge_updates(*updates[start : start + MOST_MERGED])
            for start in range(0, len(updates), MOST_MERGED)
        ]
    return updates[0]
