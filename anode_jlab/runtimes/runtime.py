"""The runtime of one notebook: starts a kernel when one is needed, and notices how it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from anode_jlab.clock import Clock
from anode_jlab.errors import KernelNotStarted, KernelSilent, NotPossibleNow
from anode_jlab.events.runtime import (
    RuntimeHandedOff,
    RuntimeSessionStarted,
    RuntimeSessionStatusChanged,
    RuntimeSessionTerminated,
    SessionStatus,
    Termination,
)
from anode_jlab.ids import Ids, NotebookId, SessionId
from anode_jlab.runtimes.kernel import KernelHost, KernelLink, KernelRef
from anode_jlab.runtimes.listener import RuntimeListener
from anode_jlab.runtimes.meeting import (
    CHANGE_LOOK_SECONDS,
    CHANGE_SECONDS,
    PULSE_SECONDS,
    meet,
    present,
)
from anode_jlab.runtimes.session import Health, Session
from anode_jlab.runtimes.usage import Usage

logger = logging.getLogger(__name__)

BEAT_SECONDS = 4.0
"""How often the heartbeat is asked for, and how long it may take."""

HEARS_SECONDS = 20.0
"""How long a kernel that was found running may take to be heard; it can be busy with code that
lets nothing else run."""

HEED_SECONDS = 5.0
"""How long a kernel may take to break off what it runs: most do at once."""

CAPABILITIES = ("code",)


class Runtime:
    """At most one living session at a time."""

    def __init__(
        self,
        host: KernelHost,
        *,
        clock: Clock,
        ids: Ids,
        notebook: NotebookId,
        path: Callable[[], str],
        listener: RuntimeListener,
    ) -> None:
        self._host = host
        self._clock = clock
        self._ids = ids
        self._notebook = notebook
        self._path = path
        self._listener = listener
        self._lock = asyncio.Lock()
        self.session: Session | None = None
        self._gave_way: SessionId | None = None
        """The last session, when it ended to make place for the next."""
        self._avoided: str | None = None
        """The kernel that did not start to answer: it is not tried again by itself."""

    @property
    def status(self) -> str:
        """``none``, or what the living session does."""
        return "none" if self.session is None else self.session.status.value

    async def ready(self, kernel_name: str | None = None) -> Session:
        """The living session, started when there is none; it has answered, and what others did to
        the kernel before this was asked for is in it.

        A kernel that the notebook has by now is taken, whatever it is called.
        Raises NoKernelSpec, KernelNotStarted, KernelSilent.
        """
        async with self._lock:
            session = self.session
            if session is not None and await self.goes_on(session):
                return session
            return await self._begin(kernel_name)

    async def goes_on(self, session: Session, *, memory: bool = False) -> bool:
        """Whether the kernel is still the one that this session began with; waits while somebody
        stops or restarts it. A session that does not go on has ended when this returns.
        ``memory``: also take note of how much it uses."""
        deadline = self._clock.monotonic() + CHANGE_SECONDS
        while self.session is session:
            pulse = await self._host.pulse(session.kernel.id, memory=memory)
            if self.session is not session:
                break
            if not pulse.known:
                await self._end(session, Termination.SHUTDOWN)
            elif session.is_replaced(pulse):
                await self._end(session, *session.replacement(pulse))
            elif pulse.changing and self._clock.monotonic() < deadline:
                await self._clock.sleep(CHANGE_LOOK_SECONDS)
            elif not pulse.alive:
                await self._end(session, *session.death(pulse.exit_code))
            else:
                session.saw(pulse, self._clock.monotonic())
                return True
        return False

    async def adopt(self) -> bool:
        """Take the kernel that the server runs for this notebook already; False when none."""
        async with self._lock:
            if self.session is None:
                found = await self._host.find(self._path())
                if found is not None and found.id != self._avoided:
                    pulse = await self._host.pulse(found.id)
                    if pulse.alive and not pulse.changing:
                        await self._open(found)
            return self.session is not None

    async def attach(self, kernel_id: str) -> None:
        """Make sure that a kernel is the one of this notebook, which gets it when it has none.

        Raises NotPossibleNow when it has another one.
        """
        async with self._lock:
            found = await self._host.find(self._path())
            if found is None:
                await self._host.bind(self._path(), kernel_id)
            elif found.id != kernel_id:
                raise NotPossibleNow(f"The notebook has another kernel, {found.id}.")

    async def resume(self, id_: SessionId, kernel: KernelRef, status: SessionStatus) -> Session:
        """Go on with a session of an earlier life of the server; its kernel may be busy.

        Raises KernelNotStarted when the kernel is gone.
        """
        async with self._lock:
            session = Session(id_, kernel, await self._connect(kernel), status=status)
            self.session = session
            pulse = await self._host.pulse(kernel.id, memory=True)
            session.process = pulse.process
            session.saw(pulse, self._clock.monotonic())
            await session.link.hears(HEARS_SECONDS)
            session.watch = asyncio.create_task(self._watch(session), name=f"kernel {kernel.id}")
            return session

    async def interrupt(self) -> None:
        """Break off what runs; a kernel that goes on with it is unresponsive from then on.

        Raises NotPossibleNow without a session.
        """
        session = self.session
        if session is None:
            raise NotPossibleNow("There is no kernel to interrupt.")
        if session.patience is None or session.patience.done():
            # Before it is asked for, because it may be over when that returns.
            session.patience = asyncio.create_task(
                self._look_whether_it_heeds(session), name=f"kernel {session.kernel.id}"
            )
        await self._host.interrupt(session.kernel.id)

    async def restart(self) -> Session:
        """A new session of the same kernel, or the first one."""
        async with self._lock:
            before = self.session
            if before is None:
                return await self._begin(None)
            self._set_status(before, SessionStatus.RESTARTING)
            await self._end(before, Termination.RESTART)
            await self._host.restart(before.kernel.id)
            return await self._open(before.kernel)

    async def replace(self, kernel_name: str | None = None) -> Session:
        """Another kernel, of another kind if wished, in the place of the present one, which goes on
        until the other is ready. While this lasts, ``ready`` waits.

        Raises NoKernelSpec and KernelNotStarted; the present kernel stays then.
        """
        async with self._lock:
            before = self.session
            if before is None or not await self.goes_on(before):
                return await self._begin(kernel_name, exact=True)
            self._set_status(before, SessionStatus.RESTARTING)
            try:
                after = await self._prepare(kernel_name or before.kernel.name)
            except BaseException:
                if self.session is before:
                    self._set_status(before, before.before)
                raise
            await self._end(before, Termination.DISPLACED)
            await self._host.switch(self._path(), before.kernel.id, after.kernel.id)
            self._introduce(after)
            await self._settle_in(after)
            return after

    async def stop(self, reason: Termination = Termination.SHUTDOWN, detail: str = "") -> None:
        """End the kernel; nothing happens when there is none."""
        async with self._lock:
            session = self.session
            if session is not None:
                await self._end(session, reason, detail)
                await self._host.shutdown(self._path(), session.kernel.id)

    async def close(self, reason: Termination | None = None) -> None:
        """Let go of the kernel, which goes on; with a reason the session is told to have ended."""
        session = self.session
        if session is None:
            return
        if reason is None:
            self.session = None
            await self._let_go(session)
        else:
            await self._end(session, reason)

    def set_busy(self, busy: bool, *, foreign: bool = False) -> None:
        """Tell what the session does: a run of the queue, or of somebody else."""
        session = self.session
        if session is None:
            return
        session.before = SessionStatus.BUSY if busy else SessionStatus.READY
        was_stubborn, session.is_stubborn = session.is_stubborn, False
        if session.patience is not None:
            session.patience.cancel()
        if session.status is SessionStatus.RESTARTING:
            return
        # That it answers again is told by its heartbeat, or by the end of a run.
        if not busy or was_stubborn or session.status is not SessionStatus.UNRESPONSIVE:
            self._set_status(session, session.before, foreign=foreign and busy)

    def health(self) -> Health:
        """How the living session was when it was last looked at."""
        session = self.session
        return Health() if session is None else session.health(self._clock.monotonic())

    async def usage(self) -> Usage | None:
        """What the living session uses of the machine, measured now unless it just was; None where
        that cannot be known: without a session, and for kernels that run elsewhere."""
        session = self.session
        return None if session is None else await session.measured(self._clock.monotonic())

    # --- inside ----------------------------------------------------------------------------------

    async def _begin(self, kernel_name: str | None, *, exact: bool = False) -> Session:
        """A session of the kernel that the notebook has, or of a new one; with ``exact`` one of
        another name is not taken."""
        found, pulse = await present(self._host, self._clock, self._path())
        if found is not None and not pulse.alive and found.id == self._avoided:
            # Its manager would start it as it was, whatever was mended since.
            await self._host.shutdown(self._path(), found.id)
            kernel_name, found = kernel_name or found.name, None
        if found is None or (exact and kernel_name not in (None, found.name)):
            kernel = await self._host.start(self._path(), kernel_name)
            try:
                return await self._open(kernel)
            except KernelNotStarted:
                # Its manager would start it again and again.
                await self._host.shutdown(self._path(), kernel.id)
                raise
        if not pulse.alive:
            await self._host.restart(found.id)
        return await self._open(found)

    async def _prepare(self, kernel_name: str) -> Session:
        """A session of a new kernel that answers, beside the present one."""
        kernel = await self._host.prepare(self._path(), kernel_name)
        session = None
        try:
            session = Session(self._ids.session(), kernel, await self._connect(kernel))
            await meet(self._host, self._clock, session)
        except BaseException as error:
            if session is not None:
                await session.link.close()
            await self._host.discard(kernel.id)
            if isinstance(error, KernelNotStarted):
                message = f"The present kernel stays. {error.message}"
                raise KernelNotStarted(message, hint=error.hint) from error
            raise
        return session

    async def _open(self, kernel: KernelRef) -> Session:
        session = Session(self._ids.session(), kernel, await self._connect(kernel))
        self._introduce(session)
        try:
            await meet(self._host, self._clock, session)
        except KernelNotStarted as error:
            self._avoided = kernel.id
            is_silent = isinstance(error, KernelSilent)
            reason = Termination.TIMEOUT if is_silent else Termination.ERROR
            await self._end(session, reason, error.message)
            raise
        except BaseException:
            await self._end(session, Termination.ERROR)
            raise
        await self._settle_in(session)
        return session

    def _introduce(self, session: Session) -> None:
        """This is the living session from now on."""
        self.session, kernel = session, session.kernel
        self._listener.on_runtime(
            [
                RuntimeSessionStarted(
                    session_id=session.id,
                    kernel_id=kernel.id,
                    kernel_name=kernel.name,
                    language=kernel.language,
                    capabilities=CAPABILITIES,
                )
            ]
        )

    async def _settle_in(self, session: Session) -> None:
        """It has answered: it may run code, and is watched."""
        kernel = session.kernel
        self._set_status(session, SessionStatus.READY)
        await self._host.keep(kernel.id, self._notebook, self._path())
        before, self._gave_way = self._gave_way, None
        if before is not None:
            handed_off = RuntimeHandedOff(from_session=before, to_session=session.id)
            self._listener.on_runtime([handed_off])
        session.watch = asyncio.create_task(self._watch(session), name=f"kernel {kernel.id}")

    async def _connect(self, kernel: KernelRef) -> KernelLink:
        return await self._host.connect(kernel.id, self._listener.on_message, self._notebook)

    def _set_status(
        self, session: Session, status: SessionStatus, *, foreign: bool = False
    ) -> None:
        if (session.status, session.foreign) == (status, foreign):
            return
        session.status, session.foreign = status, foreign
        self._listener.on_runtime(
            [RuntimeSessionStatusChanged(session_id=session.id, status=status, foreign=foreign)]
        )

    async def _end(self, session: Session, reason: Termination, detail: str = "") -> None:
        if self.session is not session:
            return
        self.session = None
        gives_way = reason in (Termination.RESTART, Termination.DISPLACED)
        self._gave_way = session.id if gives_way else None
        self._listener.on_runtime(
            [RuntimeSessionTerminated(session_id=session.id, reason=reason, detail=detail)]
        )
        self._listener.on_session_ended(session.id, reason, detail)
        await self._let_go(session)

    async def _let_go(self, session: Session) -> None:
        for task in (session.watch, session.patience):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        session.watch = session.patience = None
        await session.link.close()

    async def _watch(self, session: Session) -> None:
        """Notice what happens to the process, whoever does it; the session's task."""
        beat_at, beat = self._clock.monotonic(), None
        try:
            while self.session is session:
                await self._clock.sleep(PULSE_SECONDS)
                if not await self.goes_on(session, memory=True):
                    return
                await self._host.keep(session.kernel.id, self._notebook, self._path())
                if self._clock.monotonic() - beat_at >= BEAT_SECONDS:
                    # Beside the process: a kernel that dies meanwhile is restarted by its manager
                    # within some seconds, and is then taken for one that somebody has restarted.
                    beat_at = self._clock.monotonic()
                    if beat is None or beat.done():
                        beat = asyncio.create_task(self._look_for_beat(session))
        finally:
            if beat is not None:
                beat.cancel()
                await asyncio.gather(beat, return_exceptions=True)

    async def _look_whether_it_heeds(self, session: Session) -> None:
        """Ends before that when it begins or ends a run."""
        await self._clock.sleep(HEED_SECONDS)
        if self.session is session and session.status is SessionStatus.BUSY:
            session.is_stubborn = True
            self._set_status(session, SessionStatus.UNRESPONSIVE, foreign=session.foreign)

    async def _look_for_beat(self, session: Session) -> None:
        asked = self._clock.monotonic()
        beats = await session.link.beats(BEAT_SECONDS)
        if self.session is not session:
            return
        session.beat_seconds = self._clock.monotonic() - asked if beats else None
        if session.status is SessionStatus.RESTARTING:
            return
        if not beats:
            if session.status is not SessionStatus.UNRESPONSIVE:
                session.before = session.status
            self._set_status(session, SessionStatus.UNRESPONSIVE, foreign=session.foreign)
        elif session.status is SessionStatus.UNRESPONSIVE and not session.is_stubborn:
            self._set_status(session, session.before, foreign=session.foreign)
