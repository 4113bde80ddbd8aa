"""Mutates good inputs at random, from a seed, and feeds them to a target: a process of its own.

``python -m tests.fuzz.mutating frame 5 1``: target, seconds, seed. Each input is put into the file
``input`` before it is tried, so that even a native crash leaves it behind.
"""

from __future__ import annotations

import faulthandler
import random
import resource
import sys
import time

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

MOST_MEMORY_BYTES = 3 << 30
"""Of address space, most of which is only reserved."""

MOST_SECONDS_PER_INPUT = 20.0
"""On a machine that does other things too."""

LONGEST_KEPT_BYTES = 4096
MOST_KEPT = 200
"""Mutants that are mutated again."""


def mutated(data: bytes, seeds: list[bytes], chance: random.Random) -> bytes:
    """``data`` after one to eight changes."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(7)
        if kind == 0:
            out[at:at] = chance.randbytes(chance.randrange(1, 9))
        elif kind == 1:
            del out[at : at + chance.randrange(1, 9)]
        elif kind == 2 and at < len(out):
            out[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        elif kind == 3 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 4:
            out[at:at] = out[at : at + chance.randrange(1, 64)] * chance.randrange(1, 9)
        elif kind == 5:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            out[at : at + 16] = other[start : start + chance.randrange(64)]
        else:
            out[at:at] = b"\xff" * chance.randrange(1, 10) + b"\x0f"
    return bytes(out)


def main(target: str, seconds: float, seed: int) -> int:
    """Feed the target for so long; how many inputs that were."""
    run, seeds, chance = TARGETS[target], SEEDS[target], random.Random(seed)
    for good in seeds:
        run(good)
    corpus, inputs, end = list(seeds), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(chance.choice(corpus), seeds, chance)
        with open("input", "w") as file:
            file.write(data.hex())
        began = time.monotonic()
        run(data)
        if time.monotonic() - began > MOST_SECONDS_PER_INPUT:
            raise TimeoutError(f"{len(data)} bytes took {time.monotonic() - began:.1f} s")
        inputs += 1
        if chance.random() < 0.02 and len(data) < LONGEST_KEPT_BYTES:
            corpus.append(data)
            del corpus[len(seeds) : -MOST_KEPT]
    return inputs


if __name__ == "__main__":
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    print(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])), "inputs")
