"""The least that any server must do: pass each frame on to the others at the same address.

No document, no disk, no sign-in. Usage: python -m bench.relay PORT
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

ROOMS: dict[str, set[RelaySocket]] = defaultdict(set)


class RelaySocket(WebSocketHandler):
    """One connection of the room that its path names."""

    def open(self, room: str) -> None:
        self.set_nodelay(True)
        self.room = ROOMS[room]
        self.room.add(self)

    def on_message(self, message: str | bytes) -> None:
        for other in self.room:
            if other is not self:
                try:
                    other.write_message(message, binary=True).add_done_callback(_forget)
                except WebSocketClosedError:
                    continue

    def on_close(self) -> None:
        self.room.discard(self)


class Alive(RequestHandler):
    """Answers when the server is up."""

    def get(self) -> None:
        self.finish("{}")


def _forget(write: asyncio.Future[None]) -> None:
    if not write.cancelled():
        write.exception()


async def main(port: int) -> None:
    """Serve until the process is ended."""
    application = Application([("/api", Alive), ("/room/(.*)", RelaySocket)])
    application.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
