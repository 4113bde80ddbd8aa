"""The mark beside a notebook's file that tells servers with other stores which one writes it.

A lease in the store keeps the servers of one person apart. Two people who share a folder have two
stores that know nothing of one another; what they share is the folder.
"""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from anode_jlab.eventlog.machine import Process
from anode_jlab.events.document import Kind
from anode_jlab.ids import NotebookId

LONGEST_NAME_BYTES: Final = 255
"""Of a file, on all usual file systems."""

LARGEST_LOCK_BYTES: Final = 16 * 1024
"""A lock has a few hundred bytes; more was not written by us."""

MODE: Final = 0o644
"""The others must read who has it."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """On whose behalf a server runs: ``id`` to compare, ``name`` to tell."""

    id: str
    name: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a lock says: which server writes the file, for whom, and that it is alive.

    ``server`` is its address, ``token`` a word that no other lock has, ``renewed`` counts up.
    """

    notebook: NotebookId
    server: str
    person: Person
    process: Process
    token: str
    renewed: int = 0
    kind: Kind = Kind.NOTEBOOK


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A lock as it was found; ``mark`` is None when it cannot be understood (yet)."""

    raw: bytes
    mark: Mark | None


def this_person() -> Person:
    """Whose server this is: a user of JupyterHub, else one of the machine."""
    user = os.environ.get("JUPYTERHUB_USER", "")
    if user:
        return Person(id=f"hub {user}", name=user)
    number = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number without a name
        name = str(number)
    return Person(id=f"os {number}", name=name)


def new_token() -> str:
    """A word that no other lock has."""
    return os.urandom(8).hex()


def lock_of(place: Path) -> Path:
    """Where the lock of a notebook's file is: named after the file, so that there is but one."""
    name = f".~anode-{place.name}.lock"
    if len(os.fsencode(name)) > LONGEST_NAME_BYTES:
        name = f".~anode-{sha256(os.fsencode(place.name)).hexdigest()}.lock"
    return place.with_name(name)


def read_lock(lock: Path) -> Found | None:
    """The lock, if there is one; what cannot be read counts as one that says nothing, and so does
    one that is being written at this moment."""
    try:
        with open(lock, "rb") as stream:
            raw = stream.read(LARGEST_LOCK_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Found(raw=str(error).encode(), mark=None)
    try:
        return Found(raw=raw, mark=msgspec.json.decode(raw, type=Mark))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Found(raw=raw, mark=None)


def make_lock(lock: Path, mark: Mark) -> bool:
    """Make a lock where there is none; False when there is one. Raises OSError."""
    try:
        number = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE)
    except FileExistsError:
        return False
    with os.fdopen(number, "wb") as stream:
        stream.write(msgspec.json.encode(mark))
    return True


def put_lock(lock: Path, mark: Mark) -> None:
    """Put a lock in the place of what is there. Raises OSError."""
    part = lock.with_name(f".~anode-{mark.token}.part")
    try:
        part.write_bytes(msgspec.json.encode(mark))
        part.chmod(MODE)
        os.replace(part, lock)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def remove_lock(lock: Path) -> None:
    """Remove a lock; a folder that became read-only keeps it, and others find that it is stale."""
    with suppress(OSError):
        lock.unlink(missing_ok=True)
