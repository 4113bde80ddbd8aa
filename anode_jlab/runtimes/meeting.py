"""The first words with a kernel: whether it answers, and which process it is that does."""

from __future__ import annotations

import asyncio

from anode_jlab.clock import Clock
from anode_jlab.errors import KernelNotStarted, KernelSilent
from anode_jlab.runtimes.kernel import KernelHost, KernelRef, Pulse
from anode_jlab.runtimes.session import Session, told

READY_SECONDS = 60.0
"""How long a kernel may take to answer; large environments on slow disks need it."""

PULSE_SECONDS = 0.5
"""How often the kernel's process is looked at: deaths are noticed within 3 s."""

CHANGE_SECONDS = 30.0
"""How long somebody else's stop or restart of the kernel may take; managers kill what has not
ended within some seconds."""

CHANGE_LOOK_SECONDS = 0.02
"""How often it is looked whether it is over: a person waits for the run."""


async def settled(host: KernelHost, clock: Clock, kernel_id: str) -> Pulse:
    """How a kernel is, once nobody stops or restarts it any more."""
    deadline = clock.monotonic() + CHANGE_SECONDS
    while True:
        pulse = await host.pulse(kernel_id)
        if not pulse.changing or clock.monotonic() >= deadline:
            return pulse
        await clock.sleep(CHANGE_LOOK_SECONDS)


async def present(host: KernelHost, clock: Clock, path: str) -> tuple[KernelRef | None, Pulse]:
    """The kernel that a notebook has, and how it is once nobody stops or restarts it any more."""
    found, pulse = await host.find(path), Pulse(known=False, alive=False)
    for _ in range(2):  # it may be ended while it is waited for
        if found is None or pulse.known:
            break
        pulse = await settled(host, clock, found.id)
        if not pulse.known:
            found = await host.find(path)
    return found, pulse


async def meet(host: KernelHost, clock: Clock, session: Session) -> None:
    """Wait for the first answer, and know which process gave it.

    Raises KernelNotStarted when it ended instead, KernelSilent when it takes too long; both tell
    the last lines that it wrote.
    """
    while True:
        before = await settled(host, clock, session.kernel.id)
        await _answering(host, session)
        pulse = await host.pulse(session.kernel.id, memory=True)
        if pulse.process == before.process and not pulse.changing:
            session.process = pulse.process
            session.saw(pulse, clock.monotonic())
            return


async def _answering(host: KernelHost, session: Session) -> None:
    """Wait for the first answer, but not for that of a dead process."""
    answer = asyncio.ensure_future(session.link.ready(READY_SECONDS))
    try:
        while not answer.done():
            await asyncio.wait([answer], timeout=PULSE_SECONDS)
            pulse = await host.pulse(session.kernel.id)
            if not answer.done() and not pulse.alive and not pulse.changing:
                ended = f"The kernel ended at once ({told(pulse.exit_code)})."
                raise KernelNotStarted(_with_last_words(host, session, ended))
        answer.result()
    except KernelSilent as error:
        raise KernelSilent(_with_last_words(host, session, error.message)) from None
    finally:
        answer.cancel()


def _with_last_words(host: KernelHost, session: Session, message: str) -> str:
    words = host.last_words(session.kernel.id)
    return f"{message} It wrote:\n{words}" if words else message
