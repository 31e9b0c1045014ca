"""From the first released schema to the newest while the old release's workers run: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest

from tests.conftest import ROOT
from wirewatch.alarms.watching import assert_sound
from wirewatch.articles.collecting import collect_shard
from wirewatch.copies.linking import link_copies
from wirewatch.demo import DEMO_QUERIES
from wirewatch.demo.comparing import compare
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.errors import WarehouseError
from wirewatch.feeds.polling import poll_shard
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse, migrations
from wirewatch.warehouse.migrations import MIGRATIONS, migrate

FIRST_RELEASE = "0004.tags"

_WORKER = """
import os, sys, time
from pathlib import Path
from wirewatch.articles.collecting import collect_shard
from wirewatch.copies.linking import link_copies
from wirewatch.errors import WarehouseError
from wirewatch.feeds.polling import poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.settings import ROOT, Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

assert ROOT == Path(sys.argv[1]), ROOT
dsn, stop = sys.argv[2], Path(sys.argv[3])
settings = Settings.load()
if sys.argv[4] == "first":
    migrate(dsn)
    with Warehouse(dsn) as house:
        sync_feeds_file(house, settings)
        sync_topic_files(house, settings)
    print("ready", flush=True)


def make_feeds_due(house):
    with house.transaction() as rows:
        rows.make_feeds_due()


rounds = failed = 0
with Warehouse(dsn) as house:
    while not stop.exists():
        rounds += 1
        for work in (
            lambda: make_feeds_due(house),
            lambda: poll_shard(house, settings, 0, 1),
            lambda: collect_shard(house, settings, 0, 1),
            lambda: link_copies(house, settings),
            lambda: tag_topics(house, settings),
            lambda: close_entries(house),
        ):
            try:
                work()
            except WarehouseError as error:
                failed += 1
                print(error, flush=True)
