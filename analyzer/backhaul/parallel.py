"""Parsing in other processes: faster, and safe from a parser that hangs or crashes.

A grammar is C code that can neither be interrupted nor told to stop, and holds the interpreter's
lock. So files are parsed in forked processes wherever forking is to be had, where it takes two
milliseconds: a process that dies, or takes too long over a file, loses that file and nothing else.
Elsewhere starting a process costs as much as parsing 300 kB, and is done only for large trees.
"""

from __future__ import annotations

import heapq
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import Literal as Choice
from typing import TypeAlias

import msgspec
from msgspec import Struct

from backhaul.workers import ForkedWorker, SpawnedWorker, Worker

Method: TypeAlias = Choice["auto", "fork", "spawn", "here"]
Failure: TypeAlias = Choice["", "unreadable", "not-text", "mistake", "crash", "timeout"]
"""``mistake``: a front end raised an exception, and will again; ``crash``: the process died."""


_BYTES_PER_WORKER = 500_000  # below, another process costs more than it saves
_SPAWN_FROM = 3_000_000
_IN_FLIGHT = 2  # one being parsed, one waiting: a worker never waits for the next
_BYTES_PER_SECOND = 100_000  # slower than the slowest text seen


class Task(Struct, frozen=True, gc=False):
    """A file to parse, of ``size`` bytes. ``path`` is its name in reports; ``location`` where it lies.

    ``data`` stands in for what lies there.
    """

    path: str
    location: str
    size: int
    data: bytes | None = None


class Parsed(Struct, frozen=True, array_like=True, gc=False):
    """What became of a file: its module, encoded without its path, or the ``failure``.

    ``digest`` is that of the bytes that were parsed; ``reason`` what is known of a failure.
    """

    digest: bytes = b""
    module: bytes = b""
    failure: Failure = ""
    reason: str = ""


_encoder = msgspec.msgpack.Encoder()
_parsed_decoder = msgspec.msgpack.Decoder(Parsed)
_request_decoder = msgspec.msgpack.Decoder(tuple[bytes, bytes, bytes | None])


def parse_file(path: str, location: str, data: bytes | None = None) -> Parsed:
    """Read and parse one file, in this process. Never raises for what the file holds.

    ``data`` stands in for what lies at ``location``.
    """
    from backhaul.frontends import read_module
    from backhaul.model.declarations import encode_module
    from backhaul.sources.reading import content_digest, read_file
    from backhaul.sources.text import decode

    try:
        data = read_file(location) if data is None else data
    except OSError as error:
        return Parsed(failure="unreadable", reason=error.strerror or str(error))
    digest = content_digest(data)
    text = decode(data)
    if text is None:
        return Parsed(digest, failure="not-text")
    try:
        module = read_module(path, text)
        module.path = ""  # may hold what MessagePack cannot; whoever decodes the module knows it
        return Parsed(digest, encode_module(module))
    except Exception as error:  # a front end's mistake costs its file, not the scan
        return Parsed(digest, failure="mistake", reason=type(error).__name__)


def serve(request: bytes) -> bytes:
    """What a worker does with one request."""
    path, location, data = _request_decoder.decode(request)
    return _encoder.encode(parse_file(os.fsdecode(path), os.fsdecode(location), data))


def _request(task: Task) -> bytes:
    return _encoder.encode((os.fsencode(task.path), os.fsencode(task.location), task.data))


