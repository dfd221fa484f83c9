"""Doing a thing again when it is asked for: not before it is quiet, and not twice at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Refresh:
    """Runs ``work`` some time after it was asked for; what is asked for meanwhile puts it off.

    When it is asked for while it runs, it runs once more. To be used in the thread of the event loop.
    """

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._is_due = False

    def ask(self, seconds: float) -> None:
        """Have the work done in ``seconds``, unless it is asked for again before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._start)

    def stop(self) -> None:
        """Do nothing more."""
        self._is_due = False
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            self._running.cancel()

    def _start(self) -> None:
        if self._running is not None and not self._running.done():
            self._is_due = True
            return
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        self._is_due = True
        while self._is_due:
            self._is_due = False
            await self._work()
