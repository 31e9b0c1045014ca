"""Child processes that read pages, each with a limit of time and of memory.

A hostile page can hang a parser, crash it or make it eat memory, and trafilatura is not safe under threads. So pages
are read in children: what happens to a child costs its page an ExtractionError and nothing else.

The children are plain subprocesses that speak through pipes (`python -m wirewatch.articles.reader`). multiprocessing,
and the libraries on top of it, would start them by importing the parent's main program again (under Airflow: Airflow)
or by forking a process that has threads and open connections, and refuse to start any in a daemonic worker. These
children import nothing but the extractor, inherit nothing but three pipes, and see no environment, so no secrets.

One thread of the parent serves one child and waits for it; a killed, crashed or worn-out child is replaced.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import wirewatch
from wirewatch.errors import ExtractionError, WirewatchError
from wirewatch.records import DropReason, ExtractedArticle

TIME_LIMIT_S = 20.0
"""Of processor time, so that no page fails because the machine is busy. A page of the test sets takes 0.03 s, the
slowest 0.5 s."""
PATIENCE = 3
"""Times TIME_LIMIT_S by the clock: nothing that hangs without computing is waited for longer."""
MEMORY_LIMIT = 512 * 1024**2
"""Bytes beyond what the child has when it starts; a page of 2 MB takes 60 MB."""
PAGES_PER_CHILD = 1000
"""After so many pages a child is replaced, for parsers leak."""

_START_LIMIT_S = 300.0
"""A child is ready in a second; on a machine that is busy with other work it takes a minute."""
_PACKAGES = str(Path(wirewatch.__file__).resolve().parents[1])
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_LENGTH = struct.Struct(">Q")


class ExtractionPool:
    """Reads pages in `workers` child processes; a context manager.

    `time_limit_s` is per page, in seconds of processor time, and PATIENCE times that by the clock; `memory_limit` in
    bytes beyond a child's size at its start.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        pages_per_child: int = PAGES_PER_CHILD,
    ) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._servants = [
            _Servant(self._jobs, time_limit_s, memory_limit, pages_per_child, f"reader-{n}") for n in range(workers)
        ]

    def submit(self, page: bytes | str, *, url: str, **arguments: Any) -> Future[ExtractedArticle]:
        """Have `page` read; the arguments are those of `extraction.extract`.

        The future raises ExtractionError: with extract's own reasons, or with `extraction_failed` when the page hung,
        crashed or starved its reader. `asyncio.wrap_future` makes it awaitable. Raises WirewatchError when children
        can't be started at all.
        """
        if self._closed:
            raise RuntimeError("the pool is closed")
        job = _Job(page, {"url": url, **arguments})
        self._jobs.put(job)
        return job.future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children. Pages that nobody has begun to read are cancelled, those being read are given up."""
        if self._closed:
            return
        self._closed = True
        try:
            while (job := self._jobs.get_nowait()) is not None:
                job.future.cancel()
        except queue.Empty:
            pass  # every waiting page has been cancelled
        for _ in self._servants:
            self._jobs.put(None)
        for servant in self._servants:
            servant.stop()

    @property
    def children(self) -> list[int]:
        """Process ids of the children that live now."""
        return [servant.child.process.pid for servant in self._servants if servant.child is not None]


class _Job:
    __slots__ = ("arguments", "future", "page")

    def __init__(self, page: bytes | str, arguments: dict[str, Any]) -> None:
        self.page = page
        self.arguments = arguments
        self.future: Future[ExtractedArticle] = Future()


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    pages: int = 0


class _ChildGone(Exception):
    """The child ended instead of answering."""


class _Servant:
    """A thread and its child."""

    def __init__(
        self, jobs: queue.SimpleQueue[_Job | None], time_limit_s: float, memory_limit: int, pages: int, name: str
    ) -> None:
        self._jobs = jobs
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._pages = pages
        self._stopping = False
        self.child: _Child | None = None
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        if self.child is not None:
            self.child.process.kill()
        self._thread.join()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(self._read(job))
            except Exception as error:
                job.future.set_exception(error)
        self._end_child()

    def _read(self, job: _Job) -> ExtractedArticle:
        child = self._living_child()
        child.pages += 1
        try:
            outcome, content = self._ask(child, pickle.dumps((job.page, job.arguments)), PATIENCE * self._time_limit_s)
        except TimeoutError:
            self._end_child()
            raise self._failed(job, f"not read within {PATIENCE * self._time_limit_s:g} s") from None
        except _ChildGone:
            status = self._end_child()
            if status == -signal.SIGPROF:
                raise self._failed(job, f"not read within {self._time_limit_s:g} s of processor time") from None
            raise self._failed(job, f"its reader {_ending(status)}") from None
        if outcome == "exhausted":
            self._end_child()
            raise self._failed(job, f"needed more than {self._memory_limit // 1024**2} MiB of memory")
        if child.pages >= self._pages:
            self._end_child()
        if outcome == "refused":
            raise ExtractionError(*content)
        if outcome == "failed":
            raise self._failed(job, content)
        return content

    def _failed(self, job: _Job, why: str) -> ExtractionError:
        if self._stopping:
            why = "given up, the pool was closed"
        return ExtractionError(DropReason.EXTRACTION_FAILED, f"{job.arguments['url']}: {why}")

    def _living_child(self) -> _Child:
        if self.child is not None and self.child.process.poll() is None:
            return self.child
        self._end_child()
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "wirewatch.articles.reader", str(self._memory_limit), str(self._time_limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": _PACKAGES, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self.child = _Child(process)
        try:
            self._ask(self.child, None, _START_LIMIT_S)
        except (TimeoutError, _ChildGone):
            status = self._end_child()
            raise WirewatchError(
                f"the process that reads pages doesn't start ({_ending(status)}): its own message is on standard error"
            ) from None
        return self.child

    def _ask(self, child: _Child, question: bytes | None, limit_s: float) -> tuple[str, Any]:
        """The child's answer; to None, what it says when it is ready.

        Raises TimeoutError when it takes longer than `limit_s`, _ChildGone when it ends instead.
        """
        late = threading.Event()

        def end() -> None:
            late.set()
            child.process.kill()

        watch = threading.Timer(limit_s, end)
        watch.daemon = True
        watch.start()
        try:
            if question is not None:
                write_frame(child.process.stdin, question)
            answer = read_frame(child.process.stdout)
        except OSError:
            answer = None
        finally:
            watch.cancel()
            watch.join()
        if answer is not None:
            if late.is_set():
                child.process.wait()  # the answer was faster than our signal; the next page finds the child gone
            return pickle.loads(answer)  # nosec B301 # noqa: S301 (from our own child)
        raise TimeoutError if late.is_set() else _ChildGone

    def _end_child(self) -> int | None:
        """End the child if there is one; returns its exit status."""
        if self.child is None:
            return None
        process, self.child = self.child.process, None
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):  # it isn't there any more to read the rest
                pipe.close()
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next message; None when the other side has ended, also in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Send one message. Raises OSError when the other side has ended."""
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
