"""The main job on a recording: the stages as the DAGs call them, one round of polls for each step."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.soak import SOAK_QUERIES
from tests.soak.recorded.accounting import Account, account
from tests.soak.recorded.guard import only_loopback
from tests.soak.recorded.material import Recording
from tests.soak.recorded.web import RecordedWeb
from wirewatch.alarms.watching import assert_sound
from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.copies.linking import link_copies
from wirewatch.demo import DEMO_QUERIES
from wirewatch.feeds.polling import due_shards, poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse

Say = Callable[[str], None]

_SHARDS = 2
_SOON = timedelta(seconds=30)
"""What is to be tried again so soon is waited for at the end."""
_LAST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one replay left in its warehouse."""

    recording: Recording
    account: Account
    counts: Any
    """A row of `replay_counts`."""
    polls: dict[str, int]
    """By outcome."""
    states: dict[str, int]
    drops: dict[str, int]
    """By reason."""
    copies: dict[str, int]
    """By kind."""
    tags: dict[str, int]
    """By relevance."""
    requests: dict[str, int]
    """What the recorded web answered, by kind."""
    refused: int
    """Connections and look-ups that would have left loopback."""
    seconds: dict[str, float]
    """By stage."""


def play(recording: Recording, dsn: str, home: Path, say: Say) -> Outcome:
    """Runs the main job on `recording`, into the fresh warehouse at `dsn`; `home` keeps its files.

    Raises what a stage raises, for in a replay nothing may, and Unsound when one of the warehouse's own checks
    finds something.
    """
    recorded_web = RecordedWeb(recording)
    with recorded_web.running(), only_loopback() as refused, Warehouse(dsn, application="replay") as warehouse:
        job = _Job(warehouse, replay_settings(home, recorded_web.registry()))
        job.sync()
        for step in range(recording.steps):
            recorded_web.step = step
            job.poll()
            if (step + 1) % recording.collect_every == 0 or step + 1 == recording.steps:
                job.collect()
                job.label()
                progress = f"step {step + 1} of {recording.steps}, {len(recorded_web.listed):,} items listed"
                say(f"{recording.name}: {progress}, {sum(job.seconds.values()):.0f} s")
        job.finish()
        assert_sound(warehouse)
        return _outcome(recorded_web, warehouse, job, len(refused))


class _Job:
    """The stages, in the order of the DAGs, with the time that each takes."""

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self.seconds: dict[str, float] = defaultdict(float)

    def sync(self) -> None:
        """Brings the registry and the topic files into force."""
        sync_feeds_file(self._warehouse, self._settings)
        sync_topic_files(self._warehouse, self._settings)

    def poll(self) -> None:
        """Polls every feed once."""
        with self._warehouse.transaction() as rows:
            rows.using(DEMO_QUERIES).make_feeds_due()
        with self._timed("poll"):
            for shard in due_shards(self._warehouse, _SHARDS):
                poll_shard(self._warehouse, self._settings, shard, _SHARDS)

    def collect(self) -> None:
        """Fetches and reads what waits."""
        with self._timed("collect"):
            for shard in waiting_shards(self._warehouse, _SHARDS):
                collect_shard(self._warehouse, self._settings, shard, _SHARDS)

    def label(self) -> None:
        """Links copies, tags topics, closes entries."""
        with self._timed("link copies"):
            link_copies(self._warehouse, self._settings, lambda: lexicons(self._warehouse, self._settings))
        with self._timed("tag topics"):
            tag_topics(self._warehouse, self._settings)
        with self._timed("close entries"):
            close_entries(self._warehouse)

    def finish(self) -> None:
        """Collects what was put off for some seconds."""
        for _ in range(_LAST_ROUNDS):
            if not waiting_shards(self._warehouse, _SHARDS, now=datetime.now(UTC) + _SOON):
                return
            time.sleep(1)
            self.collect()
            self.label()

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - began


def replay_settings(home: Path, registry: dict[str, Any], *, archive: Path | None = None) -> Settings:
    """Settings under `home` for a replay of the feeds of `registry`, which is written there as feeds.yaml."""
    home.mkdir(parents=True, exist_ok=True)
    feeds = home / "feeds.yaml"
    with feeds.open("w", encoding="utf-8") as file:
        YAML().dump(registry, file)
    return Settings(
        home=home,
        feeds=feeds,
        archive=str(archive or home / "archive"),
        allow_addresses="127.0.0.0/8",
        host_delay_s=0,
        max_age_days=36500,
        shards=_SHARDS,
        batch_minutes=10,
    )


def _outcome(recorded_web: RecordedWeb, warehouse: Warehouse, job: _Job, refused: int) -> Outcome:
    with warehouse.transaction() as rows:
        ledger = rows.using(SOAK_QUERIES).replay_ledger()
        states: Counter[str] = Counter()
        for row in ledger:
            states[row.state] += row.n
        return Outcome(
            recording=recorded_web.recording,
            account=account(recorded_web, rows.using(SOAK_QUERIES).replay_entries()),
            counts=rows.using(SOAK_QUERIES).replay_counts(),
            polls=_by_name(rows.using(SOAK_QUERIES).replay_polls()),
            states=dict(states),
            drops={row.reason: row.n for row in ledger if row.reason},
            copies=_by_name(rows.using(SOAK_QUERIES).replay_copies()),
            tags=_by_name(rows.using(SOAK_QUERIES).replay_tags()),
            requests=dict(recorded_web.requests),
            refused=refused,
            seconds=dict(job.seconds),
        )


def _by_name(rows: list[Any]) -> dict[str, int]:
    return {row.name: row.n for row in rows}
