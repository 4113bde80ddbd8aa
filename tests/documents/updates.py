"""Yjs updates for the tests: made by Yjs, made by pycrdt, or put together byte by byte."""

from __future__ import annotations

import json
import random
import subprocess
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment

from anode_jlab.documents.lib0 import write_uint

_SCRIPT = Path(__file__).with_name("yjs_updates.mjs")


class Made(NamedTuple):
    """The updates of one seed: in the order in which they were made, merged ones (the first may
    have skip blocks), whole documents, and state vectors."""

    updates: tuple[bytes, ...]
    merged: tuple[bytes, ...]
    documents: tuple[bytes, ...]
    vectors: tuple[bytes, ...]

    @property
    def all(self) -> tuple[bytes, ...]:
        return self.updates + self.merged + self.documents


def made_by_yjs(seeds: Sequence[int]) -> list[Made]:
    """Three clients of Yjs at work, one result per seed."""
    command = ["node", str(_SCRIPT), *map(str, seeds)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    parsed = [json.loads(line) for line in lines]
    fields = Made._fields
    return [Made(*[tuple(map(b64decode, made[field])) for field in fields]) for made in parsed]


def made_by_pycrdt(seed: int) -> Made:
    """Three clients of pycrdt at work."""
    rng = random.Random(seed)
    updates: list[bytes] = []
    docs: list[Doc[Any]] = [Doc(client_id=client) for client in (5, 2**40 + seed, 2**53 - 1)]
    local = [doc.observe(lambda event: updates.append(event.update)) for doc in docs]
    for _ in range(30):
        at = rng.randrange(3)
        doc = docs[at]
        if rng.random() < 0.7:
            with doc.transaction():
                for _ in range(rng.randint(1, 3)):
                    _work(doc, rng)
        else:
            doc.unobserve(local[at])
            doc.apply_update(rng.choice(docs).get_update(doc.get_state()))
            local[at] = doc.observe(lambda event: updates.append(event.update))
    documents = tuple(doc.get_update() for doc in docs)
    return Made(tuple(updates), (), documents, tuple(doc.get_state() for doc in docs))


def _work(doc: Doc[Any], rng: random.Random) -> None:
    text, cells = doc.get("text", type=Text), doc.get("cells", type=Array)
    meta, tree = doc.get("meta", type=Map), doc.get("tree", type=XmlFragment)
    act = rng.randrange(9)
    content = str(text)
    point = rng.randint(0, len(content))
    place = len(content[:point].encode())
    if act == 0 or (act == 1 and not content):
        text.insert(place, rng.choice(["x", "words ", "é", "漢", "😀", "👩‍👩‍👧"]))
    elif act == 1:
        first = content[: min(point, len(content) - 1)]
        start = len(first.encode())
        del text[start : start + len(content[len(first)].encode())]
    elif act == 2:
        text.insert(place, "bold", {"bold": True, "link": None})
    elif act == 3:
        text.insert_embed(place, {"image": [1, None, "😀"]})
        del text[place : place + 1]
    elif act == 4:
        cell = Map({"id": f"c{rng.randrange(99)}", "source": Text("s😀"), "metadata": Map({})})
        cells.insert(rng.randint(0, len(cells)), cell)
    elif act == 5 and len(cells):
        del cells[rng.randrange(len(cells))]
    elif act == 6:
        value = rng.choice([None, 1.5, -7, 2**40, True, "t", b"\x00\xff", {"a": [1, {"b": None}]}])
        meta[f"k{rng.randrange(4)}"] = value
    elif act == 7:
        meta[f"k{rng.randrange(4)}"] = rng.choice([Text("t"), Array([1, [2]]), Doc()])
    else:
        tree.children.append(XmlElement("p"))


def update(*clients: bytes, deleted: bytes = b"\x00") -> bytes:
    """An update of these clients' parts."""
    return uint(len(clients)) + b"".join(clients) + deleted


def part(client: int, clock: int, *blocks: bytes) -> bytes:
    """Blocks of one client."""
    return uint(len(blocks)) + uint(client) + uint(clock) + b"".join(blocks)


def deletions(client: int, *stretches: tuple[int, int]) -> bytes:
    """A delete set of one client."""
    numbers = [1, client, len(stretches), *[number for stretch in stretches for number in stretch]]
    return b"".join(map(uint, numbers))


def in_root(ref: int, content: bytes, name: str = "r") -> bytes:
    """A block in a root type."""
    return bytes([ref]) + b"\x01" + string(name) + content


def in_type(ref: int, content: bytes, parent: tuple[int, int]) -> bytes:
    """A block in a type."""
    return bytes([ref]) + b"\x00" + uint(parent[0]) + uint(parent[1]) + content


def after(ref: int, content: bytes, origin: tuple[int, int]) -> bytes:
    """A block behind another one."""
    return bytes([ref | 0x80]) + uint(origin[0]) + uint(origin[1]) + content


def string(text: str) -> bytes:
    data = text.encode()
    return uint(len(data)) + data


def uint(value: int) -> bytes:
    out = bytearray()
    write_uint(out, value)
    return bytes(out)
