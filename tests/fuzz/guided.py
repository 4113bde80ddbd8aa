"""Lets libFuzzer look for inputs that reach new code: ``python -m tests.fuzz.guided frame``.

Needs ``atheris`` (in the extra ``dev``, on Linux). What follows the target is libFuzzer's own:
a folder of inputs, ``-max_total_time=600``, ``-seed=1``, or a file that broke something.
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["anode_jlab.documents", "anode_jlab.rooms"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
