"""Installs the built wheel into a new environment and asks Jupyter for both halves of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from tools.sources import ROOT

ENVIRONMENT = ROOT / "build" / "wheel-environment"
"""Kept for the tests of the installed wheel, see ``tests/wheel``."""

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
LABEXTENSION = "/data/share/jupyter/labextensions/anode-jlab/"
SERVER_CONFIG = "/data/etc/jupyter/jupyter_server_config.d/anode_jlab.json"
PAGE_CONFIG = "/data/etc/jupyter/labconfig/page_config.d/anode_jlab.json"
PARTS = (
    LABEXTENSION + "package.json",
    LABEXTENSION + "install.json",
    SERVER_CONFIG,
    PAGE_CONFIG,
    "/licenses/LICENSE",
    "anode_jlab/py.typed",
    "anode_jlab/handlers/shell_kept.js",
    "anode_jlab/handlers/shell_worker.js",
)
FOREIGN = re.compile(r"^(tests|tools|bench|ui-tests|node_modules|examples)/")


def find_wheel() -> Path:
    """The one wheel in dist/."""
    (wheel,) = (ROOT / "dist").glob("anode_jlab-*.whl")
    return wheel


def check_contents(wheel: Path) -> list[str]:
    """What is missing from the wheel or does not belong in it."""
    names = zipfile.ZipFile(wheel).namelist()
    entries = [name for name in names if re.search(LABEXTENSION + r"static/remoteEntry\.", name)]
    problems = [f"{name} does not belong in the wheel" for name in names if FOREIGN.search(name)]
    if len(entries) != 1:
        problems.append(f"one front-end entry expected, found {entries}")
    problems += [
        f"{part} is missing" for part in PARTS if not any(name.endswith(part) for name in names)
    ]
    return problems


def run(environment: Path, *command: str) -> str:
    """Run a command of the new environment away from the repository; its whole output."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "PYTHON", "VIRTUAL_ENV"))
    }
    variables |= {
        "HOME": str(environment),
        "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        [str(environment / "bin" / command[0]), *command[1:]],
        cwd=environment,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    output = ESCAPES.sub("", done.stdout)
    if done.returncode != 0:
        print(output)
        raise SystemExit(f"{' '.join(command)} ended with status {done.returncode}")
    return output


def expect(pattern: str, output: str, command: str) -> list[str]:
    """A problem unless a line of the output matches."""
    if re.search(pattern, output, re.MULTILINE):
        return []
    return [f"`{command}` does not say {pattern!r}:\n{output}"]


def check_installed(wheel: Path, environment: Path) -> list[str]:
    """Problems that a new environment with JupyterLab and this wheel shows."""
    venv.create(environment, clear=True, with_pip=True)
    run(environment, "pip", "install", "-q", f"{wheel}[lab]")
    version = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["version"]
    imported = run(environment, "python", "-c", "import anode_jlab; print(anode_jlab.__version__)")
    lab = run(environment, "jupyter", "labextension", "list")
    server = run(environment, "jupyter", "server", "extension", "list")
    return [
        *expect(rf"^{re.escape(version)}$", imported, "import anode_jlab"),
        *expect(r"anode-jlab v\S+ enabled +OK \(python, anode_jlab\)", lab, "labextension list"),
        *expect(r"^\s*anode_jlab enabled", server, "server extension list"),
        *expect(r"^\s*anode_jlab \S+ OK$", server, "server extension list"),
    ]


def main() -> int:
    """Print the problems; 1 when there is one."""
    wheel = find_wheel()
    problems = check_contents(wheel)
    problems += check_installed(wheel, ENVIRONMENT)
    for problem in problems:
        print(f"error: {problem}")
    print(f"wheel: {wheel.name}, {wheel.stat().st_size / 1e6:.2f} MB, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
