"""The target that the campaign attacks: a small disk, a database on it, a gate before it, and workers."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.soak.chaos.gate import Gate
from wirewatch.local.postgres import Postgres, PostgresError
from wirewatch.settings import ROOT

ROLES = ("poll", "collect", "collect", "label")
_BALLAST_STEP = 1 << 20
_FAKETIME = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Mounts a file system of its own at `folder`, so that it can be filled; False where this user may not mount."""
    folder.mkdir(parents=True)
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder],
            check=False,
            capture_output=True,
        ).returncode
        == 0
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)


def find_faketime() -> Path | None:
    """Debian's libfaketime, by which one server's clock can be moved alone; None where it is not installed."""
    return next((file for pattern in _FAKETIME for file in sorted(Path("/").glob(pattern[1:]))), None)


class Clock:
    """The database server's clock: the machine's, moved by what a file says."""

    def __init__(self, folder: Path) -> None:
        self.library = find_faketime()
        self._file = folder / "clock"
        self.move("+0")

    def environment(self) -> dict[str, str]:
        """What the server has to be started with."""
        if self.library is None:
            return {}
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_CACHE_DURATION": "1",
        }

    def move(self, offset: str) -> None:
        """Moves it by an offset as faketime writes it, e.g. `+2d`; whoever reads the clock sees it within a second."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(offset + "\n")
        fresh.rename(self._file)


class Server:
    """The database server, started anew whenever it is found dead."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self.postgres = postgres
        self.restarts = 0
        self._clock = clock

    def start(self) -> None:
        """Starts it under its own clock."""
        before = dict(os.environ)
        os.environ.update(self._clock.environment())
        try:
            self.postgres.start()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def ensure(self) -> None:
        """Starts it when it does not run; a server that can't start (a full disk) is left for the next call."""
        if self.postgres.is_running():
            return
        try:
            self.start()
            self.restarts += 1
        except PostgresError as error:
            print(f"  the database can't start yet: {str(error).splitlines()[-1]}", flush=True)

    def processes(self) -> list[psutil.Process]:
        """The postmaster and its children."""
        pid = self.postgres.pid()
        if pid is None or not psutil.pid_exists(pid):
            return []
        postmaster = psutil.Process(pid)
        return [postmaster, *postmaster.children()]


@dataclass(slots=True)
class Worker:
    """One worker process, started anew whenever it ended."""

    role: str
    environment: dict[str, str]
    log: Path
    starts: int = 0
    exits: Counter[int] = field(default_factory=Counter)
    """By exit code, negative for signals; those of our own kills included."""
    _process: subprocess.Popen | None = None

    def ensure(self) -> None:
        """Starts it when it does not run."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self.exits[code] += 1
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.soak.chaos.worker", self.role],
                env=self.environment,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.starts += 1

    def kill(self) -> bool:
        """SIGKILL; whether there was anything to kill."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.send_signal(signal.SIGKILL)
        return True

    def children(self) -> list[psutil.Process]:
        """Its reading and parsing children."""
        try:
            return psutil.Process(self._process.pid).children(recursive=True) if self._process else []
        except psutil.NoSuchProcess:
            return []  # it died meanwhile, and its children with it

    def end(self) -> None:
        """SIGTERM, and SIGKILL after ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Target:
    """All of it. `ensure` brings back whatever died: the campaign's own init system."""

    def __init__(self, disk: Path, server: Server, gate: Gate, clock: Clock, workers: list[Worker]) -> None:
        self.disk = disk
        self.server = server
        self.gate = gate
        self.clock = clock
        self.workers = workers
        self._ballast = disk / "ballast"

    def ensure(self) -> None:
        """Starts the database and the workers that do not run."""
        self.server.ensure()
        for worker in self.workers:
            worker.ensure()

    def fill_disk(self) -> None:
        """Leaves no byte free on the small disk."""
        with self._ballast.open("ab") as ballast:
            step = _BALLAST_STEP
            while step:
                try:
                    free = shutil.disk_usage(self.disk).free
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), min(step, free) if free >= step else step)
                    ballast.seek(0, os.SEEK_END)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    step //= 16  # finer, until nothing fits

    def free_disk(self) -> None:
        """Gives the disk back."""
        self._ballast.unlink(missing_ok=True)


def wait_until(condition, patience_s: float, pause_s: float = 0.2) -> bool:
    """Whether `condition` came true in time."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(pause_s)
    return False
