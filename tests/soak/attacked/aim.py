"""The processes of a running stack, by what they are: what an attack aims at."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from wirewatch.local.stack import Stack
from wirewatch.local.supervisor import WATCHES

Aim = Callable[[Stack], psutil.Process | None]
"""Finds a process; None where there is none now."""

_WORKER, _IDLE = "LocalExecutor", "<idle>"


def supervisord(stack: Stack) -> psutil.Process | None:
    return stack.supervisor.process()


def part(name: str) -> Aim:
    """One of Airflow's processes."""
    return lambda stack: stack.component(name).process()


def postmaster(stack: Stack) -> psutil.Process | None:
    return stack.postgres.process()


def watching(stack: Stack) -> psutil.Process | None:
    """The watch that holds the lock, and works."""
    return next((process for process in _watches(stack) if _has_lock(process)), None)


def waiting_watch(stack: Stack) -> psutil.Process | None:
    """The watch that waits for the lock."""
    return next((process for process in _watches(stack) if not _has_lock(process)), None)


def idle_worker(stack: Stack) -> psutil.Process | None:
    """The idle executor worker that reads the queue, and so holds its lock; no other has it."""
    idle = [worker for worker in _workers(stack) if _IDLE in worker.cmdline()[0]]
    return next((worker for worker in idle if "pipe" in Path(f"/proc/{worker.pid}/wchan").read_text()), None)


def other_idle_worker(stack: Stack) -> psutil.Process | None:
    """An idle executor worker that waits for the lock of the queue."""
    idle = [worker for worker in _workers(stack) if _IDLE in worker.cmdline()[0]]
    return next((worker for worker in idle if "pipe" not in Path(f"/proc/{worker.pid}/wchan").read_text()), None)


def busy_worker(stack: Stack) -> psutil.Process | None:
    """An executor worker that runs a task."""
    return next((worker for worker in _workers(stack) if _IDLE not in worker.cmdline()[0]), None)


def task(stack: Stack) -> psutil.Process | None:
    """The process of a running task: a child of the executor's worker."""
    tasks = [child for worker in _workers(stack) for child in worker.children()]
    return random.choice(tasks) if tasks else None


def reader(stack: Stack) -> psutil.Process | None:
    """A process that reads pages or feeds for a task: a grandchild of the executor's worker."""
    found = [grandchild for worker in _workers(stack) for child in worker.children() for grandchild in child.children()]
    return random.choice(found) if found else None


def session(user: str) -> Aim:
    """One database session of that user."""

    def find(stack: Stack) -> psutil.Process | None:
        server = stack.postgres.process()
        found = [child for child in _children(server) if f"postgres: {user} " in " ".join(child.cmdline())]
        return random.choice(found) if found else None

    return find


def database_helper(stack: Stack) -> psutil.Process | None:
    """One of the server's own processes: checkpointer, writer, launcher."""
    kinds = ("checkpointer", "writer", "launcher")
    found = [
        child
        for child in _children(stack.postgres.process())
        if any(kind in " ".join(child.cmdline()) for kind in kinds)
    ]
    return random.choice(found) if found else None


def everything(stack: Stack) -> list[psutil.Process]:
    """Every process of this home."""
    names = [component.name for component in stack.components] + list(WATCHES)
    found = [process for name in names for process in stack.component(name).leftovers()]
    found += stack.postgres.family()
    keeper = stack.supervisor.process()
    return [*found, *([keeper] if keeper else [])]


def _watches(stack: Stack) -> Iterator[psutil.Process]:
    for name in WATCHES:
        process = stack.component(name).process()
        if process is not None:
            yield process


def _has_lock(process: psutil.Process) -> bool:
    try:
        return any(Path(f"/proc/{process.pid}/fd/{fd}").readlink().name == "watch.lock" for fd in _fds(process))
    except OSError:
        return False


def _fds(process: psutil.Process) -> list[str]:
    return [file.name for file in Path(f"/proc/{process.pid}/fd").iterdir()]


def _workers(stack: Stack) -> list[psutil.Process]:
    return [child for child in _children(stack.component("scheduler").process()) if _WORKER in child.cmdline()[0]]


def _children(process: psutil.Process | None) -> list[psutil.Process]:
    if process is None:
        return []
    try:
        return [child for child in process.children() if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()]
    except psutil.Error:
        return []  # it ended while we looked
