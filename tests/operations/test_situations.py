"""What each surface says in each situation: `wirewatch status`, `wirewatch doctor`, the pages Feeds and Pipeline.

Each must be true at the moment when it is asked, not at the last round of checks.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.alarms.desk import Desk
from tests.conftest import ROOT, free_port
from tests.local.test_health import NOW, WORKS, ago
from wirewatch.errors import WarehouseUnavailable
from wirewatch.feeds.polling import sync_feeds_file
from wirewatch.local.health import Seen, problems
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader
from wirewatch.operations import doctor
from wirewatch.operations.local import local_of
from wirewatch.operations.status import read_status, screen
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.warehouse import Warehouse

FEEDS = """\
outlets:
- {key: desk, name: Desk, country: US, language: en, kind: newspaper, ownership: private, perspective: us,
   feeds: [{url: https://desk.test/rss, name: all}]}
"""


@dataclass(slots=True)
class Place:
    """Where a situation is made: a warehouse with a past, and files."""

    desk: Desk
    folder: Path

    def works(self) -> None:
        """The state from which each situation differs."""
        self.desk.run(
            "update ingest.feed set health = 'healthy', last_success_at = now(), last_polled_at = now(),"
            " next_poll_at = now() + interval '5 minutes'"
        )
        self.ended("check_warehouse", minutes=4)

    def ended(self, dag: str, **since: float) -> None:
        self.desk.run("insert into ingest.run (dag_id, succeeded_at) values (%s, %s)", dag, self.desk.ago(**since))

    def edit(self, file: str, find: str, by: str) -> None:
        path = self.folder / file
        path.write_text(path.read_text().replace(find, by, 1))


@dataclass(frozen=True, slots=True)
class Situation:
    """What is so, and the words that each surface must say; None where it has nothing to say of it."""

    name: str
    make: Callable[[Place], None]
    status: str
    exit: int = 1
    doctor: str | None = None
    feeds: str | None = None
    pipeline: str | None = None
    seen: Seen = WORKS
    min_free_mb: int = 0
    here_s: float = 0
    watch: bool = True


def _works(place: Place) -> None:
    place.works()


def _first_start(place: Place) -> None:
    place.desk.run("update ingest.feed set added_at = now()")


def _no_network(place: Place) -> None:
    _first_start(place)
    for number in range(3):
        feed = place.desk.feed(f"host{number}.test", health="new", last_success_at=None, added_days_ago=0)
        place.desk.poll(feed, place.desk.ago(minutes=1), outcome="unreachable", error="no address", health="new")


def _broken_feeds(place: Place) -> None:
    place.works()
    place.edit("feeds.yaml", "kind: newspaper", "kind: newspapr")


def _new_feed(place: Place) -> None:
    place.works()
    place.edit("feeds.yaml", "name: all}", "name: all}, {url: https://desk.test/two, name: two}")


def _edited_rules(place: Place) -> None:
    place.works()
    place.edit("topics/us_china_military.yaml", "title:", "title: New,")


def _broken_rules(place: Place) -> None:
    place.works()
    place.edit("topics/us_china_military.yaml", "title:", "titel:")


def _stuck_lease(place: Place) -> None:
    place.works()
    feed = place.desk.feed()
    old = place.desk.ago(days=2)
    place.desk.entry(feed, old, state="fetching", lease_until=old, lease_by="a dead task")


def _late_run(place: Place) -> None:
    place.works()
    run = "insert into ingest.run (dag_id, started_at, late_at) values ('collect_articles', %s, %s)"
    place.desk.run(run, place.desk.ago(hours=2), place.desk.ago(hours=1))


def _failed_run(place: Place) -> None:
    place.works()
    place.desk.run("insert into ingest.run (dag_id, failed_at) values ('label_articles', now())")


def _checks_paused(place: Place) -> None:
    place.works()
    place.desk.run("update ingest.run set succeeded_at = now() - interval '3 hours'")


def _dead_feed(place: Place) -> None:
    place.works()
    place.desk.feed(health="gone", last_error="404 Not Found")


def _overdue(place: Place) -> None:
    place.works()
    place.desk.feed(next_poll_at=place.desk.ago(hours=3))


HUNG = replace(WORKS, heartbeats={**WORKS.heartbeats, "scheduler": ago(seconds=41)})
IDLE = replace(WORKS, queued_since=ago(seconds=75), task_began=ago(seconds=90))
SITUATIONS = [
    Situation("everything works", _works, "everything works", 0, "every part of the local stack works",
              "1 feeds are polled: 1 healthy.", "All checks passed"),
    Situation("first start", _first_start, "starting: no feed was read yet", 0, None,
              "0 healthy, 1 not read yet", "No round of checks has ended well yet"),
    Situation("no network", _no_network, "all hosts: 3 of 3 hosts polled in the last half hour were silent", 1, None,
              "0 healthy, 4 not read yet", "No round of checks has ended well yet"),
    Situation("broken feeds.yaml", _broken_feeds, "feeds.yaml is broken, what has been in force since", 1,
              "feeds.yaml:2:"),
    Situation("broken rules", _broken_rules, "a topic file is broken, what has been in force since", 1,
              "us_china_military.yaml:"),
    Situation("a feed not yet in force", _new_feed, "feeds.yaml was changed at", 0),
    Situation("rules not yet in force", _edited_rules, "us_china_military.yaml was changed at", 0),
    Situation("hung scheduler", _works, "scheduler hangs: no heartbeat for 41 s", 1,
              "scheduler hangs: no heartbeat for 41 s", seen=HUNG),
    Situation("dead scheduler", _works, "scheduler does not run", 1, "scheduler does not run",
              seen=replace(WORKS, born={**WORKS.born, "scheduler": None})),
    Situation("no worker", _works, "scheduler starts no task: the first in its queue has waited for 75 s", 1,
              "scheduler starts no task", seen=IDLE),
    Situation("paused DAG", _works, "poll_feeds is paused in the Airflow UI", 1,
              seen=replace(WORKS, paused=("poll_feeds",))),
    Situation("no watch", _works, "the watch does not run", 1, watch=False),
    Situation("full disk", _works, "nothing is fetched", 1, "MB free at", min_free_mb=10**9),
    Situation("clock off", _works, "this machine is 300 s ahead", 0, here_s=300),
    Situation("stuck lease", _stuck_lease, "collect_articles: 1 entries wait beyond their time", 1, None, None,
              "the oldest has waited for"),
    Situation("late run", _late_run, "collect_articles: runs since", 0),
    Situation("failed run", _failed_run, "label_articles: failed at", 1),
    Situation("checks that do not run", _checks_paused, "no round of checks ended well within half an hour", 1, None,
              None, "this page can't say whether everything works"),
    Situation("overdue feeds", _overdue, "poll_feeds: 1 of 2 feeds are overdue", 1),
    Situation("dead feed", _dead_feed, "everything works", 0, None, "1 healthy, 1 needs attention"),
]  # fmt: skip


@pytest.fixture
def place(cursor, warehouse, settings, tmp_path, monkeypatch) -> Place:
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    shutil.copytree(ROOT / "dags" / "topics", tmp_path / "topics")
    for name, value in {"FEEDS": "feeds.yaml", "TOPICS": "topics", "HOME": "home"}.items():
        monkeypatch.setenv(f"WIREWATCH_{name}", str(tmp_path / value))
    monkeypatch.setenv("WIREWATCH_CONTACT", "desk@newsroom.test")
    monkeypatch.setenv("WIREWATCH_ARCHIVE", str(tmp_path))
    known = settings.model_copy(update={"feeds": tmp_path / "feeds.yaml", "topics": tmp_path / "topics"})
    sync_feeds_file(warehouse, known)
    sync_topic_files(warehouse, known)
    cursor.execute("select now()")
    return Place(Desk(cursor, cursor.fetchone()[0]), tmp_path)


def words(answer: str) -> str:
    """A page as its reader sees it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer)).replace(" .", ".").replace(" ,", ",")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_every_surface_says_what_is_so(situation, place, warehouse, settings, database, monkeypatch):
    situation.make(place)
    known = settings.model_copy(
        update={
            "feeds": place.folder / "feeds.yaml",
            "topics": place.folder / "topics",
            "min_free_mb": situation.min_free_mb,
            "contact": "desk@newsroom.test",
        }
    )
    local = local_of(situation.seen, watched=situation.watch, events=())
    here = warehouse.now() + timedelta(seconds=situation.here_s)
    found = read_status(warehouse, known, local, here=here)
    shown = _shown(found)
    assert situation.status in shown
    assert bool(found.troubles) == bool(situation.exit), found.troubles
    assert ("everything works" in shown) == (not found.troubles and not found.starting)

    context = PageContext(reader=lambda: Reader("7", "reader", False), warehouse_dsn=lambda: database, secret="s" * 32)
    pages = TestClient(application(context))
    for path, expected in (("/feeds", situation.feeds), ("/pipeline", situation.pipeline)):
        answer = words(pages.get(path).text)
        if expected:
            assert expected in answer
        if path == "/pipeline":
            assert ("All checks passed" in answer) == (situation.name not in _UNCHECKED)
    if situation.doctor:
        assert any(situation.doctor in line for line in _doctor(situation, database, monkeypatch))


_UNCHECKED = ("first start", "no network", "checks that do not run")


def test_without_a_database_it_is_said_in_words(settings, monkeypatch):
    dsn = f"postgresql://nobody@127.0.0.1:{free_port()}/warehouse"
    with pytest.raises(WarehouseUnavailable, match="Connection refused"):
        read_status(Warehouse(dsn), settings)
    seen = replace(WORKS, database_error="no connection to the warehouse")
    assert [found.sentence for found in problems(seen)] == ["postgres does not answer: no connection to the warehouse"]
    context = PageContext(reader=lambda: Reader("7", "reader", False), warehouse_dsn=lambda: dsn, secret="s" * 32)
    for path in ("/", "/feeds", "/pipeline"):
        answer = TestClient(application(context)).get(path)
        assert answer.status_code == 503
        assert "The warehouse did not answer" in answer.text
        assert "Traceback" not in answer.text


def _shown(status: Any) -> str:
    from rich.console import Console

    console = Console(width=400, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - a console owns its file
    console.print(screen(status))
    return console.export_text()


def _doctor(situation: Situation, database: str, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    monkeypatch.setenv("WIREWATCH_MIN_FREE_MB", str(situation.min_free_mb))
    monkeypatch.setattr(doctor, "look", lambda _: situation.seen)
    home = SimpleNamespace(path=Path("/nowhere"), airflow=Path("/nowhere"), logs=Path("/nowhere/logs"))
    postgres = SimpleNamespace(bin=Path("/usr/lib/postgresql/17/bin"))
    stack = SimpleNamespace(home=home, postgres=postgres, components=[], owner_dsn=database)
    return [diagnosis.what for diagnosis in doctor.examine(lambda _: stack, "", {})]


assert WORKS.at == NOW
