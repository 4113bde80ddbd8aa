"""Prints a TCP port that nothing listens on."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Ask the system for a port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    print(free_port())
