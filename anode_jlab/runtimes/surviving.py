"""Kernels of notebooks that go on when the server is killed, and are taken up by the next one.

This is what ``jupyter_client`` has provisioners for. Ours starts processes as the stock one does,
but does not tell them to end with their parent, it can be given a process that lives already (one
that an earlier server left, or one that was started ahead), and it keeps what they write to their
standard error. It is registered in the running process only, and only in the place of the stock
one.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

from jupyter_client.connect import LocalPortCache
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from anode_jlab.errors import KernelSilent
from anode_jlab.eventlog.machine import Process, is_alive
from anode_jlab.runtimes.environments import Environments
from anode_jlab.runtimes.last_words import LastWords, Relay
from anode_jlab.runtimes.reaping import Reaper
from anode_jlab.runtimes.records import KernelRecord, Records, new_record
from anode_jlab.runtimes.spare import Spare, SpareManager
from anode_jlab.runtimes.warm_pool import WarmPool

STOCK = "local-provisioner"
OURS = "anode-provisioner"

LOOK_SECONDS = 0.05
"""How often a process that is not our child is looked at while it is waited for."""

USUAL = frozenset({"env", "cwd", "extra_arguments", "kernel_id", "transport_encryption"})
"""What a server's managers say about a process that is to be started; who says more means another
one than those that are started ahead."""

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
    pool: ClassVar[WarmPool | None] = None
    environments: ClassVar[Environments | None] = None

    is_found = False
    """The process was another server's, so that its exit code will not be known."""

    _found: KernelRecord | None = None
    _spare: Spare | None = None
    """The process was started ahead; kept, as its connection file goes with it."""
    _independent = False
    _words: LastWords | None = None

    @property
    def last_words(self) -> str:
        """The end of what the process wrote to its standard error."""
        return "" if self._words is None else self._words.tail()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Whether to start a process or to take one; its connection is known afterwards."""
        records = type(self).records
        is_of_session = "JPY_SESSION_NAME" in (kwargs.get("env") or {})
        self._independent = records is not None and is_of_session
        if is_of_session and self.environments is not None:
            own = await self.environments.of_session(kwargs["env"]["JPY_SESSION_NAME"])
            kwargs["env"] = {**kwargs["env"], **own}
        self._found = self._spare = None
        record = None if records is None else records.get(self.kernel_id)
        if self._independent and record is not None and record.is_alive:
            self._take(record.connection)
            self._found = record
        elif is_of_session and not self.ports_cached:
            self._spare = self._spare_for(kwargs)
            if self._spare is not None:
                self._take(self._spare.connection)
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
        if self._spare is not None and await self._put_on(self._spare, kwargs):
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
        self._spare = None
        await super().cleanup(restart=restart)

    def _take(self, connection: Mapping[str, Any]) -> None:
        """Have the connection of a process that lives already."""
        assert self.parent is not None  # the manager that launches it
        self.parent.load_connection_info(dict(connection))
        # Its ports are in use, and stay this kernel's when it is restarted.
        LocalPortCache.instance().currently_used_ports.update(self.parent.ports)
        self.ports_cached = True

    def _spare_for(self, kwargs: Mapping[str, Any]) -> Spare | None:
        """One that was started ahead, if it would be what is asked for."""
        manager, pool = self.parent, type(self).pool
        is_usual = not kwargs.get("extra_arguments") and kwargs.keys() <= USUAL
        if pool is None or manager is None or isinstance(manager, SpareManager) or not is_usual:
            return None
        return pool.take(manager.kernel_name, kwargs["env"])

    async def _put_on(self, spare: Spare, kwargs: Mapping[str, Any]) -> bool:
        """Make a process that was started ahead this kernel's; False when it is of no use, and
        another is to be started with its connection."""
        process = spare.process
        folder = str(kwargs.get("cwd") or os.getcwd())
        try:
            await spare.dress(kwargs["env"], folder)
        except KernelSilent as error:
            logger.info("Kernel %s: %s", self.kernel_id, error)
            await spare.close()
            self._spare = None
            return False
        self.process, self.pid, self.cwd = process, process.pid, folder
        self.pgid = os.getpgid(process.pid)
        other = spare.manager.provisioner
        if isinstance(other, SurvivingProvisioner):
            self._words, other._words = other._words, None
        if self.records is not None:
            self.records.hand_on(spare.manager.kernel_id or "", self.kernel_id)
        if self._independent:
            self._write_down(self.connection_info)
        logger.info("Kernel %s was started ahead", self.kernel_id)
        return True

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


def install(
    parent: Any,
    records: Records | None,
    reaper: Reaper | None,
    pool: WarmPool | None,
    environments: Environments,
) -> bool:
    """Use it for kernels whose specification names no provisioner; not where the operator has
    chosen another one. Without records kernels end with the server."""
    factory = KernelProvisionerFactory.instance(parent=parent)
    if factory.default_provisioner_name not in (STOCK, OURS):
        return False
    SurvivingProvisioner.records, SurvivingProvisioner.reaper = records, reaper
    SurvivingProvisioner.relay = Relay()
    SurvivingProvisioner.pool, SurvivingProvisioner.environments = pool, environments
    value = f"{__name__}:{SurvivingProvisioner.__name__}"
    factory.provisioners[OURS] = EntryPoint(OURS, value, factory.GROUP_NAME)
    factory.default_provisioner_name = OURS
    return True


def uninstall() -> None:
    """New kernels end with the server again."""
    SurvivingProvisioner.pool = SurvivingProvisioner.environments = None
    factory = KernelProvisionerFactory.instance()
    if factory.default_provisioner_name == OURS:
        factory.default_provisioner_name = STOCK
    if SurvivingProvisioner.relay is not None:
        SurvivingProvisioner.relay.close()
