"""The kernel sockets of browsers, without the outputs that the server collects itself.

The stock connection relays everything that a kernel publishes to every tab. Outputs of our runs
reach browsers in the document; sent once more over each of these sockets they would be thrown away
there, and a flood would keep the socket from everything else.
"""

from __future__ import annotations

import logging
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from anode_jlab.runtimes.server_host import SESSION_PREFIX

SETTING = "kernel_websocket_connection_class"

WITHHELD = frozenset({"stream", "display_data", "execute_result"})
"""Kinds of messages; status, input, errors and what concerns widgets stay as they are."""

logger = logging.getLogger(__name__)


class KernelSocket(ZMQChannelsWebsocketConnection):
    """The server's own connection but for outputs that answer a request of ours."""

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Relay a message of the kernel, or not."""
        if not self._is_ours(outgoing_msg):
            super().handle_outgoing_message(stream, outgoing_msg)

    def _is_ours(self, message: list[Any]) -> bool:
        # On the wire: identities, delimiter, signature, header, parent header, metadata, content.
        _, parts = self.session.feed_identities(message)
        if len(parts) < 3 or SESSION_PREFIX.encode() not in _bytes(parts[2]):
            return False
        try:
            header = self.session.unpack(_bytes(parts[1]))
            parent = self.session.unpack(_bytes(parts[2]))
        except ValueError:
            return False
        return header.get("msg_type") in WITHHELD and str(parent.get("session", "")).startswith(
            SESSION_PREFIX
        )


def _bytes(part: Any) -> bytes:
    """A part of a message, which is a frame of ZeroMQ when it was not copied."""
    return part if isinstance(part, bytes) else bytes(part.buffer)


def install(settings: dict[str, Any]) -> bool:
    """Use it for sockets that open from now on; False when an operator chose another class."""
    if settings.get(SETTING) is not ZMQChannelsWebsocketConnection:
        logger.info("The server has a kernel socket of its own: it relays all outputs as well")
        return False
    settings[SETTING] = KernelSocket
    return True
