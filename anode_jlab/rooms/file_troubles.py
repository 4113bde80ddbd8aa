"""What is wrong with a notebook's file, as conditions of its room."""

from __future__ import annotations

import logging

from anode_jlab.errors import (
    AnodeError,
    FileChangedOutside,
    FileConflicted,
    FileDeleted,
    FileNotValid,
    FileNotWritten,
)
from anode_jlab.ids import NotebookId
from anode_jlab.rooms.conditions import Conditions

logger = logging.getLogger(__name__)

HOOK_FAILED = "save_hook_failed"
"""Condition: the file was written, but a hook that runs after saving failed."""

_EXCLUSIVE = (
    FileChangedOutside.code,
    FileDeleted.code,
    FileNotValid.code,
    FileNotWritten.code,
)
"""Of these one at a time is true: why the file does not follow."""


class FileTroubles:
    """Says and unsays them."""

    def __init__(self, notebook: NotebookId, conditions: Conditions) -> None:
        self._notebook = notebook
        self._conditions = conditions

    def say(self, error: AnodeError) -> None:
        """The file does not follow its notebook, for this reason."""
        if error.code not in self._conditions:
            logger.warning("Notebook %s was not exported: %s", self._notebook, error.message)
        for code in _EXCLUSIVE:
            if code != error.code:
                self._conditions.clear(code)
        self._conditions.set(error.code, error.message, error.advice)

    def hook_failed(self, warning: str) -> None:
        """The file was written, but a save hook complained."""
        self._conditions.set(HOOK_FAILED, warning, "See the server's log.")

    def clear(self) -> None:
        """All is well."""
        for code in (*_EXCLUSIVE, FileConflicted.code, HOOK_FAILED):
            self._conditions.clear(code)

    def conflicted(self) -> None:
        """The file has conflict markers: no trouble, but people should know."""
        told = FileConflicted()
        self._conditions.set(told.code, told.message, told.advice)

    def clear_outside(self) -> None:
        """The file is as it was last read or written; whether it can be written is not known."""
        for code in (FileChangedOutside.code, FileDeleted.code, FileNotValid.code):
            self._conditions.clear(code)
