"""Environments with other people's packages, made at the first use and kept under ``build/``.

They would bring jupyter-collaboration and its plugins into the development environment; here they
see its packages but it does not see theirs.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
BUILD: Final = REPOSITORY / "build"

CLIENTS: Final = (
    "jupyter-nbmodel-client>=1.5,<2",
    "jupyter-mcp-server>=2.2,<3",
    "jupyter-server-nbmodel>=0.2.9,<0.3",
    "pytest-asyncio>=1,<2",
    "websockets>=15",
)
"""They bring jupyter-collaboration 5."""

DOCUMENTS: Final = ("jupyter-server-documents>=0.3,<0.4",)
"""It switches jupyter-collaboration off, so it lives by itself."""

DENO: Final = ("deno>=2.5,<3",)
"""A kernel for TypeScript and JavaScript that has nothing of Python in it."""

HUB: Final = ("jupyterhub>=5.2,<7", "jupyterhub-idle-culler>=1.4,<3")

MCP: Final = ("mcp>=2.3,<3",)
"""The official client of the Model Context Protocol; the one above has an older one."""

WIDGETS: Final = ("ipywidgets>=8.1,<9", "plotly>=6,<7", "tqdm>=4.67,<5")
"""What notebooks show things with. Their front ends would stand in every page of the browser tests,
and change what a person with plain JupyterLab sees."""

Y_PY: Final = "y-py>=0.6.2,<0.7"
HAS_Y_PY: Final = sys.version_info < (3, 13)
"""The last y-py, of 2023, has no wheels for newer versions of Python."""


def python() -> Path:
    """The interpreter beside other people's clients; making it takes about a minute, once."""
    return _made(BUILD / "clients", (*CLIENTS, Y_PY) if HAS_Y_PY else CLIENTS)


def python_beside_documents() -> Path:
    """The interpreter beside jupyter-server-documents; making it takes ten seconds, once."""
    return _made(BUILD / "documents", DOCUMENTS)


def python_of_hub() -> Path:
    """The interpreter of a JupyterHub and of the servers that it starts; made once."""
    return _made(BUILD / "hub", HUB)


def python_of_mcp() -> Path:
    """The interpreter of the official MCP client; making it takes ten seconds, once."""
    return _made(BUILD / "mcp", MCP)


def deno() -> Path:
    """Deno's program; fetching it takes ten seconds, once. Raises CalledProcessError where there is
    none for this machine."""
    return _made(BUILD / "deno", DENO).with_name("deno")


def widgets() -> Path:
    """The environment of widgets and charts; making it takes ten seconds, once.

    It is for ``PYTHONPATH`` of kernels and ``JUPYTER_PATH`` of servers.
    """
    return _made(BUILD / "widgets", WIDGETS).parents[1]


def packages(environment: Path) -> Path:
    """Where the packages of an environment are."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))


def _made(place: Path, wanted: tuple[str, ...]) -> Path:
    stamp = hashlib.sha256(" ".join((sys.version, *wanted)).encode()).hexdigest()
    place.mkdir(parents=True, exist_ok=True)
    interpreter, done = place / "bin" / "python", place / "stamp"
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not interpreter.exists() or not done.exists() or done.read_text() != stamp:
            _make(place, interpreter, wanted)
            done.write_text(stamp)
    return interpreter


def _make(place: Path, interpreter: Path, wanted: tuple[str, ...]) -> None:
    venv.create(place, clear=False, symlinks=True)
    ours = sysconfig.get_path("purelib")
    (packages(place) / "development.pth").write_text(f"{ours}\n{REPOSITORY}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-compile", *wanted], check=True, timeout=600)


if __name__ == "__main__":
    made = widgets()
    print(made, packages(made), sep="\n")
