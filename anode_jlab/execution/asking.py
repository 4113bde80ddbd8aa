"""Asks a kernel one thing at a time beside its runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from anode_jlab.runtimes.kernel import KernelMessage
from anode_jlab.runtimes.session import Session


class Asker:
    """Of one notebook. Its questions are ``execute_request``s that are silent, and no runs."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._request = ""
        self._answer: asyncio.Future[Mapping[str, Any]] | None = None

    def take(self, message: KernelMessage) -> bool:
        """Look at a message; True when it belongs to the last question."""
        if not self._request or message.parent != self._request:
            return False
        is_reply = (message.channel, message.kind) == ("shell", "execute_reply")
        if is_reply and self._answer is not None and not self._answer.done():
            self._answer.set_result(message.content)
        return True

    async def ask(
        self, session: Session, content: Mapping[str, Any], seconds: float
    ) -> Mapping[str, Any] | None:
        """The reply; None when there was none in that time."""
        async with self._lock:
            self._request = session.link.send("execute_request", content)
            self._answer = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    return await self._answer
            except TimeoutError:
                return None
            finally:
                self._answer = None
