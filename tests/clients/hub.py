"""A real JupyterHub with its proxy, the servers that it starts, and its culler."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tests.clients.environment import REPOSITORY
from tests.integration.server_process import free_port
from tests.server_address import ServerAddress

PROXY = REPOSITORY / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"

PATIENCE_SECONDS = 120.0

POLL_SECONDS = 0.5
"""JupyterHub has no way to be told."""

TOKEN = "token-of-the-test-service"

CONFIG = """
c = get_config()  # noqa
c.JupyterHub.bind_url = "http://127.0.0.1:{port}/base/"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {people}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{place}/home/{{username}}"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.environment = {environment}
c.JupyterHub.load_roles = {roles}
c.JupyterHub.services = {services}
"""


class Hub:
    """``people`` may sign in; the server of ``owner`` is open to all of them."""

    def __init__(self, place: Path, python: str, *, people: Sequence[str], owner: str) -> None:
        self.port = free_port()
        self.people, self.owner = people, owner
        self._place, self._python = place, python
        self._process: asyncio.subprocess.Process | None = None
        self._log = place / "hub.log"

    async def __aenter__(self) -> Self:
        self._place.mkdir(parents=True, exist_ok=True)
        config = self._place / "jupyterhub_config.py"
        config.write_text(self._config())
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._python, "-m", "jupyterhub", "-f", config,
                cwd=self._place, env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        await self._until(self._answers)
        return self

    async def __aexit__(self, *_: object) -> None:
        process = self._process
        assert process is not None
        if process.returncode is None:
            if await self._server():
                await self._api("DELETE", f"users/{self.owner}/server")
                await self._until_gone()
            process.send_signal(signal.SIGTERM)  # it ends the proxy, too
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await process.wait()
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        # pytest shows it when the test failed.
        sys.stdout.write(self._log.read_text(errors="replace"))

    def _config(self) -> str:
        services = [{"name": "tests", "api_token": TOKEN}]
        scopes = ["admin:users", "admin:servers", "tokens", "list:users", "read:users:activity"]
        roles = [
            {"name": "tests", "services": ["tests"], "scopes": scopes},
            {"name": "class", "users": list(self.people),
                "scopes": [f"access:servers!user={self.owner}"]},
        ]  # fmt: skip
        environment = {
            "ANODE_STORE_DIR": str(self._place / "store"),
            "JUPYTERHUB_ACTIVITY_INTERVAL": "1",
            "PYTHONPATH": str(REPOSITORY),
            "JUPYTER_CONFIG_PATH": str(self._settings()),
        }
        return CONFIG.format(
            port=self.port,
            hub_port=free_port(),
            proxy_port=free_port(),
            proxy=[shutil.which("node"), str(PROXY)],
            people=set(self.people),
            place=self._place,
            python=self._python,
            environment=environment,
            roles=roles,
            services=services,
        )

    def _settings(self) -> Path:
        """Both are on as after ``pip install``."""
        folder = self._place / "settings"
        folder.mkdir()
        (folder / "jupyter_server_config.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": {"anode_jlab": True}}})
        )
        return folder

    @property
    def home(self) -> Path:
        """The folder of the owner's server."""
        folder = self._place / "home" / self.owner
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    async def start_server(self) -> None:
        """Start the owner's server and wait until it is there."""
        await self._api("POST", f"users/{self.owner}/server", {})
        await self._until(self.is_running)

    async def is_running(self) -> bool:
        """Whether the owner's server is there."""
        return bool((await self._server()).get("ready"))

    async def last_activity(self) -> datetime:
        """When something last went on in the owner's server, as JupyterHub knows it."""
        return datetime.fromisoformat((await self._server())["last_activity"])

    async def told_of_activity_after(self, moment: datetime) -> datetime:
        """Wait until JupyterHub hears that something went on after a moment."""

        async def is_later() -> bool:
            return await self.last_activity() > moment

        await self._until(is_later)
        return await self.last_activity()

    async def cull(self, idle_seconds: int) -> None:
        """Let JupyterHub's own culler end what is idle for so long, until the server is gone."""
        api = f"http://127.0.0.1:{self.port}/base/hub/api"
        with self._log.open("ab") as log:
            culler = await asyncio.create_subprocess_exec(
                self._python, "-m", "jupyterhub_idle_culler", f"--url={api}",
                f"--timeout={idle_seconds}", "--cull-every=1",
                env=os.environ | {"JUPYTERHUB_API_TOKEN": TOKEN}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            await self._until_gone()
        finally:
            culler.kill()
            await culler.wait()

    async def address_for(self, person: str) -> ServerAddress:
        """The owner's server as a person sees it who has signed in."""
        made = await self._api("POST", f"users/{person}/tokens", {})
        url = f"http://127.0.0.1:{self.port}/base/user/{self.owner}/"
        return ServerAddress(url=url, token=made["token"])

    async def _until_gone(self) -> None:
        async def is_gone() -> bool:
            return not await self._server()

        await self._until(is_gone)

    async def _server(self) -> dict[str, Any]:
        model = await self._api("GET", f"users/{self.owner}")
        server: dict[str, Any] = model["servers"].get("", {})
        return server

    async def _api(self, method: str, route: str, body: Any = None) -> Any:
        address = ServerAddress(url=f"http://127.0.0.1:{self.port}/base/hub/api/", token=TOKEN)
        answer = await address.fetch(method, route, body)
        assert answer.code < 400, answer.body
        return json.loads(answer.body or b"null")

    async def _answers(self) -> bool:
        try:
            await self._api("GET", f"users/{self.owner}")
        except (OSError, AssertionError):
            return False
        return True

    async def _until(self, true: Any) -> None:
        assert self._process is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await true():
                if self._process.returncode is not None:
                    raise AssertionError("JupyterHub ended:\n" + self._log.read_text())
                await asyncio.sleep(POLL_SECONDS)
