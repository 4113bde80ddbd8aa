"""What SQLite's errors mean for a notebook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from anode_jlab.errors import AnodeError, StoreDamaged, StoreUnavailable

_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})


def meaning(error: sqlite3.Error) -> AnodeError:
    """StoreDamaged when the file is broken; StoreUnavailable when the medium refuses for now."""
    code = getattr(error, "sqlite_errorcode", None)
    if (code is not None and code & 0xFF in _DAMAGE_CODES) or "malformed" in str(error):
        return StoreDamaged(f"The event log is damaged: {error}.")
    if str(error).startswith(("no such", "Could not decode")):
        return StoreDamaged(f"The event log is damaged: {error}.")
    return StoreUnavailable(f"The event log cannot be used: {error}.")


@contextmanager
def translated() -> Iterator[None]:
    """Errors of SQLite and of the file system leave as errors of the store."""
    try:
        yield
    except sqlite3.Error as error:
        raise meaning(error) from error
    except UnicodeDecodeError as error:  # SQLite quotes a broken schema in its message
        raise StoreDamaged("The event log is damaged: its schema is not readable.") from error
    except OSError as error:
        raise StoreUnavailable(f"The event log cannot be used: {error.strerror}.") from error
