"""A kernel that was started ahead, with its imports done: a process that waits for its notebook.

It runs like any other kernel, under a manager of its own that the server's panels do not list. When
a notebook starts a kernel, that one's manager takes over the process, its connection with it.
"""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager

from anode_jlab.errors import KernelSilent
from anode_jlab.runtimes.kernel import KernelMessage
from anode_jlab.runtimes.link import JupyterLink

READY_SECONDS = 60.0
"""How long it may take to answer first."""

IMPORT_SECONDS = 120.0
"""How long its imports may take; from a network folder that has not been read they take long."""

DRESS_SECONDS = 5.0
"""How long it may take to go to its notebook's folder; after that a fresh kernel is faster."""

READ_AT_START = (
    "PYTHON", "LD_", "OMP_", "MKL_", "OPENBLAS_", "BLIS_", "NUMEXPR_", "VECLIB_", "MALLOC_",
    "CUDA_", "NVIDIA_", "MPL", "PANDAS_", "NUMPY_", "NPY_", "IPYTHON", "JUPYTER_", "TZ", "LANG",
    "LC_", "HOME", "VIRTUAL_ENV", "CONDA_",
)  # fmt: skip
"""How names of variables begin that an interpreter or a package reads when it starts: to set them
later would change nothing. A kernel that wants others of these is not one for a spare."""

PACKAGES = ("site-packages", "dist-packages")
"""How folders are called in which packages are installed."""

IMPORTS = """
import importlib, sys
for name in names:
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # not installed here
"""

DRESS = """
import os
os.chdir(cwd)
os.environ.update(put)
for name in drop:
    os.environ.pop(name, None)
shell.user_ns["__session__"] = session
"""

logger = logging.getLogger(__name__)


class SpareManager(AsyncKernelManager):
    """The manager of a spare: a provisioner tells by it that it starts one, and takes none."""


class Spare:
    """One of them. ``connection`` and ``process`` are what the next manager needs."""

    def __init__(self, manager: SpareManager, environment: Mapping[str, str]) -> None:
        self.manager = manager
        self._environment = environment
        self._link: JupyterLink | None = None
        self._answers: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._folders: dict[str, int] = {}

    @classmethod
    def of(cls, kernels: Any, name: str) -> Spare:
        """One that is not started yet, with the settings of the server's kernels."""
        id_ = str(uuid4())
        file = os.path.join(kernels.connection_dir, f"kernel-{id_}.json")
        manager = SpareManager(
            parent=kernels,
            log=kernels.log,
            kernel_name=name,
            kernel_spec_manager=kernels.kernel_spec_manager,
            connection_file=file,
        )
        manager.kernel_id = id_
        # With a session's name, if an empty one, it is started as kernels of sessions are.
        return cls(manager, {**os.environ, "JPY_SESSION_NAME": ""})

    @property
    def connection(self) -> dict[str, Any]:
        """How to reach it, as in Jupyter's connection files."""
        return dict(self.manager.get_connection_info())

    @property
    def process(self) -> Any:
        """The process, which is a child of this one."""
        return getattr(self.manager.provisioner, "process", None)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process is not None and self.process.poll() is None

    async def start(self, folder: str, imports: Sequence[str]) -> None:
        """Start it and have it import. Raises KernelSilent, and what managers raise."""
        await self.manager.start_kernel(cwd=folder, env=dict(self._environment))
        self._link = JupyterLink(self.manager.client(), self._take)
        self._link.open()
        await self._link.ready(READY_SECONDS)
        told = await self._execute(
            IMPORTS, {"names": list(imports)}, "__import__('json').dumps(__import__('sys').path)",
            IMPORT_SECONDS,
        )  # fmt: skip
        self.note_packages(json.loads(told))

    def note_packages(self, paths: Sequence[str]) -> None:
        """It has imported from these folders as they are."""
        packages = (path for path in paths if Path(path).name in PACKAGES)
        self._folders = {path: _changed(path) for path in packages}

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether it would be like a kernel that starts now with this environment: the packages
        are as they were, and so is what is read at the start only."""
        names = {*environment, *self._environment}
        differs = {n for n in names if environment.get(n) != self._environment.get(n)}
        if any(name.startswith(READ_AT_START) for name in differs):
            return False
        return all(_changed(path) == time for path, time in self._folders.items())

    async def dress(self, environment: Mapping[str, str], folder: str) -> None:
        """Give it its notebook's folder and environment. Raises KernelSilent when it does not
        answer soon, and cannot be used then."""
        values = {
            "cwd": folder,
            "put": {k: v for k, v in environment.items() if self._environment.get(k) != v},
            "drop": [name for name in self._environment if name not in environment],
            "session": environment.get("JPY_SESSION_NAME", ""),
        }
        await self._execute(DRESS, values, "''", DRESS_SECONDS)
        await self._let_go()

    async def close(self) -> None:
        """End it."""
        await self._let_go()
        with suppress(Exception):  # it may have ended by itself
            await self.manager.shutdown_kernel(now=True)

    async def _let_go(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def _execute(
        self, code: str, values: Mapping[str, Any], then: str, seconds: float
    ) -> str:
        """Run code that leaves no trace in the kernel; what the expression ``then`` gives."""
        names = f"{{'shell': get_ipython(), **__import__('json').loads({json.dumps(values)!r})}}"
        content = {
            "code": f"exec({code!r}, {names})",
            "silent": True,
            "store_history": False,
            "user_expressions": {"then": then},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        assert self._link is not None  # it was started
        request = self._link.send("execute_request", content)
        answer = self._answers[request] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                reply = await answer
        except TimeoutError:
            raise KernelSilent("A kernel that was started ahead does not answer.") from None
        finally:
            del self._answers[request]
        if reply.get("status") != "ok":
            raise KernelSilent(f"A kernel that was started ahead failed: {reply.get('evalue')}")
        text = reply["user_expressions"]["then"]["data"]["text/plain"]
        return str(ast.literal_eval(text))

    def _take(self, message: KernelMessage) -> None:
        answer = self._answers.get(message.parent)
        is_reply = (message.channel, message.kind) == ("shell", "execute_reply")
        if is_reply and answer is not None and not answer.done():
            answer.set_result(message.content)


def _changed(path: str) -> int:
    """When a folder of packages last changed, 0 where there is none: installing changes it."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
