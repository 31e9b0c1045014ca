"""The simulated stack: a database and a worker for each DAG, by one simulated clock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import free_port
from tests.soak.recorded.job import replay_settings
from tests.soak.recorded.web import RecordedWeb
from tests.soak.simulated.clock import SimulatedClock
from tests.soak.simulated.memory import Memory, memory_of
from tests.soak.simulated.worker import DAGS
from wirewatch.local.postgres import Postgres
from wirewatch.settings import ROOT, Settings
from wirewatch.warehouse.migrations import migrate

ROUND_MIN = 240
"""Minutes between two rounds of polling, collecting, labelling and checking. A round costs three seconds of processor
time before there is anything to do, since readers start and rules are made ready anew in each run."""
_TICK = timedelta(minutes=20)

OPERATOR = {
    "WIREWATCH_SHARDS": "1",
    "WIREWATCH_HOST_DELAY_S": "0",
    "WIREWATCH_MIN_INTERVAL_S": "3600",
    "WIREWATCH_ALLOW_ADDRESSES": "127.0.0.0/8",
    "WIREWATCH_RETENTION": "ingest.poll=60,ingest.entry_revision=30",
}
"""What the operator of the simulated stack has set."""

_FAST = ("autovacuum_naptime = 1s", "autovacuum_vacuum_cost_delay = 0", "log_min_duration_statement = 5s")
"""Settings of the database: a day passes in minutes, and vacuuming has to come round as often in a simulated one."""


@dataclass(slots=True)
class Runs:
    """How the runs of a DAG went."""

    runs: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    """Of the worker alone."""
    errors: list[str] = field(default_factory=list)


class WorkerEnded(RuntimeError):
    """A worker ended by itself."""


class Stack:
    """All of it. `runs` and `counts` add up from the start."""

    def __init__(self, clock: SimulatedClock, postgres: Postgres, settings: Settings, folder: Path) -> None:
        self.clock = clock
        self.postgres = postgres
        self.settings = settings
        self.dsn = postgres.dsn("postgres")
        self.runs: dict[str, Runs] = defaultdict(Runs)
        self.counts: Counter[str] = Counter()
        """Numbers of the stages' reports, as `poll_feeds.entries_new`."""
        self.logs = folder
        self._workers: dict[str, subprocess.Popen[str]] = {}

    def run_until(self, moment: datetime, end: datetime) -> None:
        """Everything that is due from `moment`, a midnight, to before `end`."""
        midnight = moment
        while moment < end:
            minute = (moment - midnight) // timedelta(minutes=1)
            due = {name for name in DAGS if is_due(name, minute)}
            if due:
                self.clock.step_to(moment)
                self._run_due(due)
            moment += _TICK

    def _run_due(self, due: set[str]) -> None:
        for name in DAGS:  # in this order, so that what one makes the next one takes
            if name in due and self._run(name).get("rules"):
                due.add("relabel_articles")

    def _run(self, name: str) -> dict[str, int]:
        worker = self._workers[name]
        print(name, file=worker.stdin, flush=True)
        line = worker.stdout.readline()
        if not line:
            raise WorkerEnded(f"the worker of {name} ended with {worker.wait()}: see {self.logs / name}.log")
        answer: dict[str, Any] = json.loads(line)
        runs = self.runs[name]
        runs.runs += 1
        runs.seconds += answer["seconds"]
        runs.cpu_s += answer["cpu_s"]
        if answer["error"]:
            runs.errors.append(f"{self.clock.now():%Y-%m-%d %H:%M} {answer['error']}")
        for what, n in answer["counts"].items():
            self.counts[f"{name}.{what}"] += n
        return answer["counts"]

    def workers_memory(self) -> dict[str, Memory]:
        """Of each worker now."""
        found = {f"worker: {name}": memory_of(psutil.Process(worker.pid)) for name, worker in self._workers.items()}
        return {name: memory for name, memory in found.items() if memory is not None}

    def other_processes(self) -> Iterable[psutil.Process]:
        """The database's processes and the workers' children."""
        parents = [self.postgres.pid(), *(worker.pid for worker in self._workers.values())]
        for place, pid in enumerate(parents):
            try:
                process = psutil.Process(pid)
                yield from ([process] if place == 0 else [])
                yield from process.children(recursive=True)
            except psutil.NoSuchProcess:
                continue

    def start_workers(self, environment: dict[str, str]) -> None:
        """One for each DAG."""
        mine = {"WIREWATCH_SIMULATION_DSN": self.dsn, "WIREWATCH_SIMULATION_CLOCK": str(self.clock.file)}
        for name in DAGS:
            with (self.logs / f"{name}.log").open("w") as log:
                self._workers[name] = subprocess.Popen(
                    [sys.executable, "-m", "tests.soak.simulated.worker"],
                    env={**environment, **mine},
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )

    def stop_workers(self) -> None:
        """By the end of their input."""
        for worker in self._workers.values():
            worker.stdin.close()
            worker.wait()
            worker.stdout.close()


def is_due(name: str, minute: int) -> bool:
    """Whether a run of a DAG begins at this minute of the day: as in dags/ by night, in rounds by day."""
    match name:
        case "relabel_articles":
            return minute == 3 * 60 + 40
        case "tend_warehouse":
            return minute == 2 * 60 + 20
    return minute % ROUND_MIN == 0


@contextmanager
def running_stack(folder: Path, clock: SimulatedClock, web: RecordedWeb) -> Iterator[Stack]:
    """A fresh stack under `folder` that polls the feeds of `web`."""
    postgres = Postgres(folder / "postgres", free_port())
    with _environment(clock.environment()):
        postgres.start()
    try:
        with (postgres.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{line}\n" for line in _FAST)
        os.kill(postgres.pid(), signal.SIGHUP)
        migrate(postgres.dsn("postgres"))
        settings = replay_settings(folder / "home", web.registry())
        stack = Stack(clock, postgres, settings, folder)
        stack.start_workers(
            {
                **os.environ,
                **OPERATOR,
                "WIREWATCH_HOME": str(settings.home),
                "WIREWATCH_FEEDS": str(settings.feeds),
                "WIREWATCH_ARCHIVE": settings.archive,
            }
        )
        try:
            yield stack
        finally:
            stack.stop_workers()
    finally:
        postgres.stop()


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
