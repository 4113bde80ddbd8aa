"""Other extensions that also keep live notebooks: how they are recognised and switched off.

Only one of them may write a file, so ours takes over as a whole or not at all, for this process
and this page only: no configuration file is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Protocol

SERVER_EXTENSIONS: Mapping[str, str] = {
    "jupyter_server_ydoc": "jupyter-collaboration",
    "jupyter_collaboration": "jupyter-collaboration",
    "jupyter_server_documents": "jupyter-server-documents",
}
"""Server extensions that open rooms and write notebook files, and what people call them."""

RELOADERS = ("jupyter_live_content",)
"""Server extensions that reload open documents when their files change. This one, a part of
jupyter-ai, stands aside for the peers above, but it does not know us: it would reload after each
file that we write."""

SILENT_PLUGINS = (
    "@jupyter/docprovider-extension:content-provider",
    "@jupyter/docprovider-extension:yfile",
    "@jupyter/docprovider-extension:ynotebook",
    "@jupyter/docprovider-extension:statusBarTimeline",
    "@jupyter/docprovider-extension:forkManager",
    "@jupyter/docprovider-extension:logger",
    "@jupyter/docprovider-extension:notebook-cell-executor",
    "@jupyter/docprovider-extension:websocket-provider-document-factory",
    "@jupyter/docprovider-extension:webrtc-provider-document-factory",
    "@jupyter/collaboration-extension:rtcGlobalAwareness",
    "@jupyter/collaboration-extension:rtcPanel",
    "@jupyter/collaboration-extension:userEditorCursors",
    "@jupyter-ai-contrib/server-documents:plugin",
    "@jupyter-ai-contrib/server-documents:disable-save-plugin",
    "@jupyter-ai-contrib/server-documents:document-provider-factory",
    "@jupyter-ai-contrib/server-documents:outputs-service",
    "@jupyter-ai-contrib/server-documents:server-cell-executor",
    "@datalayer/jupyter-server-nbmodel:notebook-cell-executor",
    "@datalayer/jupyter-server-nbmodel:notebook-execution-restorer",
    "@jupyter-ai-contrib/live-content:connector",
    "@jupyter-ai-contrib/live-content:tracker",
    "@jupyter-ai-contrib/live-content:applier",
)
"""Front-end plugins that talk to those server extensions, and executors of cells but for core's: a
page in which our front end does not load would show no notebooks without it."""


CORE_EXECUTOR = "@jupyterlab/notebook-extension:cell-executor"
"""JupyterLab's own. The packages of the peers above switch it off by being installed; with theirs
switched off as well, a page in which our front end does not load would have none."""


class ExtensionManager(Protocol):
    """``ServerApp.extension_manager``, as far as it is needed."""

    @property
    def extensions(self) -> Any:
        """``ExtensionPackage`` by name."""

    def link_extension(self, name: str) -> None: ...


class ExtensionPackage(Protocol):
    """An entry of ``ServerApp.extension_manager.extensions``."""

    enabled: bool


def enabled_peers(extensions: Mapping[str, ExtensionPackage]) -> list[str]:
    """Names of the server extensions that are switched on and must not be beside us."""
    names = (*SERVER_EXTENSIONS, *RELOADERS)
    return [name for name in names if name in extensions and extensions[name].enabled]


def loaded_peers(settings: Mapping[str, object], ours: object = None) -> list[str]:
    """What people call the peers whose server extensions are loaded in this process.

    jupyter_server puts each loaded extension into the web application's settings under its name;
    ``ours`` is what we put there ourselves.
    """
    found = (
        people_say
        for name, people_say in SERVER_EXTENSIONS.items()
        if settings.get(name) is not None and settings[name] is not ours
    )
    return list(dict.fromkeys(found))


def switch_off(extensions: Mapping[str, ExtensionPackage]) -> list[str]:
    """Switch the peers off before the server loads them (we load first, by our name)."""
    names = enabled_peers(extensions)
    for name in names:
        extensions[name].enabled = False
    return names


def put_away(extensions: MutableMapping[str, Any], names: Sequence[str]) -> None:
    """Take what was switched off out of the server's list while it loads its extensions: it asks
    all that stand there to stop when it ends, and one that was never loaded breaks that off."""
    for name in names:
        extensions.pop(name, None)


def switch_on(manager: ExtensionManager, names: Sequence[str]) -> None:
    """Undo ``switch_off``: the server loads them after us, as it would have without us."""
    for name in names:
        manager.extensions[name].enabled = True
        manager.link_extension(name)
