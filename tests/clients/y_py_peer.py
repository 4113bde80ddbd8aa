"""One y-py document on a room: types into the first cell, waits until it is answered there.

Usage: python y_py_peer.py ROOM_URL TEXT AWAITED
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import y_py
from websockets.asyncio.client import connect

STEP1, STEP2, UPDATE = 0, 1, 2


def varuint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def frame(kind: int, payload: bytes) -> bytes:
    return bytes((0, kind)) + varuint(len(payload)) + payload


def payload_of(message: bytes) -> bytes:
    at = 2
    while message[at] > 0x7F:
        at += 1
    return message[at + 1 :]


def source(doc: Any) -> Any:
    cells = doc.get_array("cells")
    return cells[0]["source"] if len(cells) else None


async def main(url: str, text: str, awaited: str) -> None:
    doc = y_py.YDoc()
    async with connect(url) as socket:
        await socket.send(frame(STEP1, y_py.encode_state_vector(doc)))
        async for message in socket:
            if message[0] != 0:
                continue
            if message[1] == STEP1:
                answer = y_py.encode_state_as_update(doc, payload_of(message))
                await socket.send(frame(STEP2, answer))
                continue
            y_py.apply_update(doc, payload_of(message))
            if message[1] == STEP2:
                before = y_py.encode_state_vector(doc)
                with doc.begin_transaction() as txn:
                    source(doc).extend(txn, text)
                await socket.send(frame(UPDATE, y_py.encode_state_as_update(doc, before)))
            if awaited in str(source(doc)):
                sys.stdout.write(str(source(doc)))
                return


asyncio.run(main(*sys.argv[1:]))
