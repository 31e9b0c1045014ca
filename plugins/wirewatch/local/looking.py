"""Looks at every part of a local stack: its processes, the database, the API server, heartbeats, work done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from wirewatch.errors import WarehouseError
from wirewatch.local.airflow import PARALLELISM, AirflowError
from wirewatch.local.health import Seen
from wirewatch.local.processes import is_stopped, stopped_processes
from wirewatch.local.supervisor import AIRFLOW, POSTGRES, SUPERVISORD, WATCHES, SupervisorError
from wirewatch.warehouse import Warehouse

if TYPE_CHECKING:
    from wirewatch.local.stack import Stack

_ANSWER_S = 6
_STARTED_TOGETHER_S = 20
_WORKER, _IDLE = "LocalExecutor", "<idle>"
"""In the title of each worker's process, and of one that waits for a task."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """A worker of the executor."""

    pid: int
    born: float
    idle: bool


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the API server said."""

    error: str | None = None
    heartbeats: dict[str, datetime] = field(default_factory=dict)
    queued_since: datetime | None = None
    task_began: datetime | None = None
    paused: tuple[str, ...] = ()


def look(stack: Stack) -> Seen:
    """What is seen of the stack now; raises nothing. Takes at most some thirty seconds."""
    server = stack.postgres.process()
    error, ended = _ask_database(stack)
    recovers = error is not None and server is not None and stack.postgres.rejects()
    heard = _ask_api(stack) if error is None else _Heard()
    born = {component.name: component.born_at() for component in stack.components}
    watches = {name: stack.component(name).born_at() for name in WATCHES}
    workers = _workers(stack)
    supervised = stack.supervisor.answers()
    return Seen(
        at=datetime.now(UTC),
        load=psutil.getloadavg()[0] / (psutil.cpu_count() or 1),
        supervised=supervised,
        orphans=tuple(_orphans(stack, server)) if supervised else (),
        database_error=error,
        database_recovers=recovers,
        api_error=heard.error,
        heartbeats=heard.heartbeats,
        queued_since=heard.queued_since,
        task_began=heard.task_began,
        paused=heard.paused,
        born=born,
        watches=watches,
        stopped=_stopped(stack, server),
        lost_workers=_lost(workers),
        workers=frozenset(worker.pid for worker in workers),
        idle_workers=frozenset(worker.pid for worker in workers if worker.idle),
        run_ended=ended,
    )


def _orphans(stack: Stack, server: psutil.Process | None) -> Iterator[str]:
    try:
        parts = stack.supervisor.parts()
    except SupervisorError:
        return  # it does not answer any more; the next look tells
    running = {name: stack.component(name).process() for name in (*AIRFLOW, *WATCHES)} | {POSTGRES: server}
    for name, process in running.items():
        if process is not None and not parts[name].pid:
            yield name


def _stopped(stack: Stack, server: psutil.Process | None) -> dict[str, tuple[int, ...]]:
    processes = {POSTGRES: server, **{component.name: component.process() for component in stack.components}}
    found = {
        name: tuple(stopped.pid for stopped in stopped_processes(process))
        for name, process in processes.items()
        if process is not None
    }
    supervisord = stack.supervisor.process()
    if supervisord is not None and is_stopped(supervisord):
        found[SUPERVISORD] = (supervisord.pid,)  # its children are parts of their own
    return {name: pids for name, pids in found.items() if pids}


def _workers(stack: Stack) -> list[_Worker]:
    scheduler = stack.component("scheduler").process()
    try:
        children = scheduler.children() if scheduler else []
    except psutil.NoSuchProcess:
        return []
    found = []
    for child in children:
        try:
            title = " ".join(child.cmdline())
            if _WORKER in title:
                found.append(_Worker(child.pid, child.create_time(), _IDLE in title))
        except psutil.Error:
            continue  # it has ended: a dead one has no title
    return found


def _lost(workers: list[_Worker]) -> int:
    """How many of the executor's workers have died: it starts all of them at once, and puts others in their place."""
    if not workers:
        return 0  # it has not started them yet
    first = min(worker.born for worker in workers)
    return PARALLELISM - sum(worker.born - first < _STARTED_TOGETHER_S for worker in workers)


def _ask_database(stack: Stack) -> tuple[str | None, datetime | None]:
    try:
        with Warehouse(stack.owner_dsn, application="wirewatch watch") as warehouse, warehouse.transaction() as rows:
            rows.limit_statements(milliseconds=str(_ANSWER_S * 1000))
            return None, rows.last_run_ended() if rows.relations_of_ours() else None
    except WarehouseError as error:
        return str(error), None


def _ask_api(stack: Stack) -> _Heard:
    api = stack.api
    api.timeout_s = _ANSWER_S
    try:
        return _Heard(None, api.heartbeats(), api.queued_since(), api.last_task_began(), tuple(api.paused()))
    except (OSError, AirflowError) as error:
        return _Heard(str(error))
