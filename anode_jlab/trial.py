"""What is tried before we take notebooks over: the store's folder and the native CRDT library."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anode_jlab.clock import Clock
from anode_jlab.config import AnodeConfig
from anode_jlab.documents.ipynb import from_notebook
from anode_jlab.documents.notebook import NotebookDocument
from anode_jlab.errors import AnodeError
from anode_jlab.eventlog.probe import Probe, probe
from anode_jlab.handlers.page_config import Readiness
from anode_jlab.ids import RandomIds

NOTEBOOK: Final = {
    "cells": [{"cell_type": "code", "id": "trial", "metadata": {}, "source": "1 + 1",
               "outputs": [], "execution_count": None}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}  # fmt: skip
"""What the self-test takes through the native CRDT library and back."""


@dataclass(slots=True)
class Trial:
    """How it came out. ``found`` is None when we do not take over; ``silenced`` are the peers'
    server extensions that were switched off for us."""

    config: AnodeConfig
    found: Probe | None
    readiness: Readiness
    silenced: list[str] = field(default_factory=list)


def try_out(config: AnodeConfig, clock: Clock, log: logging.Logger) -> Trial:
    """Whether we are wanted and well. Whatever goes wrong is told and stops nobody else."""
    if not config.enabled:
        log.info("anode_jlab was left switched off by its configuration")
        return Trial(config, None, Readiness(ready=False, reason="switched off", disabled=True))
    try:
        found = self_test(config, clock)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the native library is no Exception
        log.error("anode_jlab did not take over: %s", reason_of(error), exc_info=error)
        return Trial(config, None, Readiness(ready=False, reason=reason_of(error)))
    return Trial(config, found, Readiness(ready=True, reason=""))


def reason_of(error: BaseException) -> str:
    """An error in the words of the page's notice."""
    return error.message if isinstance(error, AnodeError) else repr(error)


def self_test(config: AnodeConfig, clock: Clock, *, writes: int = 1) -> Probe:
    """Try what every notebook depends on: the store's folder and the native CRDT library.

    Raises StoreUnavailable, or whatever the library raises.
    """
    found = probe(Path(config.store_dir), clock, writes=writes, journal=config.journal)
    document = NotebookDocument(ids=RandomIds())
    try:
        document.load(from_notebook(NOTEBOOK))
        if document.to_notebook() != NOTEBOOK:
            raise AnodeError("A notebook did not survive the way through the CRDT library.")
    finally:
        document.close()
    return found
