"""People who are in a notebook until standard input ends, each at a cell if one is named.

python crowd.py URL NOTEBOOK_ID NAME[@CELL_ID] ...
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.native_client import NativeClient
from tests.server_address import ServerAddress


async def main(url: str, notebook: str, *names: str) -> None:
    address = ServerAddress(url=url)
    async with contextlib.AsyncExitStack() as stack:
        for who in names:
            name, _, cell = who.partition("@")
            headers = {"Cookie": f"person={quote(name)}", "User-Agent": "Mozilla/5.0 (X11)"}
            client = NativeClient(address, notebook, headers=headers)
            await stack.enter_async_context(client)
            place = {"doing": "writing", "cell": cell} if cell else {}
            client.set_awareness({"user": {}, "anode": place})
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
