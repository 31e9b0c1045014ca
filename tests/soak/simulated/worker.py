"""One worker of the simulation: runs DAGs' tasks when it is told to, in one process that lives as long as the stack.

    python -m tests.soak.simulated.worker

A line of standard input names a DAG; the answer is one line of JSON. Each task has its connection to the warehouse and
its settings of its own, as in the DAG files, and how a run ended is noted as Airflow's callbacks do. Unlike under
Airflow, tasks share one process, so that what they leave behind adds up and shows.

Two things are not the product's: where it asks this machine's own clock, the simulated one answers (libfaketime breaks
`time.sleep` of Python), and topic files are parsed when they changed instead of in every run, which takes seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from tests.soak.simulated.clock import offset_in
from wirewatch.alarms import watching
from wirewatch.alarms.checks import When
from wirewatch.alarms.digest import Digest
from wirewatch.alarms.sending import Channel, send_alarms
from wirewatch.alarms.watching import check_data
from wirewatch.articles.collecting import collect_shard, waiting_shards
from wirewatch.copies import linking
from wirewatch.copies.linking import link_copies
from wirewatch.feeds.polling import due_shards, poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics import labelling
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.topics.relabelling import outdated_topics, relabel_topic, report_changes
from wirewatch.topics.rules import Topic, load_topics
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.retention import drop_expired
from wirewatch.warehouse.tending import (
    file_words,
    make_partitions,
    refresh_nightly_views,
    refresh_views,
    undo_clock_jump,
)
from wirewatch.web import archive, client

Open = Callable[[], AbstractContextManager[Warehouse]]
Counts = dict[str, int]


def _poll_feeds(connect: Open) -> Counts:
    settings = Settings.load()
    counts: Counter[str] = Counter()
    with connect() as warehouse:
        sync_feeds_file(warehouse, settings)
    with connect() as warehouse:
        undo_clock_jump(warehouse)
        shards = due_shards(warehouse, settings.shards)
    for shard in shards:
        with connect() as warehouse:
            counts.update(_counts(poll_shard(warehouse, Settings.load(), shard, settings.shards)))
    return counts


def _collect_articles(connect: Open) -> Counts:
    settings = Settings.load()
    counts: Counter[str] = Counter()
    with connect() as warehouse:
        shards = waiting_shards(warehouse, settings.shards)
    for shard in shards:
        with connect() as warehouse:
            counts.update(_counts(collect_shard(warehouse, Settings.load(), shard, settings.shards)))
    return counts


def _label_articles(connect: Open) -> Counts:
    counts: Counter[str] = Counter()
    with connect() as warehouse:
        counts["rules"] = sync_topic_files(warehouse, Settings.load()).changed
    with connect() as warehouse:
        counts.update(_counts(link_copies(warehouse, Settings.load(), lambda: lexicons(warehouse, Settings.load()))))
    with connect() as warehouse:
        counts.update(_counts(tag_topics(warehouse, Settings.load())))
    with connect() as warehouse:
        counts.update(_counts(close_entries(warehouse)))
    with connect() as warehouse:
        refresh_views(warehouse)
    return counts


def _relabel_articles(connect: Open) -> Counts:
    counts: Counter[str] = Counter()
    with connect() as warehouse:
        topics = outdated_topics(warehouse, Settings.load())
    for topic in topics:
        settings = Settings.load()
        for part in range(settings.shards):
            with connect() as warehouse:
                counts.update(_counts(relabel_topic(warehouse, settings, topic, part=part, parts=settings.shards)))
        with connect() as warehouse:
            report_changes(warehouse, settings, topic)
    return counts


def _tend_warehouse(connect: Open) -> Counts:
    counts: Counter[str] = Counter()
    for task in (make_partitions, file_words):
        with connect() as warehouse:
            counts.update(_counts(task(warehouse)))
    with connect() as warehouse:
        refresh_nightly_views(warehouse)
    with connect() as warehouse:
        counts.update(_counts(drop_expired(warehouse, Settings.load())))
    with connect() as warehouse:
        counts.update(_counts(check_data(warehouse, Settings.load(), When.NIGHT)))
    return counts


def _check_warehouse(connect: Open) -> Counts:
    def told(digest: Digest) -> None:
        print(f"told: {digest.subject}", file=sys.stderr, flush=True)

    with connect() as warehouse:
        counts = Counter(_counts(check_data(warehouse, Settings.load(), When.CYCLE)))
    with connect() as warehouse:
        counts.update(_counts(send_alarms(warehouse, [Channel("log", told)])))
    return counts


DAGS: dict[str, Callable[[Open], Counts]] = {
    "poll_feeds": _poll_feeds,
    "collect_articles": _collect_articles,
    "label_articles": _label_articles,
    "relabel_articles": _relabel_articles,
    "tend_warehouse": _tend_warehouse,
    "check_warehouse": _check_warehouse,
}


def main() -> None:
    """Works until standard input ends."""
    dsn = os.environ["WIREWATCH_SIMULATION_DSN"]
    _live_by(Path(os.environ["WIREWATCH_SIMULATION_CLOCK"]))
    linking.load_topics = labelling.load_topics = _known_topics

    def connect() -> Warehouse:
        return Warehouse(dsn, application="airflow")

    for line in sys.stdin:
        name = line.strip()
        began, cpu = time.monotonic(), time.process_time()
        answer: dict[str, Any] = {"counts": {}, "error": None}
        try:
            answer["counts"] = DAGS[name](connect)
        except Exception as error:  # a red task: reported, and the next run goes on, as under Airflow
            traceback.print_exc()
            answer["error"] = f"{type(error).__name__}: {error}"
        with connect() as warehouse, warehouse.transaction() as rows:
            rows.note_run_end(dag_id=name, run_id=name, failed=answer["error"] is not None)
        answer |= {"seconds": time.monotonic() - began, "cpu_s": time.process_time() - cpu}
        print(json.dumps(answer), flush=True)


def _live_by(clock: Path) -> None:
    """Lets the modules that ask for this machine's time have the simulated one."""

    class SimulatedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + offset_in(clock)

    for module in (archive, client, watching):
        module.datetime = SimulatedDatetime


def _known_topics(folder: Path) -> list[Topic]:
    return _topics_of(folder, tuple((file, file.stat().st_mtime_ns) for file in sorted(folder.iterdir())))


@cache
def _topics_of(folder: Path, _: tuple[tuple[Path, int], ...]) -> list[Topic]:
    return load_topics(folder)


def _counts(report: Any) -> Counts:
    """As dags/scheduling.py counts a stage's report."""
    return {name: value for name, value in asdict(report).items() if isinstance(value, int)}


if __name__ == "__main__":
    main()
