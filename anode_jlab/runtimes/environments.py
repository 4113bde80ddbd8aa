"""Variables of the environment that the kernels of a notebook start with, and which are secret.

They are in the store and never in the notebook's file: who is sent a notebook gets no secrets, and
opening a stranger's notebook sets nothing. They apply when a kernel starts.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from anode_jlab.eventlog.catalogue import Catalogue
from anode_jlab.eventlog.shelf import Shelf
from anode_jlab.ids import NotebookId

FILE = "environment.json"

logger = logging.getLogger(__name__)


class EnvironmentVariable(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. The value of a ``secret`` one is told to nobody but the kernel."""

    name: str
    value: str
    secret: bool = False


class Environments:
    """Those of all notebooks."""

    def __init__(
        self,
        shelf: Shelf,
        catalogue: Catalogue,
        root: str,
    ) -> None:
        """``root``: the folder of the server, below which the paths of the catalogue are."""
        self._shelf = shelf
        self._catalogue = catalogue
        self._root = root
        self._secrets: defaultdict[NotebookId, dict[str, str]] = defaultdict(dict)

    async def of(self, notebook: NotebookId) -> tuple[EnvironmentVariable, ...]:
        """The variables of a notebook."""
        kept = await self._shelf.get(notebook, FILE)
        if kept is None:
            return ()
        try:
            variables = msgspec.json.decode(kept, type=tuple[EnvironmentVariable, ...])
        except msgspec.MsgspecError as error:  # it must not keep kernels from starting
            logger.warning("The environment of notebook %s is damaged: %s", notebook, error)
            return ()
        self._remember(notebook, variables)
        return variables

    async def put(self, notebook: NotebookId, variables: Sequence[EnvironmentVariable]) -> None:
        """Have these and no others. Raises StoreUnavailable."""
        await self._shelf.put(notebook, FILE, msgspec.json.encode(tuple(variables)))
        self._remember(notebook, variables)

    async def of_session(self, name: str) -> dict[str, str]:
        """What a kernel is to have that starts in a session of this name: the path of its file."""
        found = await self._catalogue.find(_below(self._root, name)) if name else None
        if found is None:
            return {}
        return {one.name: one.value for one in await self.of(found.notebook)}

    def secrets_of(self, notebook: NotebookId) -> Mapping[str, str]:
        """The secrets that kernels of a notebook may know, with the names of their variables: also
        those of before a change, which a running kernel still has."""
        return self._secrets[notebook]

    def _remember(self, notebook: NotebookId, variables: Sequence[EnvironmentVariable]) -> None:
        for one in variables:
            if one.secret:
                self._secrets[notebook][one.value] = one.name


def _below(root: str, path: str) -> str:
    """The contents path of a file; one outside of the root is no notebook's."""
    return os.path.relpath(path, root).replace(os.sep, "/")
