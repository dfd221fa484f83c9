"""A progress bar for scans that take long enough to wonder about."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0  # seconds before the bar appears
_PAUSE = 0.1  # seconds between two drawings


@contextmanager
def progress_bar(stream: TextIO, *, is_wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A function that is told how many of how many files are done; None where ``stream`` is no terminal.

    The bar is drawn by the calls alone, without a thread (processes are forked meanwhile), and
    leaves nothing behind.
    """
    if not is_wanted or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    bar = _Bar(stream)
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = time.monotonic() + _PATIENCE
        self._bar: Progress | None = None

    def show(self, done: int, count: int) -> None:
        now = time.monotonic()
        is_last = done == count and self._bar is not None
        if now < self._next and not is_last:
            return
        self._next = now + _PAUSE
        if self._bar is None:
            self._bar = _started(self._stream)
        doing = "Matching" if done == count else "Parsing"  # until the next files, if there are any
        self._bar.update(self._bar.task_ids[0], description=doing, completed=done, total=count)
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _started(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
    bar = Progress(
        *columns, console=Console(file=stream, force_terminal=True), transient=True, auto_refresh=False
    )
    bar.add_task("Parsing")
    bar.start()
    return bar
