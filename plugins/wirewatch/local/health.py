"""Whether the local stack works, judged by what was seen of it at one moment (pure).

    Seen ─ problems ─▶ the first broken layer: Postgres, then processes, the API server, heartbeats, work done

A process that lives may hang, and one with a heartbeat may hand out no work. So health is the age of the heartbeat, as
Airflow's own health endpoint judges it, and that a task which was handed out begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

BELIEVED_AFTER = timedelta(seconds=8)
"""A problem must be seen twice: a part may have been about to start."""
ANSWER_WITHIN = timedelta(seconds=30)
"""How long the database or the API server may give no answer."""
BEAT_WITHIN = timedelta(seconds=30)
"""Age at which Airflow calls a heartbeat unhealthy."""
STARTS_WITHIN = timedelta(seconds=90)
"""How long a part may take from its birth to its first heartbeat or answer."""
TASK_BEGINS_WITHIN = timedelta(seconds=60)
"""How long a task that the executor has taken may wait for a worker while no other begins."""
LOST_WITHIN = timedelta(seconds=20)
"""The same where one of the executor's workers has died: it may have held the lock of the queue, indefinitely."""
STUCK_AFTER = timedelta(minutes=2)
"""How long a task that the executor has taken may wait at all: it hands on no more than it has workers for."""
RUN_ENDS_WITHIN = timedelta(minutes=25)
"""`check_warehouse` runs every ten minutes, for seconds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a stack at one moment. What could not be asked is empty or None."""

    at: datetime
    load: float = 0.0
    """Runnable processes per CPU: a starved machine answers late, and is given more time."""
    supervised: bool = True
    """Whether supervisord answers."""
    orphans: tuple[str, ...] = ()
    """Parts that run and are not supervisord's: a former one started them."""
    database_error: str | None = None
    database_recovers: bool = False
    """Whether the server lives and says that it takes no connections yet."""
    api_error: str | None = None
    born: Mapping[str, datetime | None] = field(default_factory=dict)
    """Part → when its process was started; None where it does not run."""
    watches: Mapping[str, datetime | None] = field(default_factory=dict)
    """The same of the two watches."""
    stopped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Part → pids of its processes that are stopped, as by SIGSTOP; `postgres` and `supervisord` among the parts."""
    heartbeats: Mapping[str, datetime] = field(default_factory=dict)
    queued_since: datetime | None = None
    task_began: datetime | None = None
    lost_workers: int = 0
    """Workers of the executor that have died and were not replaced."""
    workers: frozenset[int] = frozenset()
    """Pids of the executor's workers."""
    idle_workers: frozenset[int] = frozenset()
    """Those of them that wait for a task."""
    paused: tuple[str, ...] = ()
    """DAGs of ours that are paused."""
    run_ended: datetime | None = None
    """When the last run of any DAG ended, well or not."""

    def proves(self, part: str) -> bool:
        """Whether the part has shown that it works since it was started, as nobody can who is only about to."""
        if part == "supervisord":
            return self.supervised
        if self.database_error is not None or part == "postgres":
            return self.database_error is None
        born = self.born.get(part)
        if born is None or part == "api-server":
            return born is not None and self.api_error is None
        return part in self.heartbeats and self.heartbeats[part] > born


@dataclass(frozen=True, slots=True)
class Problem:
    """A part that does not work."""

    part: str
    what: str
    """Completes a sentence that begins with the part's name."""
    restart: bool = True
    """Whether starting it again helps."""
    hangs: bool = True
    """Whether its process lives all the same."""
    stopped: tuple[int, ...] = ()
    """Its processes that are stopped: they are continued first, and started again where that does not help."""
    patience: timedelta = BELIEVED_AFTER
    """How long it must be seen before it is believed."""

    @property
    def sentence(self) -> str:
        """The problem in words."""
        return f"{self.part} {self.what}"


_CALM_LOAD = 3.0
"""Processes per CPU with which a part still answers in time."""


def _slowness(seen: Seen) -> float:
    return max(1.0, seen.load / _CALM_LOAD)


def problems(seen: Seen) -> list[Problem]:
    """What does not work, of the first layer that is broken: what is built on it can't be judged."""
    for layer in (_supervisor, _database, _processes, _api, _heartbeats, _work):
        found = list(layer(seen))
        if found:
            return found
    return []


