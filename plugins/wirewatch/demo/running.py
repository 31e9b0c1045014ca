"""`wirewatch demo`: a simulated week of the sample web through the whole pipeline, under Airflow.

    sample web (a process) ─▶ up ─▶ per round: set its clock, make feeds due, trigger poll_feeds, wait ─▶ print, compare

The demo keeps its state apart, under `<WIREWATCH_HOME>/demo`, and begins each time from an empty one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from rich.console import Console
from rich.table import Table

from wirewatch.demo import DEMO_QUERIES
from wirewatch.demo.comparing import Comparison, answers, compare
from wirewatch.errors import WirewatchError
from wirewatch.local import stack
from wirewatch.local.airflow import Api
from wirewatch.local.stack import Say
from wirewatch.local.state import Home
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

ROUNDS = ("2026-03-04T00:00:00Z", "2026-03-06T12:00:00Z", "2026-03-08T23:59:00Z")
"""The sample web's clock at each round of polls: its week has 2 to 8 March."""
ANSWERS = "answers.json"
"""In the demo's home: what it found out, to compare other stacks with."""
_PATIENCE_S = 240
ENVIRONMENT = {
    "WIREWATCH_ALLOW_ADDRESSES": "127.0.0.0/8",
    "WIREWATCH_HOST_DELAY_S": "0.05",  # the sample web's hosts are ours
    "WIREWATCH_MAX_AGE_DAYS": "36500",  # its week lies in the past
    "WIREWATCH_CONTACT": "https://localhost/wirewatch-demo",
}


class DemoFailed(WirewatchError):
    """The demo's answers differ from the sample web's truth, or it did not end in time."""


def run(settings: Settings, say: Say, *, keep: bool = False) -> None:
    """Runs the demo, prints its answers, and compares them with the truth.

    `keep` leaves the stack and the sample web running for a look at the UI.
    Raises DemoFailed when an answer is wrong.
    """
    home = settings.home.resolve() / "demo"
    os.environ.update(ENVIRONMENT, WIREWATCH_HOME=str(home), WIREWATCH_FEEDS=str(home / "feeds.yaml"))
    demo = Settings.load()
    _clear(demo, say)
    Home(home).prepare()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then, as after Ctrl-C
    with _newsroom(demo.feeds, keep=keep) as (control, pid):
        say(f"the sample web answers at {control}")
        started = stack.up(demo, say)
        try:
            for clock in ROUNDS:
                play(started.owner_dsn, started.api, control, clock, say)
            with Warehouse(started.owner_dsn) as warehouse:
                _show(warehouse)
                truth = get(control + "/truth")
                comparison = compare(warehouse, truth, get(control + "/entries"))
                (home / ANSWERS).write_text(json.dumps(answers(warehouse, truth), ensure_ascii=False))
            show_comparison(comparison)
        finally:
            if keep:
                say(f"kept: Airflow at {started.ui_address} (admin / {started.api.password}); end it with")
                say(f"  WIREWATCH_HOME={home} make down; kill {pid}")
            else:
                stack.down(demo, say)
    if not comparison.holds:
        wrong = [line.what for line in comparison.lines if not line.holds]
        raise DemoFailed(f"the answers differ from the truth in: {', '.join(wrong)}; each difference stands above")


def _clear(demo: Settings, say: Say) -> None:
    if not os.path.exists(demo.home):
        return
    if (demo.home / "ports.json").exists():
        stack.down(demo, say)
    shutil.rmtree(demo.home)


@contextmanager
def _newsroom(feeds: Path, *, keep: bool) -> Iterator[tuple[str, int]]:
    """The sample web in a process of its own; gives the URL of its control page, and its pid."""
    command = [sys.executable, "-m", "wirewatch.demo.sample_web", "--feeds-file", str(feeds), "--now", ROUNDS[0]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=keep)
    output = cast("IO[str]", process.stdout)  # it is a pipe
    try:
        control = output.readline().strip()
        if not control:
            raise DemoFailed("the sample web did not start; run `python -m wirewatch.demo.sample_web` to see why")
        yield control, process.pid
    finally:
        if not keep:
            process.terminate()
            process.wait(timeout=20)
        output.close()


