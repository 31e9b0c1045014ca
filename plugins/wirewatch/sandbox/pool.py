"""The parent's side: child processes that answer questions, each with a limit of time and of memory.

A hostile page or feed can hang a parser, crash it or make it eat memory, feedparser's cost grows with the square of
what a document may hold, and trafilatura is not safe under threads. So such input is read in children: what happens to
a child costs its question a ChildFailed and nothing else.

The children are plain subprocesses that speak through pipes. multiprocessing, and the libraries on top of it, would
start them by importing the parent's main program again (under Airflow: Airflow) or by forking a process that has
threads and open connections, and refuse to start any in a daemonic worker. These children import nothing but their
parser, inherit nothing but three pipes, and see no environment, so no secrets.

One thread of the parent serves one child and waits for it; a killed, crashed or exhausted child is replaced.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import wirewatch
from wirewatch.errors import ReadersUnavailable
from wirewatch.sandbox.frames import read_frame, write_frame

PATIENCE = 3
"""Wall-clock limit as a multiple of the CPU limit, for a child that hangs without using the CPU."""

TOO_SLOW = "no result within"
"""How the reason begins when a question took longer than its limit."""

_START_LIMIT_S = 300.0
"""Seconds for a child to start: normally one, up to a minute on a busy machine."""
_PACKAGES = str(Path(wirewatch.__file__).resolve().parents[1])
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")

Answer = TypeVar("Answer")


class ChildFailed(Exception):
    """A request failed: its child hung, crashed, ran out of memory, or its parser raised."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may use."""

    time_s: float
    """Seconds of CPU time per request; CPU time, so that a busy machine does not cause failures."""
    memory: int
    """Bytes in addition to what the child uses when it starts."""
    questions: int
    """A child is replaced after this many requests, because parsers leak memory."""


class ChildPool(Generic[Answer]):
    """`workers` children that run `python -m module`, a module that calls `sandbox.child.serve`; a context manager."""

    def __init__(self, module: str, limits: ChildLimits, workers: int = 1) -> None:
        self._jobs: queue.SimpleQueue[_Job[Answer] | None] = queue.SimpleQueue()
        self._closed = False
        self._workers = [_Worker(self._jobs, module, limits, f"{module} {n}") for n in range(workers)]

    def ask(
        self, body: bytes | str, arguments: Mapping[str, object], *, failed: Callable[[str], Exception] = ChildFailed
    ) -> Future[Answer]:
        """Send a request: the child calls the function that it serves with `body` and `arguments`.

        The future raises what the function raises of its expected errors; `failed(why)` when there is no answer;
        ReadersUnavailable when children can't be started at all. `asyncio.wrap_future` makes it awaitable.
        """
        if self._closed:
            raise RuntimeError("the pool is closed")
        job = _Job[Answer](pickle.dumps((body, arguments)), failed)
        self._jobs.put(job)
        return job.future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children. Waiting requests are cancelled, running ones fail."""
        if self._closed:
            return
        self._closed = True
        try:
            while (job := self._jobs.get_nowait()) is not None:
                job.future.cancel()
        except queue.Empty:
            pass  # all waiting requests were cancelled
        for _ in self._workers:
            self._jobs.put(None)
        for worker in self._workers:
            worker.stop()

    @property
    def children(self) -> list[int]:
        """Process ids of the running children."""
        return [child.process.pid for worker in self._workers if (child := worker.child) is not None]


@dataclass(slots=True)
class _Job(Generic[Answer]):
    question: bytes
    failed: Callable[[str], Exception]
    future: Future[Answer] = field(default_factory=Future)


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    questions: int = 0


class _ChildGone(Exception):
    """The child ended instead of answering."""


class _Worker(Generic[Answer]):
    """A thread and its child."""

    def __init__(
        self, jobs: queue.SimpleQueue[_Job[Answer] | None], module: str, limits: ChildLimits, name: str
    ) -> None:
        self._jobs = jobs
        self._module = module
        self._limits = limits
        self._stopping = False
        self.child: _Child | None = None
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        if (child := self.child) is not None:
            child.process.kill()
        self._thread.join()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(self._answer(job.question))
            except ChildFailed as error:
                job.future.set_exception(job.failed("given up, the pool was closed" if self._stopping else str(error)))
            except Exception as error:
                job.future.set_exception(error)
        self._end_child()

    def _answer(self, question: bytes) -> Answer:
        child = self._living_child()
        child.questions += 1
        by_the_clock = PATIENCE * self._limits.time_s
        try:
            outcome, content = _ask(child.process, question, by_the_clock)
        except TimeoutError:
            self._end_child()
            raise ChildFailed(f"{TOO_SLOW} {by_the_clock:g} s") from None
        except _ChildGone:
            status = self._end_child()
            if status == -signal.SIGPROF:
                raise ChildFailed(f"{TOO_SLOW} {self._limits.time_s:g} s of CPU time") from None
            raise ChildFailed(f"its child process {_ending(status)}") from None
        if outcome == "exhausted" or child.questions >= self._limits.questions:
            self._end_child()
        if outcome == "exhausted":
            raise ChildFailed(f"needed more than {self._limits.memory // 1024**2} MiB of memory")
        if outcome == "failed":
            raise ChildFailed(content)
        if outcome == "refused":
            raise content
        answer: Answer = content
        return answer

    def _living_child(self) -> _Child:
        if self.child is not None and self.child.process.poll() is None:
            return self.child
        self._end_child()
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", self._module, str(self._limits.memory), str(self._limits.time_s)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**environment, "PYTHONPATH": _PACKAGES, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise ReadersUnavailable(f"the child process {self._module} can't be started: {error}") from error
        child = self.child = _Child(process)
        try:
            _ask(process, None, _START_LIMIT_S)
        except (TimeoutError, _ChildGone):
            status = self._end_child()
            if self._stopping:
                raise ChildFailed("the pool was closed") from None
            raise ReadersUnavailable(
                f"the child process {self._module} does not start ({_ending(status)}); see its own message on "
                "standard error"
            ) from None
        return child

    def _end_child(self) -> int | None:
        """End the child if there is one; returns its exit status."""
        if self.child is None:
            return None
        process, self.child = self.child.process, None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # it isn't there any more to read the rest
                    pipe.close()
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _ask(process: subprocess.Popen[bytes], question: bytes | None, limit_s: float) -> tuple[str, Any]:
    """The child's answer; to None, what it says when it is ready.

    Raises TimeoutError when it takes longer than `limit_s`, _ChildGone when it ends instead.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    watch = threading.Timer(limit_s, end)
    watch.daemon = True
    watch.start()
    try:
        answer = _exchange(process, question)
    finally:
        watch.cancel()
        watch.join()
    if answer is not None:
        if late.is_set():
            process.wait()  # the result came before our signal; the next request starts a new child
        # From our own child.
        outcome: tuple[str, Any] = pickle.loads(answer)  # noqa: S301 # nosec B301
        return outcome
    raise TimeoutError if late.is_set() else _ChildGone


def _exchange(process: subprocess.Popen[bytes], question: bytes | None) -> bytes | None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the child has no pipes")
    try:
        if question is not None:
            write_frame(process.stdin, question)
        return read_frame(process.stdout)
    except OSError:
        return None


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