print(f"rounds {rounds}, failed {failed}", flush=True)
"""


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def old_release(tmp_path_factory) -> Path:
    """The source as it was before the first migration after the release, from the project's history."""
    later = [f"sql/migrations/{file.name}" for file in MIGRATIONS.glob("*.sql") if file.stem > FIRST_RELEASE]
    try:
        added = _git("log", "--diff-filter=A", "--format=%H", "--reverse", "--", *later)
        tree = tmp_path_factory.mktemp("release")
        archive = tree.with_suffix(".tar")
        _git("archive", f"--output={archive}", f"{added.split()[0]}^", "plugins", "sql", "dags")
    except (FileNotFoundError, IndexError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs the project's git history: {error}")
    subprocess.run(["tar", "-xf", archive, "-C", tree], check=True)
    assert max(file.stem for file in (tree / "sql" / "migrations").glob("*.sql")) == FIRST_RELEASE
    return tree


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(
        home=tmp_path,
        feeds=tmp_path / "feeds.yaml",
        allow_addresses="127.0.0.0/8",
        host_delay_s=0.01,
        max_age_days=36500,
        batch_minutes=3,
        min_free_mb=0,
    )


class OldWorkers:
    """Processes of the old release that poll, collect and label in a loop until they are told to stop."""

    def __init__(self, release: Path, dsn: str, settings: Settings) -> None:
        self._stop = settings.home / "stop"
        environment = {
            **os.environ,
            "PYTHONPATH": str(release / "plugins"),
            "WIREWATCH_HOME": str(settings.home),
            "WIREWATCH_FEEDS": str(settings.feeds),
            "WIREWATCH_ALLOW_ADDRESSES": "127.0.0.0/8",
            "WIREWATCH_HOST_DELAY_S": "0.01",
            "WIREWATCH_MAX_AGE_DAYS": "36500",
        }

        def start(name: str) -> subprocess.Popen:
            command = [sys.executable, "-c", _WORKER, str(release), dsn, str(self._stop), name]
            return subprocess.Popen(command, cwd=release, env=environment, stdout=subprocess.PIPE, text=True)

        first = start("first")
        assert first.stdout.readline() == "ready\n"
        self._processes = [first, start("second")]

    def stop(self) -> list[str]:
        """Lets them end their round; returns what each said."""
        self._stop.touch()
        said = [process.communicate(timeout=120)[0] for process in self._processes]
        assert [process.returncode for process in self._processes] == [0, 0], said
        return said

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def newsroom(settings) -> Iterator[SampleWeb]:
    with SampleWeb.running(now=datetime(2026, 3, 4, tzinfo=UTC)) as newsroom:
        newsroom.write_feeds(settings.feeds)
        known_then = [line for line in settings.feeds.read_text().splitlines() if not line.strip().startswith("press:")]
        settings.feeds.write_text("\n".join(known_then))
        yield newsroom


def _until(cursor, query: str, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        cursor.execute(query)
        if cursor.fetchone()[0]:
            return
        assert time.monotonic() < until, query
        time.sleep(0.2)


@pytest.mark.timeout(900)
def test_an_upgrade_under_the_old_release_s_workers(old_release, empty_database, settings, newsroom):
    workers = OldWorkers(old_release, empty_database, settings)
    connection = psycopg2.connect(empty_database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            _until(cursor, "select count(*) > 20 from ingest.entry where state = 'labelled'", seconds=240)
            newsroom.now = datetime(2026, 3, 6, tzinfo=UTC)
            applied = migrate(empty_database)
            assert applied == sorted(f.stem for f in MIGRATIONS.glob("*.sql") if f.stem > FIRST_RELEASE)
            cursor.execute("select max(entry_id) from ingest.entry")
            (before,) = cursor.fetchone()
            newsroom.now = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)
            _until(cursor, f"select max(entry_id) > {before} + 5 from ingest.entry", seconds=240)
        said = workers.stop()
    finally:
        workers.kill()
        connection.close()
    assert all("rounds" in words for words in said)

    with Warehouse(empty_database) as warehouse:
        sync_topic_files(warehouse, settings)
        with warehouse.transaction() as rows:
            rows.expire_claims()
            rows.using(DEMO_QUERIES).make_feeds_due()
        poll_shard(warehouse, settings, 0, 1)
        collect_shard(warehouse, settings, 0, 1)
        link_copies(warehouse, settings, lambda: lexicons(warehouse, settings))
        tag_topics(warehouse, settings)
        close_entries(warehouse)
        truth = [article.as_json() for article in newsroom.truth().values()]
        comparison = compare(warehouse, truth, [asdict(item) for item in newsroom.listed])
        kept = {line.what: line for line in comparison.lines}
        for what in ("entries listed, in the ledger", "entries in it twice", "articles read"):
            assert kept[what].equal, comparison.differences
        assert_sound(warehouse)


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT_MS", 100)
    monkeypatch.setattr(migrations, "_PAUSE_S", 0.1)


@pytest.fixture
def reader(empty_database):
    """A session that reads a table and does not end."""
    migrate(empty_database, until=FIRST_RELEASE)
    connection = psycopg2.connect(empty_database)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ingest.host")
    yield connection
    connection.close()


def test_a_migration_waits_for_a_reader_and_lets_others_through(empty_database, reader, impatient):
    threading.Timer(2.0, reader.rollback).start()
    other = psycopg2.connect(empty_database)
    other.autocommit = True
    with closing(other), other.cursor() as cursor:
        migrating = threading.Thread(target=migrate, args=(empty_database,), daemon=True)
        migrating.start()
        slowest = 0.0
        while migrating.is_alive():
            begun = time.monotonic()
            cursor.execute("select count(*) from ingest.host")
            slowest = max(slowest, time.monotonic() - begun)
        migrating.join()
    assert slowest < 1.5, "nobody waits as long as the migration does"
    assert migrate(empty_database) == []


def test_a_table_that_stays_in_use_is_explained(empty_database, reader, impatient, monkeypatch):
    monkeypatch.setattr(migrations, "_TRIES", 3)
    with pytest.raises(WarehouseError, match="pg_stat_activity"):
        migrate(empty_database)
