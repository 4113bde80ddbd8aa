"""What kernels write to their standard error: kept, so that people read why one did not start.

It goes on to the server's own standard error too, where operators look for it. Between the two is a
file and no pipe: a kernel may outlive the server, and nobody would read the pipe then.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

LOOK_SECONDS = 0.5
"""How often it is looked for something new to pass on."""

LARGEST = 1 << 20
"""Bytes that a file may have before it begins anew; kernels may write for weeks."""

CHUNK = 1 << 16
"""Bytes passed on at once."""

TAIL_BYTES = 8192
"""Read for people."""

TAIL_LINES = 12
"""Shown to them: a traceback's end with the exception."""

TAIL_CHARACTERS = 1500

STANDARD_ERROR = 2

CLOSED = -1
"""No descriptor: every use of it is refused."""

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class LastWords:
    """The standard error of one kernel's process."""

    def __init__(self, place: Path | None, *, fresh: bool = True) -> None:
        """``place``: the file, for one that the next server finds again; ``fresh``: empty it.

        Raises OSError.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | (os.O_TRUNC if fresh else 0)
        if place is None:
            with tempfile.NamedTemporaryFile(prefix="kernel-", suffix=".stderr") as file:
                self.descriptor = os.open(file.name, flags)
        else:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.descriptor = os.open(place, flags, 0o600)
        self._passed = os.fstat(self.descriptor).st_size

    def tail(self) -> str:
        """The last lines of it, without colours."""
        try:
            size = os.fstat(self.descriptor).st_size
            found = os.pread(self.descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))
        except OSError:
            return ""
        text = _ESCAPES.sub("", found.decode("utf-8", "replace"))
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-TAIL_LINES:])[-TAIL_CHARACTERS:]

    def pass_on(self, target: int) -> None:
        """Write what is new to another descriptor."""
        with suppress(OSError):  # closed meanwhile, or nobody reads the target
            while chunk := os.pread(self.descriptor, CHUNK, self._passed):
                self._passed += len(chunk)
                while chunk:
                    chunk = chunk[os.write(target, chunk) :]
            if self._passed > LARGEST:
                os.ftruncate(self.descriptor, 0)
                self._passed = 0

    def close(self) -> None:
        """Forget it, for good: the number may be another file's from now on."""
        descriptor, self.descriptor = self.descriptor, CLOSED
        if descriptor != CLOSED:
            with suppress(OSError):
                os.close(descriptor)


class Relay:
    """Passes on what kernels write. A thread: writing to the server's standard error may block."""

    def __init__(self, target: int = STANDARD_ERROR) -> None:
        self._target = target
        self._followed: set[LastWords] = set()
        self._lock = threading.Lock()
        """A descriptor must not be closed, and its number used anew, while it is read."""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, words: LastWords) -> None:
        """Pass on what is written from now on."""
        with self._lock:
            self._followed.add(words)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="kernels' words", daemon=True)
            self._thread.start()

    def leave(self, words: LastWords) -> None:
        """Pass on what is left, and close it."""
        with self._lock:
            self._followed.discard(words)
            words.pass_on(self._target)
            words.close()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * LOOK_SECONDS)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            with self._lock:
                for words in self._followed:
                    words.pass_on(self._target)
