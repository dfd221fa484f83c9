"""Processes that answer requests, one after the other, and may die at any time."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Serve = Callable[[bytes], bytes]

_CPU_SECONDS = 600  # of one worker: only a hung one whose parent is gone ever gets there
_MOST_MEMORY = 4 << 30
_LENGTH = 4  # bytes before each message


class Worker(Protocol):
    """A process that answers requests in the order they are sent."""

    has_ended: bool

    def send(self, request: bytes) -> None:
        """Hand over a request. A worker that died takes it without complaint: see ``receive``."""

    def receive(self) -> list[bytes]:
        """The replies that are there. Sets ``has_ended`` when the process is gone."""

    def end(self) -> str:
        """End the process, however busy; gives how it died if it had already: ``signal 11``."""

    @staticmethod
    def wait(workers: Sequence[Worker], seconds: float) -> list[Worker]:
        """Those that have replied or died, after waiting at most ``seconds`` for the first."""


class ForkedWorker:
    """A copy of this process. Starts in two milliseconds with everything already imported."""

    def __init__(self, serve: Serve, others: Sequence[Worker]) -> None:
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        self._received = bytearray()
        self.has_ended = False
        self._pid = os.fork()
        if self._pid == 0:
            inherited = [self._requests, self._replies]
            for other in others:
                if isinstance(other, ForkedWorker):
                    inherited += [other._requests, other._replies]
            _live_as_worker(serve, requests, replies, inherited)
        os.close(requests)
        os.close(replies)

    def send(self, request: bytes) -> None:
        with suppress(BrokenPipeError):
            _write(self._requests, request)

    def receive(self) -> list[bytes]:
        data = os.read(self._replies, 1 << 20)
        self.has_ended = not data
        self._received += data
        replies = []
        start = 0
        while len(self._received) - start >= _LENGTH:
            end = start + _LENGTH + int.from_bytes(self._received[start : start + _LENGTH], "little")
            if end > len(self._received):
                break
            replies.append(bytes(self._received[start + _LENGTH : end]))
            start = end
        del self._received[:start]
        return replies

    def end(self) -> str:
        if not self._pid:
            return ""
        os.close(self._requests)
        os.close(self._replies)
        if not self.has_ended:
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    @staticmethod
    def wait(workers: Sequence[Worker], seconds: float) -> list[Worker]:
        poll = select.poll()
        by_descriptor: dict[int, Worker] = {}
        for worker in workers:
            if isinstance(worker, ForkedWorker):
                by_descriptor[worker._replies] = worker
                poll.register(worker._replies, select.POLLIN)
        return [by_descriptor[descriptor] for descriptor, _ in poll.poll(seconds * 1000)]


def _live_as_worker(serve: Serve, requests: int, replies: int, inherited: Sequence[int]) -> None:
    """All that a forked process does. Does not return."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for descriptor in inherited:
            os.close(descriptor)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a dying parser says helps no user
        faulthandler.disable()
        _limit_resources()
        while request := _read(requests):
            _write(replies, serve(request))
        code = 0
    except OSError:
        code = 0  # the parent is gone
    finally:
        os._exit(code)


def _limit_resources() -> None:
    import resource

    for limit, most in ((resource.RLIMIT_CPU, _CPU_SECONDS), (resource.RLIMIT_AS, _MOST_MEMORY)):
        _, hard = resource.getrlimit(limit)
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _read(descriptor: int) -> bytes:
    """The next message; empty when there is none to come."""
    length = int.from_bytes(_read_exactly(descriptor, _LENGTH), "little")
    return _read_exactly(descriptor, length)


def _read_exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, count)
        if not part:
            return b""
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _write(descriptor: int, message: bytes) -> None:
    view = memoryview(len(message).to_bytes(_LENGTH, "little") + message)
    while view:
        view = view[os.write(descriptor, view) :]


class SpawnedWorker:
    """A fresh interpreter: for systems where a process cannot be forked."""

    def __init__(self, serve: Serve) -> None:
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(serve, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.has_ended = False

    def send(self, request: bytes) -> None:
        with suppress(OSError):
            self._connection.send_bytes(request)

    def receive(self) -> list[bytes]:
        try:
            return [self._connection.recv_bytes()]
        except (EOFError, OSError):
            self.has_ended = True
            return []

    def end(self) -> str:
        if not self.has_ended:
            self._process.kill()
        self._process.join()
        self._connection.close()
        code = self._process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    @staticmethod
    def wait(workers: Sequence[Worker], seconds: float) -> list[Worker]:
        from multiprocessing.connection import wait

        spawned = [worker for worker in workers if isinstance(worker, SpawnedWorker)]
        ready = wait([worker._connection for worker in spawned], seconds)
        return [worker for worker in spawned if worker._connection in ready]


def _answer(serve: Serve, connection: Connection) -> None:
    import gc

    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(EOFError, OSError):
        while True:
            connection.send_bytes(serve(connection.recv_bytes()))
