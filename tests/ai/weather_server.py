"""A small MCP server on standard input and output. Usage: python weather_server.py TEXT_FILE

What it says of its one tool is read from the file each time, so that it can change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def answer(message: dict[str, Any]) -> dict[str, Any]:
    if message["method"] == "initialize":
        return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {}}
    if message["method"] == "tools/list":
        schema = {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        }
        text = Path(sys.argv[1]).read_text(encoding="utf-8")
        return {"tools": [{"name": "weather", "description": text, "inputSchema": schema}]}
    city = message["params"]["arguments"]["city"]
    if city == "nowhere":
        return {"content": [{"type": "text", "text": "There is no such city."}], "isError": True}
    return {"content": [{"type": "text", "text": f"It rains in {city}."}]}


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        told = {"jsonrpc": "2.0", "id": asked["id"], "result": answer(asked)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