def play(
    dsn: str,
    api: Api,
    control: str,
    clock: str,
    say: Say,
    *,
    patience_s: float = _PATIENCE_S,
    watch: Callable[[Any], None] = lambda _: None,
) -> None:
    """One round: the sample web has published until `clock`; everything it lists goes through the pipeline.

    `dsn` is the warehouse's. `watch` gets the progress (`demo_progress`) at every look. Raises DemoFailed when the
    round makes no progress for `patience_s` seconds.
    """
    _post(control, {"now": clock})
    with Warehouse(dsn) as warehouse:
        with warehouse.transaction() as rows:
            rows.using(DEMO_QUERIES).make_feeds_due()
        api.trigger("poll_feeds")
        begun = moved = time.monotonic()
        last = ""
        while True:
            with warehouse.transaction() as rows:
                progress = rows.using(DEMO_QUERIES).demo_progress()
            listed = len(get(control + "/entries"))
            line = (
                f"{clock[:16]}  {listed} entries listed, {progress.entries} stored, "
                f"{progress.open_entries} on their way, {progress.due_feeds} feeds due"
            )
            if line != last:
                moved = time.monotonic()
                say(f"{moved - begun:5.0f} s  {line}")
                last = line
            watch(progress)
            if progress.due_feeds == 0 and progress.open_entries == 0 and progress.entries >= listed > 0:
                return
            if time.monotonic() - moved > patience_s:
                raise DemoFailed(f"nothing moved for {patience_s:.0f} s; read the red tasks at {api.address}")
            time.sleep(1)


def _show(warehouse: Warehouse) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    with warehouse.transaction() as rows:
        demo = rows.using(DEMO_QUERIES)
        stories, copied, feeds, ledger = (
            demo.demo_stories(),
            demo.demo_copied_stories(),
            demo.demo_feeds(),
            demo.demo_ledger(),
        )
    table = Table(
        "when", "story", "first in", "event", "P(core)", "reports", "why", title="US–China military stories of the week"
    )
    for row in stories:
        table.add_row(
            row.day,
            row.title,
            row.outlet,
            row.event,
            f"{row.probability:.2f}",
            str(row.reports),
            " · ".join(row.evidence),
        )
    console.print(table)
    table = Table(
        "origin", "outlet", "why the origin", "reports", "outlets", "languages", "over", title="Who copied whom"
    )
    for row in copied:
        table.add_row(
            row.title, row.origin_outlet, row.origin_reason, str(row.reports), str(row.outlets),
            " ".join(row.languages or ()), "" if row.spread is None else str(row.spread),
        )  # fmt: skip
    console.print(table)
    table = Table("outlet", "health", "polls", "entries", "last error", title="Feed health")
    for row in feeds:
        table.add_row(row.outlet, row.health, str(row.polls), str(row.entries), row.last_error or "")
    console.print(table)
    table = Table("state", "reason", "entries", title="Ledger: what became of every entry")
    for row in ledger:
        table.add_row(row.state, row.reason or "", str(row.entries))
    console.print(table)


def show_comparison(comparison: Comparison) -> None:
    """Prints the comparison, and each difference."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    table = Table("what", "in truth", "found", "right", "", title="Against the sample web's truth")
    for line in comparison.lines:
        verdict = "equal" if line.equal else ("differs" if line.required else "differs (reported only)")
        table.add_row(line.what, str(line.truth), str(line.found), str(line.right), verdict)
    console.print(table)
    for difference in comparison.differences:
        console.print(f"  {difference}", markup=False)


def get(url: str) -> Any:
    """What a page of the sample web's control says."""
    # The sample web's own http address, here and below.
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 # nosec B310
        return json.loads(answer.read())


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="POST")  # noqa: S310 # nosec B310
    with urllib.request.urlopen(request, timeout=20):  # noqa: S310 # nosec B310
        return
