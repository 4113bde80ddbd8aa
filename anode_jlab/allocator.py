"""Has the C library give memory back to the system that a large output or file needed for a moment.

glibc raises by itself the size from which on a block is mapped, and so given back when it is freed:
up to 32 MB, once a large block was freed. Few are larger, and all others stay in heaps that shrink
only at their ends: a print of 50 MB left the server some 200 MB larger.
Source: mallopt(3), "M_MMAP_THRESHOLD".
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of settings in malloc.h."""

_BYTES = 128 * 1024
"""glibc's own value at the start of a process; to set it keeps it there."""

_ARENAS = 2
"""Heaps for all threads: an executor's threads would have one each."""

_OWN_SETTINGS = ("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD")
"""How names of variables begin by which an operator chose otherwise, or another allocator."""


def give_back(environment: Mapping[str, str] = os.environ) -> bool:
    """Set it for this process; False where it is not ours to set, or has another C library."""
    if not sys.platform.startswith("linux"):
        return False
    if any(name.startswith(_OWN_SETTINGS) for name in environment):
        return False
    try:
        library = ctypes.CDLL(None)
    except OSError:
        return False
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    settings = ((_TRIM_THRESHOLD, _BYTES), (_MMAP_THRESHOLD, _BYTES), (_ARENA_MAX, _ARENAS))
    return all(library.mallopt(name, value) == 1 for name, value in settings)
