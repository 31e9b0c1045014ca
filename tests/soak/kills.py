"""Random SIGKILLs over all kinds of processes of a running local stack, with nobody but its own supervisor to help.

    python -m tests.soak kills
    python -m tests.soak.kills [--kills 300] [--seed 2026] [--minutes 240]

Starts a whole stack (`make up`) in a folder of its own, with twenty outlets that publish all the time. One kill after
the other; the next comes when every part runs again, is healthy by `wirewatch.local.health`, and has begun a task since
the last one, or after PATIENCE_S. Afterwards every item that a feed listed is looked for, every archived page is read
back, and the warehouse's own checks run. The kinds come from the seed; where in the work a kill strikes depends on the
machine's pace. Takes about two hours for 300 kills; stops after `--minutes`. Writes its figures into
docs/reliability.md.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil

from bench.documents import DOCS, write_generated
from tests.soak.attacked import aim
from tests.soak.attacked.running import Account, Attacked, attacked, say

PATIENCE_S = 300
BACK_WITHIN_S = 120
_TAKEN_BEFORE_S = 5
"""A task that was handed out before the kill may begin so long after it."""

KINDS: dict[str, tuple[int, aim.Aim]] = {
    "a task": (60, aim.task),
    "a process that reads pages or feeds for a task": (40, aim.reader),
    "an executor worker that runs a task": (25, aim.busy_worker),
    "an idle executor worker with the queue's lock": (20, aim.idle_worker),
    "an idle executor worker without it": (15, aim.other_idle_worker),
    "a database session of Airflow": (25, aim.session("airflow")),
    "a database session of the pipeline": (25, aim.session("pipeline")),
    "a helper of the database server": (10, aim.database_helper),
    "the database server": (10, aim.postmaster),
    "the scheduler": (15, aim.part("scheduler")),
    "the DAG processor": (15, aim.part("dag-processor")),
    "the API server": (15, aim.part("api-server")),
    "the watch that works": (12, aim.watching),
    "the watch that waits": (8, aim.waiting_watch),
    "supervisord": (5, aim.supervisord),
}
"""What is killed, and how often among 300."""

Backs = dict[str, list[float]]
"""Kind → seconds after each kill until all worked again; PATIENCE_S where it did not."""


def plan(seed: int, kills: int) -> list[str]:
    """The kinds of the kills, in order."""
    chance = random.Random(seed)
    kinds = [kind for kind, (times, _) in KINDS.items() for _ in range(times)]
    chance.shuffle(kinds)
    return (kinds * (kills // len(kinds) + 1))[:kills]


def strike(running: Attacked, kind: str) -> float | None:
    """Kills one process of that kind; returns the seconds until all worked again, None where there was no such one."""
    victim = _find(running, KINDS[kind][1])
    if victim is None:
        return None
    moment = datetime.now(UTC)
    victim.send_signal(signal.SIGKILL)
    back = running.wait_until_works(moment + timedelta(seconds=_TAKEN_BEFORE_S), PATIENCE_S)
    if back is None:
        say(f"does not work: {running.ask()}")
        return PATIENCE_S
    return back + _TAKEN_BEFORE_S


def _find(running: Attacked, aimed: aim.Aim) -> psutil.Process | None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            victim = aimed(running.stack)
        except (psutil.Error, OSError):
            continue  # something ended while we looked
        if victim is not None:
            return victim
        time.sleep(0.05)
    return None


def table(backs: Backs, account: Account, running: Attacked, seed: int, minutes: float) -> str:
    """The figures, for the docs."""
    every = [seconds for found in backs.values() for seconds in found]
    rows = [f"| {kind} | {len(found)} | {median(found):.0f} s | {max(found):.0f} s |" for kind, found in backs.items()]
    facts = {
        "items that feeds listed": f"{account.listed:,}",
        "**lost**": f"{len(account.lost)}",
        "**doubled** (two entries, or an article version twice)": f"{len(account.doubled)}, {account.doubled_versions}",
        "without a final state": f"{len(account.open)}",
        "dropped": ", ".join(f"{reason} {n}" for reason, n in account.dropped.items()) or "0",
        "archived pages that can't be read back": f"{len(account.bad_pages)}",
        "longest wait of a claim whose lease had ended": f"{running.longest_claim_s:.0f} s",
        f"kills after which all worked again within {BACK_WITHIN_S} s": f"{_in_time(every)} of {len(every)}",
        "the warehouse's own checks": account.unsound or "found nothing",
    }
    return "\n".join(
        [
            f"{len(every)} kills in {minutes:.0f} minutes, seed {seed}; "
            f"load per CPU at the end {psutil.getloadavg()[2] / (psutil.cpu_count() or 1):.1f}.",
            "",
            "| SIGKILL of | times | all works again after: median | longest |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            "| what was found | |",
            "|---|---:|",
            *(f"| {what} | {found} |" for what, found in facts.items()),
        ]
    )


def _in_time(every: list[float]) -> int:
    return sum(seconds <= BACK_WITHIN_S for seconds in every)


def main() -> None:
    """Kills, and writes what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=2026)
    arguments.add_argument("--minutes", type=float, default=240)
    given = arguments.parse_args()
    began = time.monotonic()
    backs: Backs = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="wirewatch-kills-") as folder, attacked(Path(folder)) as running:
        for n, kind in enumerate(plan(given.seed, given.kills)):
            if time.monotonic() - began > 60 * given.minutes:
                break
            back = strike(running, kind)
            say(f"{n + 1}: {kind}: {'no such process' if back is None else f'{back:.0f} s'}")
            if back is not None:
                backs[kind].append(back)
        account = running.finish()
        report = table(backs, account, running, given.seed, (time.monotonic() - began) / 60)
    print(report)
    for line in [*account.lost[:5], *account.doubled[:5], *account.open[:5], *account.bad_pages[:5]]:
        print(line)
    write_generated(DOCS / "reliability.md", report, by="kills", package="tests.soak")
    in_time = all(seconds <= BACK_WITHIN_S for found in backs.values() for seconds in found)
    if not (account.balances and in_time) or account.unsound:
        sys.exit(1)


if __name__ == "__main__":
    main()
