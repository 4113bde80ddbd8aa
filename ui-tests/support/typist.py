"""A protocol client in a process of its own: it types markers into a cell until it is told to end.

    python typist.py URL TOKEN NOTEBOOK_ID CELL_ID

Standard output gets a JSON line after each acknowledgement and each (re)connect. A line on
standard input ends the typing; the last line, after everything was acknowledged, carries the text.
It goes on typing while the server is away, and comes back by itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.native_client import NativeClient, SocketClosedError
from tests.server_address import ServerAddress

EDITS_PER_SECOND = 20
RETRY_SECONDS = 0.2
MARKERS_IN_LINE = 10
PATIENCE_SECONDS = 3600.0
"""A connection may well hold for long; an end of the server is noticed at once."""


class Typist:
    """Numbered markers, and which of them the server has promised to keep."""

    def __init__(self, client: NativeClient, cell: str) -> None:
        self.client = client
        self.cell = cell
        self.typed = 0
        self.acked = 0
        self._typed_at_frame: dict[int, int] = {}
        self._line = asyncio.Lock()
        client.on_ack = self._on_ack

    async def come(self) -> None:
        """Connect, again and again until it works. No typing between the socket and the end of
        the first exchange: what was typed before goes with that exchange."""
        while True:
            async with self._line:
                self._typed_at_frame.clear()
                try:
                    await self.client.drop()
                    await self.client.connect()
                except (OSError, SocketClosedError, TimeoutError):
                    pass
                else:
                    self.acked = self.typed
                    say(acked=self.acked, typed=self.typed)
                    return
            await asyncio.sleep(RETRY_SECONDS)

    async def stay(self) -> None:
        while True:
            await self.client.closed()
            await self.come()

    async def type(self, end: asyncio.Event) -> None:
        while not end.is_set():
            async with self._line:
                self.typed += 1
                self.client.append(self.cell, marker(self.typed))
                if self.client.connected:
                    self._typed_at_frame[self.client.frames_sent] = self.typed
            await asyncio.sleep(1 / EDITS_PER_SECOND)

    async def settle(self) -> str:
        """Everything acknowledged; the text of the cell."""
        while True:
            try:
                await self.client.acked()
            except SocketClosedError:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return self.client.source(self.cell)

    def _on_ack(self, frame: int, _: int) -> None:
        self.acked = self._typed_at_frame.get(frame, self.acked)
        say(acked=self.acked, typed=self.typed)


def marker(number: int) -> str:
    """Lines do not get long: an editor has to show them."""
    return f"<{number}>" + ("\n" if number % MARKERS_IN_LINE == 0 else "")


def say(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def main(url: str, token: str, notebook: str, cell: str) -> None:
    client = NativeClient(ServerAddress(url=url, token=token), notebook, patience=PATIENCE_SECONDS)
    typist = Typist(client, cell)
    await typist.come()
    end = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(typist.stay())
        typing = tasks.create_task(typist.type(end))
        await asyncio.to_thread(sys.stdin.readline)
        end.set()
        await typing
        text = await typist.settle()
        say(acked=typist.acked, typed=typist.typed, text=text)
        staying.cancel()
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
