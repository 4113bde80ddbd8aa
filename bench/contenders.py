"""The servers that are compared: how each is started and how a client finds a notebook's room."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from bench.server import Server, free_port

TOKEN = "token-of-the-bench"
HEADERS = {"Authorization": f"token {TOKEN}"}

MOST_REQUESTS = 200
"""At once: each client is a browser of its own and does not wait for the others."""

REPOSITORY = Path(__file__).resolve().parents[1]


class Contender(Protocol):
    """One kind of server."""

    @property
    def name(self) -> str: ...

    @property
    def has_document(self) -> bool:
        """Whether it knows Yjs; else the generator brings the document and nothing is asked."""
        ...

    @property
    def kept(self) -> str:
        """Glob of the files in which it keeps what is typed; empty when it keeps nothing."""
        ...

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        """A server that forgets a notebook ``idle_seconds`` after its last client left."""
        ...

    async def room(self, server: Server, path: str) -> str:
        """The address of the room of the notebook at ``path``, asked for as a browser does."""
        ...


def _jupyter(
    python: Path | str,
    place: Path,
    extensions: Mapping[str, bool],
    settings: Mapping[str, object],
    environment: Mapping[str, str],
) -> Server:
    """A Jupyter server with these extensions and nothing of the user's configuration."""
    # jupyter-server-fileid puts its database into the data folder and does not make it.
    (place / "data").mkdir(parents=True, exist_ok=True)
    port = free_port()
    lines = ["c = get_config()", f"c.ServerApp.jpserver_extensions = {dict(extensions)!r}"]
    lines += [f"c.{name} = {value!r}" for name, value in settings.items()]
    config = place / "config.py"
    config.write_text("\n".join(lines) + "\n")
    command = [
        str(python), "-m", "jupyter_server", f"--config={config}", f"--port={port}",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--ServerApp.open_browser=False",
        f"--ServerApp.root_dir={place / 'root'}", f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.log_level=WARN", "--allow-root",
    ]  # fmt: skip
    folders = {
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_DATA_DIR": str(place / "data"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
    }
    return Server(command, place=place, port=port, environment={**folders, **environment})


async def _json(server: Server, method: str, route: str, body: Mapping[str, str]) -> dict[str, str]:
    request = HTTPRequest(
        server.url + route,
        method=method,
        headers=HEADERS | {"Content-Type": "application/json"},
        body=json.dumps(body),
        request_timeout=120,
    )
    answer = await AsyncHTTPClient(max_clients=MOST_REQUESTS).fetch(request)
    found: dict[str, str] = json.loads(answer.body)
    return found


@dataclass(frozen=True)
class Ours:
    """This extension: durable before anybody else sees a change."""

    name: str = "anode_jlab"
    has_document: bool = True
    kept: str = "store/**/log.db*"

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        environment = {
            "ANODE_STORE_DIR": str(place / "store"),
            "ANODE_WARM_POOL_SIZE": "0",
            "PYTHONPATH": str(REPOSITORY),
        }
        if idle_seconds is not None:
            environment["ANODE_ROOM_IDLE_SECONDS"] = str(idle_seconds)
        return _jupyter(sys.executable, place, {"anode_jlab": True}, {}, environment)

    async def room(self, server: Server, path: str) -> str:
        opened = await _json(server, "POST", "anode/api/notebooks", {"path": path})
        return f"ws://127.0.0.1:{server.port}/anode/api/notebooks/{opened['id']}/room"


@dataclass(frozen=True)
class Collaboration:
    """jupyter-collaboration with its defaults, in an environment of its own."""

    python: Path
    name: str = "jupyter-collaboration"
    has_document: bool = True
    kept: str = "root/.jupyter_ystore.db*"

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        settings: dict[str, object] = {}
        if idle_seconds is not None:
            settings["YDocExtension.document_cleanup_delay"] = idle_seconds
        extensions = {"jupyter_server_ydoc": True, "jupyter_server_fileid": True}
        return _jupyter(self.python, place, extensions, settings, {})

    async def room(self, server: Server, path: str) -> str:
        route = f"api/collaboration/session/{quote(path)}"
        session = await _json(server, "PUT", route, {"format": "json", "type": "notebook"})
        room = f"json:notebook:{session['fileId']}?sessionId={session['sessionId']}"
        return f"ws://127.0.0.1:{server.port}/api/collaboration/room/{room}"


@dataclass(frozen=True)
class NbModel(Collaboration):
    """jupyter-server-nbmodel, which runs cells in the rooms of jupyter-collaboration."""

    name: str = "jupyter-server-nbmodel"

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        extensions = {
            "jupyter_server_nbmodel": True,
            "jupyter_server_ydoc": True,
            "jupyter_server_fileid": True,
        }
        return _jupyter(self.python, place, extensions, {}, {})


@dataclass(frozen=True)
class Documents:
    """jupyter-server-documents with its defaults, in an environment of its own."""

    python: Path
    name: str = "jupyter-server-documents"
    has_document: bool = True
    kept: str = ""

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        extensions = {"jupyter_server_documents": True, "jupyter_server_fileid": True}
        return _jupyter(self.python, place, extensions, {}, {})

    async def room(self, server: Server, path: str) -> str:
        found = await _json(server, "POST", f"api/fileid/index?path={quote(path)}", {})
        room = f"json:notebook:{found['id']}"
        return f"ws://127.0.0.1:{server.port}/api/collaboration/room/{room}"


@dataclass(frozen=True)
class Relay:
    """Passes frames on and knows nothing: the floor under every latency."""

    name: str = "bare relay"
    has_document: bool = False
    kept: str = ""

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        place.mkdir(parents=True, exist_ok=True)
        port = free_port()
        command = [sys.executable, "-m", "bench.relay", str(port)]
        environment = {"PYTHONPATH": str(REPOSITORY)}
        return Server(command, place=place, port=port, environment=environment)

    async def room(self, server: Server, path: str) -> str:
        return f"ws://127.0.0.1:{server.port}/room/{quote(path, safe='')}"


@dataclass(frozen=True)
class Plain:
    """jupyter_server without any extension: what starting costs anyhow."""

    name: str = "plain jupyter_server"
    has_document: bool = False
    kept: str = ""

    def server(self, place: Path, *, idle_seconds: float | None = None) -> Server:
        return _jupyter(sys.executable, place, {}, {}, {})

    async def room(self, server: Server, path: str) -> str:
        raise NotImplementedError("a plain server has no rooms")
