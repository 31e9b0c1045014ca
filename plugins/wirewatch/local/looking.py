"""Looks at every part of a local stack: its processes, the database, the API server, heartbeats, work done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from wirewatch.errors import WarehouseError
from wirewatch.local.airflow import PARALLELISM, AirflowError
from wirewatch.local.health import Seen
from wirewatch.local.processes import stopped_processes
from wirewatch.local.supervisor import POSTGRES
from wirewatch.warehouse import Warehouse

if TYPE_CHECKING:
    from wirewatch.local.stack import Stack

_ANSWER_S = 6
_STARTED_TOGETHER_S = 20
_WORKER = "LocalExecutor"
"""In the title of each worker's process."""


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
    return Seen(
        at=datetime.now(UTC),
        load=psutil.getloadavg()[0] / (psutil.cpu_count() or 1),
        supervised=stack.supervisor.answers(),
        database_error=error,
        database_recovers=recovers,
        api_error=heard.error,
        heartbeats=heard.heartbeats,
        queued_since=heard.queued_since,
        task_began=heard.task_began,
        paused=heard.paused,
        born=born,
        stopped=_stopped(stack, server),
        lost_workers=_lost_workers(stack),
        run_ended=ended,
    )


def _stopped(stack: Stack, server: psutil.Process | None) -> dict[str, tuple[int, ...]]:
    processes = {POSTGRES: server, **{component.name: component.process() for component in stack.components}}
    found = {
        name: tuple(stopped.pid for stopped in stopped_processes(process))
        for name, process in processes.items()
        if process is not None
    }
    return {name: pids for name, pids in found.items() if pids}


def _lost_workers(stack: Stack) -> int:
    """How many of the executor's workers have died: it starts all of them at once, and puts others in their place."""
    scheduler = stack.component("scheduler").process()
    if scheduler is None:
        return 0
    born = []
    for child in scheduler.children():
        try:
            if child.status() != psutil.STATUS_ZOMBIE and _WORKER in child.cmdline()[0]:
                born.append(child.create_time())
        except (psutil.Error, IndexError):
            continue  # it ended while we looked
    first = [at for at in born if at - min(born) < _STARTED_TOGETHER_S]
    return PARALLELISM - len(first) if first else 0  # none at all: it has not started them yet


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
