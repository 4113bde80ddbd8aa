"""The test suite inside the wheel of jupyter-nbmodel-client, unchanged, against our server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.server_process import PYTHON_PATH

CONFIG = """
c = get_config()  # noqa
c.ServerApp.jpserver_extensions = {
    "anode_jlab": True,
    # Its fixtures start a server for each test; these need not be loaded each time.
    "jupyter_lsp": False, "jupyterlab": False, "notebook": False, "notebook_shim": False,
}
c.ServerApp.allow_root = True
"""

STARTER = f"""#!{sys.executable}
from jupyter_server.serverapp import main
main()
"""


@pytest.mark.timeout(600)
def test_its_own_suite_passes(python: str, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.py").write_text(CONFIG)
    # `jupyter-server`, which the fixtures start, is the one of our environment.
    (tmp_path / "bin").mkdir()
    starter = tmp_path / "bin" / "jupyter-server"
    starter.write_text(STARTER)
    starter.chmod(0o755)
    path = f"{starter.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    run = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto",
         "--pyargs", "jupyter_nbmodel_client"],
        env=os.environ | {
            "PATH": path,
            "PYTHONPATH": PYTHON_PATH,
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            "JUPYTER_DATA_DIR": str(tmp_path / "data"),
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
            "ANODE_STORE_DIR": str(tmp_path / "store"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert " passed" in run.stdout
    assert list((tmp_path / "store").rglob("log.db")), "it was our server"
