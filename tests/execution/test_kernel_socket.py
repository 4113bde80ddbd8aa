"""What a kernel socket still gets of cells that the server runs, with a real kernel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.websocket import WebSocketClientConnection, websocket_connect

from anode_jlab.handlers.kernel_socket import SETTING, KernelSocket, install
from tests.execution.notebook import Notebook
from tests.server_address import ServerAddress

Write = Callable[..., Path]

V1 = "v1.kernel.websocket.jupyter.org"

SOURCE = """
from comm import create_comm
from IPython.display import clear_output, display
print("ours")
display("ours")
create_comm(target_name="of-the-test", data={})
clear_output()
"ours"
"""


class Tab:
    """A kernel socket as a browser has it, and all that came over it."""

    def __init__(self, socket: WebSocketClientConnection, protocol: str | None) -> None:
        self._socket = socket
        self._protocol = protocol
        self.kinds: list[str] = []

    async def until_idle(self, request: str | None = None) -> None:
        """Read until an execution is over: one asked for with this id, or any."""
        async with asyncio.timeout(60):
            while True:
                header, parent, content = self._parsed(await self._socket.read_message())
                self.kinds.append(header["msg_type"])
                over = content.get("execution_state") == "idle"
                asked = parent.get("msg_type") == "execute_request"
                if over and asked and request in (None, parent["msg_id"]):
                    return

    async def execute(self, code: str) -> None:
        header = {"msg_id": "asked", "msg_type": "execute_request", "session": "a-tab"}
        header |= {"username": "", "date": "2026-01-01T00:00:00Z", "version": "5.3"}
        content = {"code": code, "silent": False, "allow_stdin": False}
        if self._protocol is None:
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            await self._socket.write_message(json.dumps({**message, "channel": "shell"}))
        else:
            parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
            frame: bytes = serialize_msg_to_ws_v1(parts, "shell")  # type: ignore[no-untyped-call]
            await self._socket.write_message(frame, binary=True)
        await self.until_idle("asked")

    def _parsed(self, frame: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if isinstance(frame, str):
            message = json.loads(frame)
            return message["header"], message["parent_header"], message["content"]
        _, parts = deserialize_msg_from_ws_v1(frame)  # type: ignore[no-untyped-call]
        header, parent, _, content = (json.loads(part) for part in parts[:4])
        return header, parent, content


@pytest.mark.parametrize("protocol", [None, V1])
async def test_outputs_of_ours_are_withheld(
    address: ServerAddress, write_notebook: Write, protocol: str | None
) -> None:
    write_notebook("a.ipynb", SOURCE)
    notebook = await Notebook.opened(address, "a.ipynb")
    kernel = (await notebook.runtime("start"))["kernel_id"]
    url = address.socket_url(f"api/kernels/{kernel}/channels?token={address.token}")
    socket = await websocket_connect(url, subprotocols=[protocol] if protocol else None)
    tab = Tab(socket, protocol)
    await tab.execute("print('theirs')\n'theirs'")
    assert {"stream", "execute_result"} <= set(tab.kinds)
    tab.kinds.clear()
    await notebook.run("cell-0")
    while "execute_input" not in tab.kinds:  # before its first cell we prepare a kernel, silently
        await tab.until_idle()
    assert {"status", "execute_input", "comm_open", "clear_output"} <= set(tab.kinds)
    assert not {"stream", "display_data", "execute_result"} & set(tab.kinds)
    assert [one["output_type"] for one in await notebook.outputs("cell-0")] == ["execute_result"]
    socket.close()


async def test_a_connection_that_an_operator_chose_stays(
    jp_serverapp: ServerApp, address: ServerAddress
) -> None:
    assert jp_serverapp.web_app.settings[SETTING] is KernelSocket
    settings: dict[str, Any] = {SETTING: dict}
    assert install(settings) is False
    assert settings == {SETTING: dict}
