"""Kernels of notebooks that go on when the server is killed, and are taken up by the next one.

This is what ``jupyter_client`` has provisioners for. Ours starts processes as the stock one does,
but does not tell them to end with their parent, it can be given a process that lives already, and
it keeps what they write to their standard error. It is registered in the running process only, and
only in the place of the stock one.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

from jupyter_client.connect import LocalPortCache
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from anode_jlab.eventlog.machine import Process, is_alive
from anode_jlab.runtimes.last_words import LastWords, Relay
from anode_jlab.runtimes.reaping import Reaper
from anode_jlab.runtimes.records import KernelRecord, Records, new_record

STOCK = "local-provisioner"
OURS = "anode-provisioner"

LOOK_SECONDS = 0.05
"""How often a process that is not our child is looked at while it is waited for."""

logger = logging.getLogger(__name__)


class FoundProcess:
    """A process that another server started, in the manner of ``subprocess.Popen``. How it ended is
    told to its parent only."""

    stdin = stdout = stderr = None

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """None while it lives."""
        return None if is_alive(self._process) else 0

    def wait(self) -> int:
        """Wait for its end, which has been seen already where this is called."""
        while self.poll() is None:
            time.sleep(LOOK_SECONDS)
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class SurvivingProvisioner(LocalProvisioner):
    """Starts the kernels of sessions independent of the server, and writes down where they are."""

    records: ClassVar[Records | None] = None
    reaper: ClassVar[Reaper | None] = None
    relay: ClassVar[Relay | None] = None

    is_found = False
    """The process was another server's, so that its exit code will not be known."""

    _found: KernelRecord | None = None
    _independent = False
    _words: LastWords | None = None

    @property
    def last_words(self) -> str:
        """The end of what the process wrote to its standard error."""
        return "" if self._words is None else self._words.tail()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Whether to start a process or to take one; its connection is known afterwards."""
        records = type(self).records
        self._independent = records is not None and "JPY_SESSION_NAME" in (kwargs.get("env") or {})
        self._found = None
        record = None if records is None else records.get(self.kernel_id)
        if self._independent and record is not None and record.is_alive:
            assert self.parent is not None  # the manager that launches it
            self.parent.load_connection_info(dict(record.connection))
            # Its ports are in use, and stay this kernel's when it is restarted.
            LocalPortCache.instance().currently_used_ports.update(self.parent.ports)
            self.ports_cached = True
            self._found = record
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the process, or take the one that is there."""
        self.is_found = self._found is not None
        if self._found is not None:
            found: Any = FoundProcess(self._found.process)
            self.process, self.pid = found, found.pid
            self.pgid = os.getpgid(found.pid)
            self.cwd = kwargs.get("cwd")
            self._listen(fresh=False)
            logger.info("Kernel %s of an earlier server was taken up", self.kernel_id)
            return self.connection_info
        self._listen()
        if self._words is not None:
            kwargs.setdefault("stderr", self._words.descriptor)
        if not self._independent:
            return await super().launch_kernel(cmd, **kwargs)
        kwargs["env"] = {
            key: value for key, value in kwargs["env"].items() if key != "JPY_PARENT_PID"
        }
        info = await super().launch_kernel(cmd, **kwargs, independent=True)
        self._write_down(info)
        return info

    async def cleanup(self, restart: bool = False) -> None:
        """The kernel has ended."""
        if not restart:
            self._leave()
        if self.records is not None:
            self.records.drop(self.kernel_id)
        await super().cleanup(restart=restart)

    def _listen(self, *, fresh: bool = True) -> None:
        self._leave()
        if self.relay is None:
            return
        place = None
        if self._independent and self.records is not None:
            place = self.records.words_of(self.kernel_id)
        try:
            self._words = LastWords(place, fresh=fresh)
        except OSError as error:
            logger.warning("What kernel %s writes is not kept: %s", self.kernel_id, error)
        else:
            self.relay.follow(self._words)

    def _leave(self) -> None:
        words, self._words = self._words, None
        if words is not None and self.relay is not None:
            self.relay.leave(words)

    def _write_down(self, info: Any) -> None:
        if self.records is None or self.reaper is None or self.pid is None or self.parent is None:
            return
        name = self.parent.kernel_name
        self.records.put(new_record(self.kernel_id, name, self.pid, self.records.root, info))
        self.reaper.begin()


def install(parent: Any, records: Records | None, reaper: Reaper | None) -> bool:
    """Use it for kernels whose specification names no provisioner; not where the operator has
    chosen another one. Without records kernels end with the server."""
    factory = KernelProvisionerFactory.instance(parent=parent)
    if factory.default_provisioner_name not in (STOCK, OURS):
        return False
    SurvivingProvisioner.records, SurvivingProvisioner.reaper = records, reaper
    SurvivingProvisioner.relay = Relay()
    value = f"{__name__}:{SurvivingProvisioner.__name__}"
    factory.provisioners[OURS] = EntryPoint(OURS, value, factory.GROUP_NAME)
    factory.default_provisioner_name = OURS
    return True


def uninstall() -> None:
    """New kernels end with the server again."""
    factory = KernelProvisionerFactory.instance()
    if factory.default_provisioner_name == OURS:
        factory.default_provisioner_name = STOCK
    if SurvivingProvisioner.relay is not None:
        SurvivingProvisioner.relay.close()
