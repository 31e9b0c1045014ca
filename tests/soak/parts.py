"""Each part of a running local stack stopped, killed, or hung; when people were told, and when it worked again.

    python -m tests.soak parts
    python -m tests.soak.parts [--only PATTERN] [--list]

Starts a whole stack (`make up`) in a folder of its own, with twenty outlets that publish all the time and a webhook for
alarms. One fault at a time: SIGSTOP once; SIGKILL; and a *hang*, SIGSTOP again and again for as long as the process
lives. Then every process of the home is killed at once, as by a reboot, and the service's command starts it again.
*Told* is the first message about any part after the fault; *works* means that every part runs, is healthy by
`wirewatch.local.health`, and has begun a task since. At the end every item that a feed listed is looked for. Takes
about 40 minutes and writes its figures into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from bench.documents import DOCS, write_generated
from tests.soak.attacked import aim
from tests.soak.attacked.outlets import Told
from tests.soak.attacked.running import Account, Attacked, attacked, recently, say
from tests.soak.chaos.target import wait_until
from wirewatch.local import service

TOLD_WITHIN_S, WORKS_WITHIN_S = 60, 120
_PATIENCE_S = 420
_TAKEN_BEFORE_S = 5
"""A task that was handed out before the fault may begin so long after it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is done to one process."""

    what: str
    victim: aim.Aim
    how: str
    """stop, kill or hang."""

    @property
    def name(self) -> str:
        return f"{ {'stop': 'SIGSTOP', 'kill': 'SIGKILL', 'hang': 'hang'}[self.how] } of {self.what}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one fault; seconds after it, None where it did not come in time."""

    name: str
    told_s: float | None
    works_s: float | None
    load: float
    first_words: str

    @property
    def passed(self) -> bool:
        told = self.told_s is not None and self.told_s <= TOLD_WITHIN_S
        return told and self.works_s is not None and self.works_s <= WORKS_WITHIN_S


_AIMS: dict[str, aim.Aim] = {
    "the scheduler": aim.part("scheduler"),
    "the DAG processor": aim.part("dag-processor"),
    "the API server": aim.part("api-server"),
    "Postgres": aim.postmaster,
    "supervisord": aim.supervisord,
    "the watch that works": aim.watching,
    "the watch that waits": aim.waiting_watch,
    "an idle executor worker with the queue's lock": aim.idle_worker,
    "an idle executor worker without it": aim.other_idle_worker,
    "a database session of Airflow": aim.session("airflow"),
}
_HUNG = ("the scheduler", "the DAG processor", "the API server", "supervisord", "Postgres")
FAULTS = [
    *(Fault(what, aimed, how) for what, aimed in _AIMS.items() for how in ("stop", "kill")),
    *(Fault(what, _AIMS[what], "hang") for what in _HUNG),
]
REBOOT = "SIGKILL of every process at once, then the service's command"


def strike(running: Attacked, fault: Fault) -> Outcome:
    """Does one fault, and waits until the stack works again."""
    victim = _find(running, fault.victim)
    moment = datetime.now(UTC)
    if victim is None:
        return Outcome(fault.name, None, None, _load(), "no such process")
    if fault.how == "hang":
        threading.Thread(target=_hold, args=(victim,), daemon=True).start()
    else:
        victim.send_signal(signal.SIGSTOP if fault.how == "stop" else signal.SIGKILL)
    return _wait(running, fault.name, moment)


def reboot(running: Attacked) -> Outcome:
    """Kills all processes, and starts the stack as the service does."""
    for process in aim.everything(running.stack):
        process.kill()
    moment = datetime.now(UTC)
    unit = service.unit(running.stack.home.path, system=True)
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).partition("=")[2]
    subprocess.run(command, shell=True, env=os.environ, check=True, stdout=subprocess.DEVNULL)
    return _wait(running, REBOOT, moment)


def _find(running: Attacked, aimed: aim.Aim) -> psutil.Process | None:
    for _ in range(600):
        victim = aimed(running.stack)
        if victim is not None:
            return victim
        time.sleep(0.1)
    return None


def _hold(victim: psutil.Process) -> None:
    """Stops a process for as long as it lives."""
    while True:
        try:
            victim.send_signal(signal.SIGSTOP)
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def _wait(running: Attacked, name: str, moment: datetime) -> Outcome:
    works = running.wait_until_works(moment + timedelta(seconds=_TAKEN_BEFORE_S), _PATIENCE_S)
    works = None if works is None else works + _TAKEN_BEFORE_S
    wait_until(lambda: _told(running, moment), 30)
    first = next(iter(_told(running, moment)), None)
    told_s = None if first is None else (first.at - moment).total_seconds()
    if works is None:
        say(f"does not work: {running.ask()}")
    return Outcome(name, told_s, works, _load(), first.finding if first else "")


def _told(running: Attacked, moment: datetime) -> list[Told]:
    """What people were told since the fault; that a part works again may be about the one before."""
    return [told for told in running.outlets.told_since(moment) if not told.solved]


def _load() -> float:
    return psutil.getloadavg()[0] / (psutil.cpu_count() or 1)


def table(outcomes: list[Outcome], account: Account) -> str:
    """The figures, for the docs."""
    rows = [
        f"| {one.name} | {_seconds(one.told_s, TOLD_WITHIN_S)} | {_seconds(one.works_s, WORKS_WITHIN_S)} "
        f"| {one.load:.1f} |"
        for one in outcomes
    ]
    head = "| fault | told after | works after | load per CPU |\n|---|---:|---:|---:|"
    lost = (
        f"{len(outcomes)} faults, {sum(one.passed for one in outcomes)} of them told within {TOLD_WITHIN_S} s and "
        f"repaired within {WORKS_WITHIN_S} s. {account.listed:,} items were listed: {len(account.lost)} lost, "
        f"{len(account.doubled)} doubled, {len(account.open)} without a final state, "
        f"{account.dropped or 'none'} dropped, {len(account.bad_pages)} archived pages that can't be read."
    )
    return "\n".join([head, *rows, "", lost])


def _seconds(value: float | None, limit: float) -> str:
    if value is None:
        return "**not seen**"
    return f"{value:.0f} s" if value <= limit else f"**{value:.0f} s**"


def main() -> None:
    """Strikes every part, and writes what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", default="", help="faults whose name fits this pattern")
    arguments.add_argument("--list", action="store_true")
    given = arguments.parse_args()
    chosen = [fault for fault in FAULTS if re.search(given.only, fault.name)]
    if given.list:
        print("\n".join(fault.name for fault in FAULTS))
        return
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="wirewatch-parts-") as folder, attacked(Path(folder)) as running:
        for fault in chosen:
            if running.wait_until_works(recently(60), _PATIENCE_S) is None:
                say(f"does not work before {fault.name}: {running.ask()}")
            outcomes.append(strike(running, fault))
            say(str(outcomes[-1]))
        if re.search(given.only, REBOOT):
            outcomes.append(reboot(running))
            say(str(outcomes[-1]))
        account = running.finish()
    report = table(outcomes, account)
    print(report)
    if not given.only:
        write_generated(DOCS / "reliability.md", report, by="parts", package="tests.soak")
    if not (account.balances and all(one.passed for one in outcomes)):
        sys.exit(1)


if __name__ == "__main__":
    main()
