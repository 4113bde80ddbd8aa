"""A program that writes a cell into a notebook whose output it says is trusted.

python forge.py URL TOKEN NOTEBOOK_ID
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pycrdt import Array, Map

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.frames import new_cell
from tests.native_client import NativeClient
from tests.server_address import ServerAddress

HTML = "<p class='forged'>forged</p><img src='none' onerror='window.ranForged = true'>"
SCRIPT = "window.ranForged = true"


async def main(url: str, token: str, notebook: str) -> None:
    async with NativeClient(ServerAddress(url=url, token=token), notebook) as client:
        cell = new_cell("forged", "display()", "code")
        with client.doc.transaction():
            cells = client.doc.get("cells", type=Array)
            cells.append(cell)
            cell["metadata"]["trusted"] = True
            cell["outputs"].extend(
                Map({"output_type": "display_data", "metadata": {}, "data": data})
                for data in (
                    {"text/html": HTML + f"<script>{SCRIPT}</script>"},
                    {"application/javascript": SCRIPT},
                    {"image/svg+xml": f"<svg><script>{SCRIPT}</script></svg>"},
                )
            )
        await client.acked()
        # Again, on its own, once the outputs are shown.
        client.set_metadata("forged", "trusted", True)
        await client.acked()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
