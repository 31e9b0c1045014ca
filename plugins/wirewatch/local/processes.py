"""Processes that outlive the command that started them, each known by its pid and the time it was born."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import psutil

MARK = "WIREWATCH_COMPONENT"
"""Environment variable by which the children of a killed component are recognised as ours."""


class Component:
    """One long-running process of a local stack."""

    def __init__(self, name: str, home: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.home = home
        self._command = list(command)
        self._mark = f"{home}:{name}"
        self._environment = {**environment, MARK: self._mark}
        self._pid_file = home / "run" / f"{name}.json"
        self.log = home / "logs" / f"{name}.log"

    def process(self) -> psutil.Process | None:
        """The running process; None when it does not run."""
        try:
            known = json.loads(self._pid_file.read_text())
            process = psutil.Process(known["pid"])
            # A pid may have been given to somebody else since: the time of birth tells.
            if abs(process.create_time() - known["created"]) > 1 or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except (FileNotFoundError, json.JSONDecodeError, psutil.NoSuchProcess):
            return None
        return process

    def born_at(self) -> datetime | None:
        """When the running process was started; None when it does not run."""
        process = self.process()
        return None if process is None else datetime.fromtimestamp(process.create_time(), UTC)

    def differing(self, prefix: str) -> list[str]:
        """Names with that prefix whose values are others in the running process than in one that were started now."""
        process = self.process()
        try:
            running = self._environment if process is None else process.environ()
        except psutil.Error:
            return []  # it ended while we looked
        names = sorted(name for name in {*running, *self._environment} if name.startswith(prefix))
        return [name for name in names if running.get(name) != self._environment.get(name)]

    def become(self) -> NoReturn:
        """Turns this process into the component."""
        self._pid_file.parent.mkdir(exist_ok=True)
        created = psutil.Process().create_time()
        self._pid_file.write_text(json.dumps({"pid": os.getpid(), "created": created}))
        os.chdir(self.home)
        os.umask(0o077)  # what it writes is nobody else's business
        os.execvpe(self._command[0], self._command, self._environment)

    def leftovers(self) -> list[psutil.Process]:
        """Every process that carries this component's mark, its main process included."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.pid != os.getpid() and process.environ().get(MARK) == self._mark:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # ended while we looked, or somebody else's
        return found

    def is_stopped(self) -> bool:
        """Whether it, or one of its children, is stopped (as by SIGSTOP): it lives and does nothing."""
        process = self.process()
        return process is not None and any(stopped_processes(process))

    def memory(self) -> int:
        """Proportional set size of the component and its children, in bytes."""
        total = 0
        for process in self.leftovers():
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue  # ended while we looked
        return total

    def end_leftovers(self) -> None:
        """Ends what a killed component left behind: its children outlive it."""
        left = self.leftovers()
        for process in left:
            _signal(process, signal.SIGTERM)
        _, alive = psutil.wait_procs(left, timeout=5)
        for process in alive:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=5)


def stopped_processes(parent: psutil.Process) -> Iterator[psutil.Process]:
    """The process and those of its children that are stopped."""
    try:
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    yield from (process for process in family if is_stopped(process))


def is_stopped(process: psutil.Process) -> bool:
    """Whether it is stopped, as by SIGSTOP."""
    try:
        return bool(process.status() == psutil.STATUS_STOPPED)
    except psutil.NoSuchProcess:
        return False  # it ended while we looked


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # it ended by itself, which is what was wanted


def airflow_command(*arguments: str) -> list[str]:
    """A command line of this environment's Airflow."""
    return [sys.executable, "-m", "airflow", *arguments]
