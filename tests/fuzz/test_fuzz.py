"""Bytes from outside: no crash of the process, no hang, no memory without bound.

A short run each time, the same one; ``ANODE_FUZZ_SECONDS=3600`` makes a long one.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

REPOSITORY = Path(__file__).resolve().parents[2]

SECONDS = float(os.environ.get("ANODE_FUZZ_SECONDS", "3"))

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("anyio_backend"),
    pytest.mark.timeout(int(SECONDS) * 4 + 240),
]


async def survives(folder: Path, *arguments: str) -> str:
    """Run a fuzzer in a process and folder of its own; what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode(errors="replace")
    assert process.returncode == 0, f"{said[-4000:]}\nthe input: {_breaking_input(folder)}"
    return said


def _breaking_input(folder: Path) -> str:
    tried = folder / "input"
    if tried.exists():
        return tried.read_text()
    return ", ".join(file.name for file in folder.iterdir() if file.is_file())


@pytest.mark.parametrize("target", TARGETS)
async def test_mutants_of_good_inputs_break_nothing(target: str, tmp_path: Path) -> None:
    said = await survives(tmp_path, "tests.fuzz.mutating", target, str(SECONDS), "1")
    assert int(said.split()[-2]) > 20


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("target", TARGETS)
async def test_inputs_that_reach_new_code_break_nothing(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, good in enumerate(SEEDS[target]):
        (corpus / str(number)).write_bytes(good)
    limits = (f"-max_total_time={SECONDS:.0f}", "-seed=1", "-rss_limit_mb=2048", "-timeout=10")
    await survives(tmp_path, "tests.fuzz.guided", target, *limits, str(corpus))
