"""A stack of `make up` in a home of its own, with outlets to read and an account of every item afterwards."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import free_port
from tests.soak import SOAK_QUERIES
from tests.soak.attacked import aim
from tests.soak.attacked.outlets import Outlets
from tests.soak.chaos.target import wait_until
from tests.soak.recorded.accounting import bad_pages, unsound_checks
from wirewatch.demo import DEMO_QUERIES
from wirewatch.errors import WirewatchError
from wirewatch.local import stack
from wirewatch.local.airflow import AirflowError
from wirewatch.local.looking import look
from wirewatch.local.supervisor import WATCHES
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive

_FEED_EVERY_S = 10.0
_BEATS_WITHIN_S = 20
_ACTIVE = ("running", "queued")
_FIRST_READ_S = 600


@dataclass(slots=True)
class Account:
    """What became of every item."""

    listed: int
    lost: list[str]
    doubled: list[str]
    open: list[str]
    """Entries without a final state."""
    dropped: dict[str, int]
    doubled_versions: int
    bad_pages: list[str]
    unsound: str | None

    @property
    def balances(self) -> bool:
        return not (self.lost or self.doubled or self.open or self.dropped or self.doubled_versions or self.bad_pages)


@dataclass(slots=True)
class Attacked:
    """The running stack."""

    settings: Settings
    outlets: Outlets
    stack: stack.Stack
    longest_claim_s: float = 0.0
    """The longest time that an expired claim waited for somebody to take it again."""
    _expired: dict[Any, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def works(self, since: datetime) -> bool:
        """Whether all parts run and are healthy, the watches say so, and a task began after `since`."""
        try:
            parts = self.stack.supervisor.parts().values()
            alive = all(part.state == "RUNNING" for part in parts) and self._watched() and self.stack.is_healthy()
            began = self.stack.api.last_task_began() if alive else None
        except (WirewatchError, OSError, psutil.Error):
            return False
        return began is not None and began > since

    def _watched(self) -> bool:
        run = self.stack.home.path / "run"
        return all(time.time() - (run / f"{name}.beat").stat().st_mtime < _BEATS_WITHIN_S for name in WATCHES)

    def wait_until_works(self, since: datetime, patience_s: float) -> float | None:
        """Seconds from `since` until it works; None when it does not in time."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if self.works(since):
                return (datetime.now(UTC) - since).total_seconds()
            time.sleep(1)
        return None

    def feed(self) -> None:
        """Makes all feeds due and has them polled, every few seconds, whenever the stack can."""
        while not self._ended.wait(_FEED_EVERY_S):
            try:
                self._feed_once()
            except (WirewatchError, OSError):
                continue  # what does this is down: that is what the attack is for

    def _feed_once(self) -> None:
        with Warehouse(self.stack.owner_dsn, application="attack") as warehouse, warehouse.transaction() as rows:
            rows.using(DEMO_QUERIES).make_feeds_due()
            expired = {claim[:2] for claim in rows.using(SOAK_QUERIES).expired_claims(now=rows.database_time())}
        now = time.monotonic()
        self._expired = {claim: self._expired.get(claim, now) for claim in expired}
        self.longest_claim_s = max([self.longest_claim_s, *(now - at for at in self._expired.values())])
        for dag in ("poll_feeds", "label_articles"):
            if not self._active(dag):
                self.stack.api.trigger(dag)

    def _active(self, dag: str) -> bool:
        states = "&".join(f"state={state}" for state in _ACTIVE)
        return bool(self.stack.api.get(f"/dags/{dag}/dagRuns?{states}&limit=1")["dag_runs"])

    def finish(self, patience_s: float = 900) -> Account:
        """Publishes no more, waits until every item has its final state, and looks for each."""
        self.outlets.fall_silent()
        until, settled = time.monotonic() + patience_s, 0
        while time.monotonic() < until and settled < 2:
            time.sleep(_FEED_EVERY_S)
            settled = settled + 1 if self._settled() else 0
        self._ended.set()
        return self._account()

    def _settled(self) -> bool:
        try:
            with Warehouse(self.stack.owner_dsn) as warehouse, warehouse.transaction() as rows:
                rows.using(SOAK_QUERIES).forget_waits()
                progress = rows.using(DEMO_QUERIES).demo_progress()
        except WirewatchError:
            return False
        return self.outlets.was_read and progress.open_entries == 0 and progress.entries >= len(self.outlets.listed)

    def _account(self) -> Account:
        with Warehouse(self.stack.owner_dsn) as warehouse:
            with warehouse.transaction() as rows:
                entries = rows.using(DEMO_QUERIES).demo_entries()
                pages = rows.using(SOAK_QUERIES).archived_pages()
                doubled = rows.using(SOAK_QUERIES).doubled_versions()
            unsound = unsound_checks(warehouse)
        stored = Counter((entry.feed, entry.url) for entry in entries)
        return Account(
            listed=len(self.outlets.listed),
            lost=[url for feed, url in self.outlets.listed if not stored[feed, url]],
            doubled=[url for (_, url), times in stored.items() if times > 1],
            open=[f"{entry.url}: {entry.state}" for entry in entries if entry.state not in ("labelled", "dropped")],
            dropped=dict(Counter(entry.reason for entry in entries if entry.state == "dropped")),
            doubled_versions=doubled,
            bad_pages=list(bad_pages(Archive(self.settings.archive_url), pages)),
            unsound=unsound,
        )

    def ask(self) -> object:
        """What is seen of the stack now, for a report of what does not work."""
        try:
            return look(self.stack)
        except (WirewatchError, AirflowError) as error:
            return error


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself


def say(line: str) -> None:
    """Prints a line with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S} {line}", flush=True)


@contextmanager
def attacked(folder: Path, *, every_s: float = 60.0) -> Iterator[Attacked]:
    """A running stack under `folder`, whose outlets publish every `every_s` seconds each."""
    outlets = Outlets(every_s)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stack is ended then, too
    with outlets.served():
        os.environ.update(
            {
                "WIREWATCH_HOME": str(folder / "home"),
                "WIREWATCH_FEEDS": str(folder / "feeds.yaml"),
                "WIREWATCH_PORT": str(free_port()),
                "WIREWATCH_POSTGRES_PORT": str(free_port()),
                "WIREWATCH_ALLOW_ADDRESSES": "127.0.0.0/8",
                "WIREWATCH_HOST_DELAY_S": "0.05",
                "WIREWATCH_CONTACT": "https://localhost/wirewatch-attack",
                "AIRFLOW_CONN_WIREWATCH_WEBHOOK": outlets.webhook,
            }
        )
        outlets.write_feeds(folder / "feeds.yaml")
        settings = Settings.load()
        try:
            running = Attacked(settings, outlets, stack.up(settings, say))
            threading.Thread(target=running.feed, name="feeder", daemon=True).start()
            wait_until(lambda: outlets.was_read, _FIRST_READ_S, pause_s=1)
            yield running
        finally:
            for process in aim.everything(stack.find(settings)):
                _kill(process)


def recently(seconds: float) -> datetime:
    """That long ago."""
    return datetime.now(UTC) - timedelta(seconds=seconds)
