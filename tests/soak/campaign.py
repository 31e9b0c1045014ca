"""A campaign of faults against Wirewatch itself during a replay: nothing may be lost, duplicated or stuck.

    python -m tests.soak.campaign [--seed N] [--faults N] [--quick]

Workers poll, collect and label the recorded feeds without end, while the faults of `tests/soak/chaos/` come one after
the other: processes killed, networks cut, the disk filled, the clock moved. When all of them are over, what still waits
is given a last chance, and the account is made: every item that a feed ever listed against the ledger, every archived
page against its digest, every claim against its lease. The report goes to docs/reliability.md; `--quick` (a small
recording and few faults) prints it instead. Exits with 1 when anything was lost, doubled or stuck.

Filling the disk needs a user who may mount, moving the clock Debian's `libfaketime`; a kind that can't be had here is
left out and named. The plan of faults is reproducible by its seed; where a fault strikes depends on the machine's pace.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.documents import DOCS, write_generated
from tests.conftest import SHARED, free_port
from tests.soak import SOAK_QUERIES
from tests.soak.chaos.faults import KINDS, Planned, inject, plan
from tests.soak.chaos.gate import Gate
from tests.soak.chaos.target import ROLES, Clock, Server, Target, Worker, small_disk, wait_until
from tests.soak.recorded import material
from tests.soak.recorded.accounting import Account, account, bad_pages, unsound_checks
from tests.soak.recorded.job import replay_settings
from tests.soak.recorded.material import Recording
from tests.soak.recorded.web import RecordedWeb
from wirewatch.demo import DEMO_QUERIES
from wirewatch.errors import WarehouseError
from wirewatch.feeds.polling import sync_feeds_file
from wirewatch.local.postgres import Postgres
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate
from wirewatch.warehouse.tending import undo_clock_jump
from wirewatch.web.archive import Archive

SEED, FAULTS, LEASE_S = 2026, 320, 30.0
_DISK_MB = 4096
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_STEP_PATIENCE_S = 300.0
_LAST_PATIENCE_S = 1800.0
_REASONS_OF_FAULTS = {"retries_exhausted", "extraction_failed", "bot_wall", "too_large", "not_html"}
_FEEDS = SHARED / "data" / "feeds"


def recording(*, quick: bool) -> Recording:
    """All recorded feeds at once."""
    days = material.ten_days(
        _FEEDS / "replay_2026-01-01_10.tar.gz",
        window=25 if quick else 200,  # so many that hardly an item comes and goes between two steps
        steps=3 if quick else None,
        feeds=6 if quick else None,
    )
    if quick:
        return days
    parts = [
        days,
        material.successive_polls(_FEEDS / "successive_polls.tar.gz"),
        material.real_publishers(_FEEDS / "real_publisher.tar.gz"),
        material.real_pages(SHARED / "data" / "pages" / "fundus.jsonl.gz"),
    ]
    return material.together("all recorded feeds", parts, steps=2 * days.steps)


@dataclass(slots=True)
class Observed:
    """What was seen while the faults went on."""

    faults: list[Planned] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Faults that could not be done."""
    longest_wait_s: float = 0.0
    """The longest time that an expired claim waited to be taken again, counting only the time without a fault."""
    calm: bool = True
    """Whether no fault lasts now."""
    unread: int = 0
    """Feeds that could not be read during a step before the recording moved on, step by step."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the campaign left."""

    recording: Recording
    seed: int
    left_out: tuple[str, ...]
    observed: Observed
    account: Account
    states: dict[str, int]
    drops: dict[str, int]
    reread: int
    """Pages that lost their reader and were read again from the archive."""
    counts: Any
    doubled_versions: int
    open_claims: int
    pages: int
    bad_pages: tuple[str, ...]
    unexpected: tuple[str, ...]
    """Workers that ended by themselves, with the last line of their log."""
    worker_starts: int
    server_restarts: int
    unsound: str | None
    """What the warehouse's own checks found, if anything."""
    minutes: float

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or stuck."""
        return (
            self.account.balances
            and not self.bad_pages
            and not self.doubled_versions
            and not self.open_claims
            and not self.unexpected
            and self.unsound is None
            and self.observed.longest_wait_s <= LEASE_S
            and not set(self.states) - {"labelled", "dropped"}
            and not self.harmed
        )

    @property
    def harmed(self) -> int:
        """Entries that a fault cost their article: dropped for a reason that no recorded page gives."""
        return sum(n for reason, n in self.drops.items() if reason in _REASONS_OF_FAULTS)


def main() -> None:
    """Runs the campaign and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.campaign", description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--faults", type=int, default=None, help=f"how many; {FAULTS} without")
    parser.add_argument("--quick", action="store_true", help="a small recording and 20 faults, printed only")
    asked = parser.parse_args()
    if not _FEEDS.is_dir():
        print("campaign: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    result = campaign(recording(quick=asked.quick), asked.seed, asked.faults or (20 if asked.quick else FAULTS))
    text = report(result)
    if asked.quick:
        print(text)
    else:
        write_generated(DOCS / "reliability.md", text, by="campaign", package="tests.soak")
        print("written to docs/reliability.md")
    if not result.holds:
        sys.exit(1)


def campaign(recorded: Recording, seed: int, faults: int) -> Result:
    """Runs `faults` faults against a fresh target that replays `recorded`."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wirewatch-campaign-") as name, _house(Path(name), recorded) as running:
        target, web, warehouse, settings, mounted = running
        left_out = tuple(kind for kind in _left_out(target, mounted) if kind in KINDS)
        observed = Observed()
        kinds = [kind for kind in KINDS if kind not in left_out]
        attack = threading.Thread(
            target=_attack, args=(plan(seed, faults, kinds), target, web, observed), name="faults", daemon=True
        )
        attack.start()
        threading.Thread(target=_watch, args=(warehouse.dsn, observed), name="watch", daemon=True).start()
        _play(web, warehouse, observed, attack)
        _say(f"{len(observed.faults)} faults done; the rest is finished in peace")
        reread = _finish(target, warehouse)
        for worker in target.workers:
            worker.end()
        minutes = (time.monotonic() - began) / 60
        return _result(target, web, warehouse, settings, observed, seed, left_out, reread, minutes)


@contextmanager
def _house(folder: Path, recorded: Recording) -> Iterator[tuple[Target, RecordedWeb, Warehouse, Settings, bool]]:
    with small_disk(folder / "disk", _DISK_MB) as mounted, RecordedWeb(recorded).running() as web:
        clock = Clock(folder)
        server = Server(Postgres(folder / "disk" / "postgres", free_port()), clock)
        server.start()
        gate = Gate(server.postgres.port)
        gate.start()
        dsn = server.postgres.dsn("postgres")
        migrate(dsn)
        settings = replay_settings(folder / "home", web.registry(), archive=folder / "disk" / "archive")
        workers = [
            Worker(role, _environment(settings, dsn, server.postgres.port, gate.port), folder / f"{n}-{role}.log")
            for n, role in enumerate(ROLES)
        ]
        target = Target(folder / "disk", server, gate, clock, workers)
        try:
            with Warehouse(dsn, application="campaign") as warehouse:
                sync_feeds_file(warehouse, settings)
                sync_topic_files(warehouse, settings)
                target.ensure()
                yield target, web, warehouse, settings, mounted
        finally:
            for worker in workers:
                worker.end()
            gate.stop()
            server.postgres.stop()


def _environment(settings: Settings, dsn: str, port: int, gate: int) -> dict[str, str]:
    mine = {
        "WIREWATCH_CAMPAIGN_DSN": dsn.replace(f":{port}/", f":{gate}/"),
        "WIREWATCH_CAMPAIGN_LEASE_S": str(LEASE_S),
        "WIREWATCH_HOME": str(settings.home),
        "WIREWATCH_FEEDS": str(settings.feeds),
        "WIREWATCH_ARCHIVE": settings.archive,
        "WIREWATCH_ALLOW_ADDRESSES": "127.0.0.0/8",
        "WIREWATCH_HOST_DELAY_S": "0",
        "WIREWATCH_MAX_AGE_DAYS": str(settings.max_age_days),
        "WIREWATCH_SHARDS": str(settings.shards),
        "WIREWATCH_BATCH_MINUTES": "0.5",
    }
    return {**os.environ, **mine}


def _left_out(target: Target, mounted: bool) -> Iterator[str]:
    if not mounted:
        yield "fill_disk"
    if target.clock.library is None:
        yield "jump_clock"


def _attack(faults: list[Planned], target: Target, web: RecordedWeb, observed: Observed) -> None:
    """Does the faults one after the other; between two of them the target comes up again."""
    for fault in faults:
        time.sleep(fault.after_s)
        observed.calm = False
        try:
            inject(fault, target, web)
        except OSError as error:
            observed.failed.append(f"{fault.kind}: {error}")
        observed.faults.append(fault)
        target.ensure()
        observed.calm = True


def _watch(dsn: str, observed: Observed) -> None:
    """Looks every second at the expired claims; counts for how long each has waited while no fault lasted."""
    calm_s, looked_at = 0.0, time.monotonic()
    since: dict[Any, float] = {}
    with Warehouse(dsn, application="watch") as warehouse:
        while True:
            time.sleep(1)
            try:
                with warehouse.transaction() as rows:
                    expired = set(rows.using(SOAK_QUERIES).expired_claims(now=rows.database_time()))
            except WarehouseError:
                looked_at = time.monotonic()
                continue  # the database is down: nobody can take a claim either
            now = time.monotonic()
            calm_s += now - looked_at if observed.calm else 0.0
            looked_at = now
            since = {claim: since.get(claim, calm_s) for claim in expired}
            waited_s = max((calm_s - began for began in since.values()), default=0.0)
            observed.longest_wait_s = max(observed.longest_wait_s, waited_s)


def _play(web: RecordedWeb, warehouse: Warehouse, observed: Observed, attack: threading.Thread) -> None:
    """Serves step after step, each until every feed was read or for a while; then waits for the last fault.

    A step stands for hours, in which a feed is polled many times: a fault of seconds must not make it roll over.
    """
    for step in range(web.recording.steps):
        since = _when_up(lambda: _last_poll(warehouse))
        web.step = step
        _when_up(lambda: _make_due(warehouse))
        if not wait_until(lambda: _unread(warehouse, since) == 0, _STEP_PATIENCE_S, pause_s=2):  # noqa: B023 (called here)
            observed.unread += _unread(warehouse, since)
        _say(f"step {step + 1} of {web.recording.steps}: {len(web.listed):,} items listed")
    while attack.is_alive():
        _when_up(lambda: _make_due(warehouse))
        attack.join(10)


def _make_due(warehouse: Warehouse) -> None:
    """What poll_feeds does in every run, and what lets a replay go faster than the world."""
    undo_clock_jump(warehouse)
    with warehouse.transaction() as rows:
        rows.using(DEMO_QUERIES).make_feeds_due()


def _last_poll(warehouse: Warehouse) -> int:
    with warehouse.transaction() as rows:
        return rows.using(SOAK_QUERIES).last_poll()


def _unread(warehouse: Warehouse, since: int) -> int:
    def look() -> int:
        with warehouse.transaction() as rows:
            return rows.using(SOAK_QUERIES).unread_feeds(since=since)

    return _when_up(look)


def _progress(warehouse: Warehouse) -> Any:
    def look() -> Any:
        with warehouse.transaction() as rows:
            return rows.using(DEMO_QUERIES).demo_progress()

    return _when_up(look)


def _when_up(work: Callable[[], Any]) -> Any:
    """What `work` returns, as soon as the database lets it."""
    while True:
        try:
            return work()
        except WarehouseError:
            time.sleep(0.5)


def _finish(target: Target, warehouse: Warehouse) -> int:
    """Lets the workers finish everything; returns how many pages that had lost their reader were read again."""
    target.ensure()
    _drain(target, warehouse)
    with warehouse.transaction() as rows:
        # The last step of `wirewatch reextract`: what a killed reader left without an article is read again.
        reread = rows.reopen_unread_entries(since=_LONG_AGO, now=rows.database_time())
    _drain(target, warehouse)
    return reread


def _drain(target: Target, warehouse: Warehouse) -> None:
    def drained() -> bool:
        target.ensure()
        with warehouse.transaction() as rows:
            rows.using(SOAK_QUERIES).forget_waits()
        undo_clock_jump(warehouse)
        left = _progress(warehouse).open_entries
        _say(f"{left:,} entries on their way")
        return left == 0

    wait_until(drained, _LAST_PATIENCE_S, pause_s=5)


def _result(
    target: Target,
    web: RecordedWeb,
    warehouse: Warehouse,
    settings: Settings,
    observed: Observed,
    seed: int,
    left_out: tuple[str, ...],
    reread: int,
    minutes: float,
) -> Result:
    unsound = unsound_checks(warehouse)
    with warehouse.transaction() as rows:
        ledger = rows.using(SOAK_QUERIES).replay_ledger()
        states: Counter[str] = Counter()
        for row in ledger:
            states[row.state] += row.n
        pages = rows.using(SOAK_QUERIES).archived_pages()
        return Result(
            recording=web.recording,
            seed=seed,
            left_out=left_out,
            observed=observed,
            account=account(web, rows.using(SOAK_QUERIES).replay_entries()),
            states=dict(states),
            drops={row.reason: row.n for row in ledger if row.reason},
            reread=reread,
            counts=rows.using(SOAK_QUERIES).replay_counts(),
            doubled_versions=rows.using(SOAK_QUERIES).doubled_versions(),
            open_claims=len(rows.using(SOAK_QUERIES).expired_claims(now=rows.database_time() + timedelta(days=9))),
            pages=len(pages),
            bad_pages=tuple(bad_pages(Archive(settings.archive_url), pages)),
            unexpected=tuple(_unexpected(target.workers)),
            worker_starts=sum(worker.starts for worker in target.workers),
            server_restarts=target.server.restarts,
            unsound=unsound,
            minutes=minutes,
        )


def _unexpected(workers: list[Worker]) -> Iterator[str]:
    for worker in workers:
        for code, times in worker.exits.items():
            if code >= 0:  # ended by itself: every stage error is caught, so this one was not foreseen
                lines = worker.log.read_text().strip().splitlines()
                yield f"{worker.role} ended {times} times with {code}: {lines[-1] if lines else '(no log)'}"


def report(result: Result) -> str:
    """The campaign in words and tables: Markdown, without dates, paths or machine names."""
    observed, account_ = result.observed, result.account
    kinds = Counter(fault.kind for fault in observed.faults)
    rows = [f"| {KINDS[kind].title} | {kinds[kind]} |" for kind in KINDS if kinds[kind]]
    facts = {
        "feeds, and items that they listed": f"{result.counts.feeds:,}, {account_.listed:,}",
        "feeds that a fault kept from being polled in a step, before the recording moved on": f"{observed.unread}",
        "**items lost** (no entry exists)": f"{len(account_.unaccounted)}",
        "**items doubled** (two entries, or an article version twice)": f"{len(account_.twice)}, "
        f"{result.doubled_versions}",
        "entries that no feed listed": f"{len(account_.never_listed)}",
        "**entries without a final state**": f"{sum(result.states.values()) - _final(result)}",
        "claims left at the end": f"{result.open_claims}",
        f"**longest wait of an expired claim** (lease: {LEASE_S:.0f} s)": f"{observed.longest_wait_s:.1f} s",
        "labelled; dropped for the reasons that the pages give": f"{result.states.get('labelled', 0):,}; "
        + ", ".join(f"{reason} {n:,}" for reason, n in sorted(result.drops.items())),
        "**dropped because of a fault**": f"{result.harmed}",
        "pages whose entries had no article at first, read again from the archive": f"{result.reread}",
        "archived pages, and those that can't be read back": f"{result.pages:,}, {len(result.bad_pages)}",
        "workers started; those that ended by themselves": f"{result.worker_starts}, {len(result.unexpected)}",
        "restarts of the database": f"{result.server_restarts}",
    }
    notes = [
        *([f"the warehouse's own checks: {result.unsound}"] if result.unsound else []),
        *result.unexpected,
        *result.bad_pages[:5],
        *observed.failed,
        *account_.unaccounted[:5],
        *account_.twice[:5],
    ]
    left_out = f" Left out here: {', '.join(KINDS[kind].title for kind in result.left_out)}." if result.left_out else ""
    return "\n".join(
        [
            f"{len(observed.faults)} faults in {result.minutes:.0f} minutes, seed {result.seed}.{left_out}",
            "",
            "| fault | times |",
            "|---|---:|",
            *rows,
            "",
            "| what was found | |",
            "|---|---:|",
            *(f"| {what} | {found} |" for what, found in facts.items()),
            *(["", *(f"- {note}" for note in notes)] if notes else []),
        ]
    )


def _final(result: Result) -> int:
    return result.states.get("labelled", 0) + result.states.get("dropped", 0)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
