"""What a store holds of a notebook, without any server: its sources by cell id, as JSON.

python stored.py STORE_FOLDER NOTEBOOK_ID
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from anode_jlab.clock import SystemClock
from anode_jlab.documents.history import notebook_at
from anode_jlab.eventlog.sqlite import SqliteEventStore
from anode_jlab.ids import NotebookId


async def main(folder: str, notebook: str) -> None:
    store = SqliteEventStore(Path(folder), durability="full", threads=1, clock=SystemClock())
    log = await store.open(NotebookId(notebook))
    try:
        content = await notebook_at(log, await log.verify(), with_ids=True)
    finally:
        await log.close()
        await store.close()
    sources = {cell["id"]: "".join(cell["source"]) for cell in content["cells"]}
    sys.stdout.write(json.dumps(sources) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
