"""What kernels write to their standard error: the end of it for people, all of it passed on."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from anode_jlab.runtimes.last_words import LARGEST, TAIL_LINES, LastWords, Relay


@pytest.mark.parametrize("named", [True, False])
def test_the_end_of_what_a_process_wrote(tmp_path: Path, named: bool) -> None:
    words = LastWords(tmp_path / "kernels" / "k.stderr" if named else None)
    script = 'for n in $(seq 100); do echo "\\033[31mline $n\\033[0m" >&2; echo >&2; done'
    subprocess.run(["sh", "-c", script], stderr=words.descriptor, check=True)
    assert words.tail().splitlines() == [f"line {n}" for n in range(101 - TAIL_LINES, 101)]
    words.close()
    assert words.tail() == ""


def test_what_is_found_again_goes_on(tmp_path: Path) -> None:
    """The next server takes up the kernel, which has the file open."""
    place = tmp_path / "k.stderr"
    first = LastWords(place)
    os.write(first.descriptor, b"before\n")
    second = LastWords(place, fresh=False)
    os.write(first.descriptor, b"after\n")
    reading, writing = os.pipe()
    second.pass_on(writing)
    assert os.read(reading, 100) == b"after\n", "the server before has passed on the other"
    assert second.tail() == "before\nafter"
    assert LastWords(place).tail() == "", "a new process begins anew"


def test_all_is_passed_on_and_the_file_stays_small(tmp_path: Path) -> None:
    place, target = tmp_path / "k.stderr", tmp_path / "server.log"
    log = os.open(target, os.O_WRONLY | os.O_CREAT)
    words, relay = LastWords(place), Relay(log)
    relay.follow(words)
    wanted = b""
    for number in range(4):
        part = b"%d" % number * (LARGEST // 2)
        os.write(words.descriptor, part)
        wanted += part
        deadline = time.monotonic() + 30
        while target.stat().st_size < len(wanted) and time.monotonic() < deadline:
            time.sleep(0.02)
    os.write(words.descriptor, b"the end")
    relay.leave(words)
    relay.close()
    assert target.read_bytes() == wanted + b"the end"
    assert place.stat().st_size < 2 * LARGEST


def test_closed_twice_is_closed_once(tmp_path: Path) -> None:
    """Its number is another file's by then."""
    words = LastWords(tmp_path / "k.stderr")
    number = words.descriptor
    words.close()
    reading, writing = os.pipe()
    try:
        assert number in (reading, writing)
        words.close()
        words.pass_on(writing)
        assert words.tail() == ""
        os.write(writing, b"still open")
        assert os.read(reading, 100) == b"still open"
    finally:
        os.close(reading)
        os.close(writing)