def lost_idle_worker(before: Seen | None, seen: Seen) -> Problem | None:
    """An idle worker of the same scheduler that has died since `before`.

    One of the idle workers holds the lock of the executor's queue: when it is killed, no task begins any more.
    """
    if before is None or before.born.get("scheduler") != seen.born.get("scheduler"):
        return None
    lost = before.idle_workers - seen.workers
    if not (lost and seen.workers):
        return None
    what = "lost an idle worker, which may have held the lock of the queue of tasks"
    return Problem("scheduler", what, patience=timedelta(0))


def _supervisor(seen: Seen) -> Iterator[Problem]:
    stopped = seen.stopped.get("supervisord", ())
    if stopped:
        yield Problem("supervisord", "is stopped", stopped=stopped)
    elif not seen.supervised:
        yield Problem("supervisord", "does not run: nothing would start again what ends", hangs=False)
    # The database first: the others need it.
    for part in ("postgres",) if "postgres" in seen.orphans else seen.orphans:
        # What it prints goes nowhere, which makes Airflow's API server fail.
        yield Problem(part, "was left over by a supervisord that is gone", hangs=False)


def _database(seen: Seen) -> Iterator[Problem]:
    stopped = seen.stopped.get("postgres", ())
    if stopped:
        yield Problem("postgres", "has processes that are stopped", stopped=stopped)
    elif seen.database_recovers:
        yield Problem("postgres", "recovers, and takes no connections yet", restart=False)
    elif seen.database_error:
        patience = ANSWER_WITHIN * _slowness(seen)
        yield Problem("postgres", f"does not answer: {seen.database_error}", patience=patience)


def _processes(seen: Seen) -> Iterator[Problem]:
    for part, born in seen.born.items():
        stopped = seen.stopped.get(part, ())
        if born is None:
            yield Problem(part, "does not run", hangs=False)
        elif stopped:
            yield Problem(part, "has processes that are stopped", stopped=stopped)


def _api(seen: Seen) -> Iterator[Problem]:
    born = seen.born.get("api-server")
    if seen.api_error and born is not None and seen.at - born > STARTS_WITHIN * _slowness(seen):
        patience = ANSWER_WITHIN * _slowness(seen)
        yield Problem("api-server", f"does not answer: {seen.api_error}", patience=patience)


def _heartbeats(seen: Seen) -> Iterator[Problem]:
    if seen.api_error:
        return  # nobody could say
    for part in ("scheduler", "dag-processor"):
        born = seen.born.get(part)
        if born is None:
            continue
        beat = max(seen.heartbeats.get(part, born), born + STARTS_WITHIN * _slowness(seen))
        if seen.at - beat > BEAT_WITHIN * _slowness(seen):
            yield Problem(part, f"hangs: no heartbeat for {(seen.at - beat).total_seconds():.0f} s")


def _work(seen: Seen) -> Iterator[Problem]:
    born = seen.born.get("scheduler")
    if born is None:
        return
    if seen.queued_since is not None and (seen.task_began is None or seen.task_began < seen.queued_since):
        waits = seen.at - max(seen.queued_since, born + TASK_BEGINS_WITHIN)
        limit = LOST_WITHIN if seen.lost_workers else TASK_BEGINS_WITHIN * _slowness(seen)
        if waits > limit:
            lost = f", and {seen.lost_workers} of its workers died" if seen.lost_workers else ""
            yield Problem(
                "scheduler",
                f"starts no task: the first in its queue has waited for {waits.total_seconds():.0f} s{lost}",
            )
            return
    if seen.queued_since is not None:
        waits = seen.at - max(seen.queued_since, born + TASK_BEGINS_WITHIN)
        if waits > STUCK_AFTER * _slowness(seen):
            # Airflow's LocalExecutor believes that it runs, and would for good.
            seconds = waits.total_seconds()
            yield Problem("scheduler", f"lost a task: it has been in the queue for {seconds:.0f} s, and others begin")
            return
    ended = seen.at - max(seen.run_ended or born, born)
    if ended > RUN_ENDS_WITHIN:
        minutes = int(ended.total_seconds() // 60)
        yield Problem("scheduler", f"ended no run for {minutes} minutes: are all DAGs paused?", restart=False)
