"""The faults of the campaign: planned from a seed, then done to the target."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import psutil

from tests.soak.chaos.target import Target
from tests.soak.recorded.web import RecordedWeb
from wirewatch.demo.sample_web.faults import Fault as WebFault
from wirewatch.demo.sample_web.faults import Hang, Reset, Status, Truncated


@dataclass(frozen=True, slots=True)
class Planned:
    """One fault: what, when, on whom, for how long. All of it comes from the seed."""

    kind: str
    after_s: float
    """Pause before it."""
    choice: float
    """0 to 1: which of the possible victims or forms."""
    lasts_s: float


def plan(seed: int, count: int, kinds: Collection[str]) -> list[Planned]:
    """`count` faults of the given kinds, in an order and at a pace that the seed decides."""
    chance = random.Random(seed)
    known = [kind for kind in KINDS if kind in kinds]
    weights = [KINDS[kind].weight for kind in known]
    return [
        Planned(
            kind=chance.choices(known, weights)[0],
            after_s=chance.uniform(0.2, 2.5),
            choice=chance.random(),
            lasts_s=chance.uniform(0.5, 4.0),
        )
        for _ in range(count)
    ]


def inject(fault: Planned, target: Target, web: RecordedWeb) -> None:
    """Does it, and ends it; returns when it is over. What died is brought back by `Target.ensure`."""
    KINDS[fault.kind].act(fault, target, web)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault."""

    title: str
    weight: int
    """How often, relative to the others."""
    act: Callable[[Planned, Target, RecordedWeb], None]


def _kill_worker(role: str) -> Callable[[Planned, Target, RecordedWeb], None]:
    def act(fault: Planned, target: Target, web: RecordedWeb) -> None:
        workers = [worker for worker in target.workers if worker.role == role]
        _one_of(workers, fault).kill()

    return act


def _kill_child(fault: Planned, target: Target, web: RecordedWeb) -> None:
    children = [child for worker in target.workers for child in worker.children()]
    if children:
        _kill(_one_of(children, fault))


def _kill_backend(fault: Planned, target: Target, web: RecordedWeb) -> None:
    # The server takes any killed child for a sign of damaged memory: it ends all sessions and recovers.
    children = target.server.processes()[1:]
    if children:
        _kill(_one_of(children, fault))


def _kill_postmaster(fault: Planned, target: Target, web: RecordedWeb) -> None:
    processes = target.server.processes()
    if processes:
        _kill(processes[0])
        time.sleep(fault.lasts_s / 2)


def _cut_database(fault: Planned, target: Target, web: RecordedWeb) -> None:
    shut = target.gate.shut if fault.choice < 0.6 else target.gate.jam
    shut()
    time.sleep(fault.lasts_s)
    target.gate.open()


def _cut_web(fault: Planned, target: Target, web: RecordedWeb) -> None:
    forms: list[WebFault] = [Reset(), Reset(after=400), Hang(seconds=fault.lasts_s), Truncated(), Status(503)]
    web.fault = _one_of(forms, fault)
    time.sleep(fault.lasts_s)
    web.fault = None


def _fill_disk(fault: Planned, target: Target, web: RecordedWeb) -> None:
    target.fill_disk()
    time.sleep(fault.lasts_s)
    target.free_disk()


def _jump_clock(fault: Planned, target: Target, web: RecordedWeb) -> None:
    target.clock.move(_one_of(["+3d", "+25h", "+11m", "-2h", "-3d"], fault))
    time.sleep(1.0 + fault.lasts_s)  # a process sees the change within a second
    target.clock.move("+0")
    time.sleep(1.0)


KINDS: dict[str, Kind] = {
    "kill_poller": Kind("SIGKILL of a polling worker", 10, _kill_worker("poll")),
    "kill_collector": Kind("SIGKILL of a collecting worker", 16, _kill_worker("collect")),
    "kill_labeller": Kind("SIGKILL of a labelling worker", 10, _kill_worker("label")),
    "kill_child": Kind("SIGKILL of a child that reads a page or parses a feed", 14, _kill_child),
    "kill_backend": Kind("SIGKILL of one process of the database", 6, _kill_backend),
    "kill_postmaster": Kind("SIGKILL of the database server", 4, _kill_postmaster),
    "cut_database": Kind("the network to the database, reset or jammed", 12, _cut_database),
    "cut_web": Kind("the network to every site: reset, hanging, cut short, 503", 12, _cut_web),
    "fill_disk": Kind("the disk of archive and database full", 6, _fill_disk),
    "jump_clock": Kind("the database's clock jumps by minutes or days, and back", 8, _jump_clock),
}
"""By name, in the order of the report."""


def _one_of(victims, fault: Planned):
    return victims[int(fault.choice * len(victims))]


def _kill(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return  # it ended a moment ago
