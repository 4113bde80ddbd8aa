"""The package's door: it names the two halves of the extension and imports neither.

Kernels import this package for its cell tools, so nothing heavy may be loaded here.
"""

from __future__ import annotations

from typing import Any

from anode_jlab._version import __version__

__all__ = ["__version__", "tool"]


def __getattr__(name: str) -> Any:
    """``from anode_jlab import tool``, in a notebook: loaded when it is asked for."""
    if name == "tool":
        from anode_jlab.kernel.tools import tool

        return tool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "anode-jlab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here: the server half pulls in the server itself.
    from anode_jlab.extension import AnodeExtension

    return [{"module": "anode_jlab.extension", "app": AnodeExtension}]
