from __future__ import annotations

import subprocess
import sys


def test_the_package_alone_loads_nothing_heavy() -> None:
    """Kernels import it for its cell tools."""
    heavy = ("jupyter_server", "tornado", "pycrdt", "msgspec", "traitlets", "sqlite3")
    code = f"import sys, anode_jlab; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