class Pool:
    """Parses files while its owner looks for more.

    ``jobs``: processes at most, 0 for the number of processors this process may use.
    ``file_seconds``: how long the parsing of a small file may take; a larger one has more.
    Use as a context manager: leaving it ends all processes.
    """

    def __init__(self, jobs: int = 0, method: Method = "auto", file_seconds: float = 20) -> None:
        self._jobs = jobs or processors()
        self._method = method
        self._file_seconds = file_seconds
        self._queue: list[tuple[int, str, Task]] = []
        self._queued_bytes = 0
        self._workers: list[Worker] = []
        self._busy: dict[Worker, _Assignment] = {}
        self._done: list[tuple[Task, Parsed]] = []
        self._tries: dict[str, int] = {}
        if method == "auto":
            self._method = "fork" if _can_fork() else "here"

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    @property
    def forked_processes(self) -> int:
        """How many processes there may be, this one included; 1 where none are forked."""
        return self._jobs if self._method == "fork" else 1

    def submit(self, task: Task) -> None:
        """Have ``task`` parsed, at once if a process is free."""
        self._enqueue(task)
        if self._method == "fork":
            self.pump()

    def pump(self) -> None:
        """Take in what is ready and hand out what waits, without waiting."""
        if self._busy or (self._queue and self._method != "here"):
            self._collect(0)
            self._hand_out()

    def drain(self) -> Iterator[tuple[Task, Parsed]]:
        """Every task submitted so far with its result, as they become ready: in no certain order."""
        if self._method == "here" and self._wants_processes():
            self._method = "spawn"
        while self._queue or self._busy or self._done:
            if self._done:
                yield self._done.pop()
            elif self._method == "here":
                task = self._next_task()
                yield task, parse_file(task.path, task.location, task.data)
            else:
                self._hand_out()
                self._collect(1.0)

    def _wants_processes(self) -> bool:
        return self._jobs > 1 and self._queued_bytes > _SPAWN_FROM and not _can_fork()

    def _enqueue(self, task: Task) -> None:
        heapq.heappush(self._queue, (-task.size, task.path, task))
        self._queued_bytes += task.size

    def _next_task(self) -> Task:
        task = heapq.heappop(self._queue)[2]
        self._queued_bytes -= task.size
        return task

    def _hand_out(self) -> None:
        """The largest waiting files to the workers with least to do."""
        while self._queue:
            wanted = min(self._jobs, -(-self._queued_bytes // _BYTES_PER_WORKER)) or 1
            idle = [worker for worker in self._workers if worker not in self._busy]
            if not idle and len(self._workers) < wanted:
                idle = [self._start()]
            free = idle or [w for w, a in self._busy.items() if len(a.tasks) < _IN_FLIGHT]
            if not free:
                return
            worker, task = free[0], self._next_task()
            assignment = self._busy.setdefault(worker, _Assignment())
            assignment.add(task)
            worker.send(_request(task))

    def _start(self) -> Worker:
        worker: Worker = (
            ForkedWorker(serve, self._workers) if self._method == "fork" else SpawnedWorker(serve)
        )
        self._workers.append(worker)
        return worker

    def _collect(self, seconds: float) -> None:
        """Replies that are there, after waiting for one at most ``seconds``; and who is overdue."""
        busy = list(self._busy)
        if not busy:
            return
        ready = type(busy[0]).wait(busy, seconds)
        for worker in ready:
            replies = worker.receive()
            for reply in replies:
                task = self._busy[worker].finish()
                self._done.append((task, _decoded(reply)))
            if worker.has_ended:
                self._lose(worker, Parsed(failure="crash", reason=worker.end()), tries=2)
            elif not self._busy[worker].tasks:
                del self._busy[worker]
        now = time.monotonic()
        for worker in busy:
            assignment = self._busy.get(worker)
            if (
                assignment is not None
                and worker not in ready
                and now > assignment.deadline(self._file_seconds)
            ):
                worker.end()
                taken = f"{now - assignment.started:.0f} s"
                self._file_seconds = max(self._file_seconds / 2, 1.0)  # a tree of traps must end, too
                self._lose(worker, Parsed(failure="timeout", reason=taken))

    def _lose(self, worker: Worker, failure: Parsed, tries: int = 1) -> None:
        """Blame the file that ``worker`` was at for its end; what else it had waits again.

        A file is given ``tries``: a process may also die of what it did before, or be killed.
        """
        self._workers.remove(worker)
        assignment = self._busy.pop(worker)
        task = assignment.finish()
        self._tries[task.path] = self._tries.get(task.path, 0) + 1
        if self._tries[task.path] >= tries:
            self._done.append((task, failure))
        else:
            assignment.tasks.append(task)
        for task in assignment.tasks:
            self._enqueue(task)


def _decoded(reply: bytes) -> Parsed:
    try:
        return _parsed_decoder.decode(reply)
    except msgspec.DecodeError:  # a parser wrote where it should not
        return Parsed(failure="crash", reason="its answer was damaged")


class _Assignment:
    """The files that a worker has: the first is being parsed since ``started``."""

    def __init__(self) -> None:
        self.tasks: deque[Task] = deque()
        self.started = 0.0

    def add(self, task: Task) -> None:
        if not self.tasks:
            self.started = time.monotonic()
        self.tasks.append(task)

    def finish(self) -> Task:
        self.started = time.monotonic()
        return self.tasks.popleft()

    def deadline(self, file_seconds: float) -> float:
        return self.started + file_seconds + self.tasks[0].size / _BYTES_PER_SECOND


def processors() -> int:
    """How many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_fork() -> bool:
    """Forking is there and safe: on macOS it is there, but system libraries may not survive it."""
    return hasattr(os, "fork") and sys.platform != "darwin"
