"""One screen that says whether everything works."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.console import Console

from tests.alarms.desk import Desk
from wirewatch.alarms.checks import When
from wirewatch.alarms.watching import check_data
from wirewatch.feeds.polling import sync_registry
from wirewatch.feeds.registry import Feed, Outlet, Registry
from wirewatch.operations.status import Local, Status, read_status, screen


@pytest.fixture
def desk(cursor) -> Desk:
    cursor.execute("select now()")
    return Desk(cursor, cursor.fetchone()[0])


@pytest.fixture
def look(warehouse, settings):
    def run(**processes: bool) -> Status:
        known = settings.model_copy(update={"min_free_mb": 0, "contact": "desk@newsroom.test"})
        problems = [f"{part} does not run" for part, runs in processes.items() if not runs]
        return read_status(warehouse, known, Local(processes, problems))

    return run


def shown(status: Status) -> str:
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - a console owns its file
    console.print(screen(status))
    return console.export_text()


def checked(desk: Desk, **ago: float) -> None:
    desk.run("insert into ingest.run (dag_id, succeeded_at) values ('check_warehouse', %s)", desk.ago(**ago))


def test_an_empty_warehouse_is_starting(look):
    assert look().troubles == []
    assert "starting: no feed is in force yet" in shown(look())


def test_paused_feeds_are_counted(warehouse, look):
    feeds = tuple(Feed(name, f"https://{name}.example/rss", enabled=name == "a") for name in "abc")
    outlet = Outlet(
        "o", "O", None, "US", "en", "wire", "private", perspective="us", timezone=None, feeds=feeds
    )  # fmt: skip
    sync_registry(warehouse, Registry((outlet,), "digest"), now=warehouse.now())
    assert {row.health: row.feeds for row in look().feeds} == {"new": 1, "paused": 2}


def test_all_stages_and_feeds_are_shown(desk, look):
    feed = desk.feed(next_poll_at=desk.ago(minutes=7))
    desk.feed(health="gone")
    desk.entry(feed, desk.ago(hours=3))
    desk.entry(feed, desk.ago(hours=3), next_try_at=desk.ago(hours=-1))
    desk.dropped(feed, desk.ago(hours=2), "paywall")
    desk.article(feed, desk.ago(days=3))
    checked(desk, minutes=5)
    status = look(scheduler=True)
    assert [line.partition(":")[0] for line in status.troubles] == ["collect_articles", "label_articles"]
    lag = {row.stage: (row.waiting, row.since and status.at - row.since > timedelta(minutes=6)) for row in status.lag}
    assert lag == {"poll": (1, True), "collect": (1, True), "link": (1, True), "tag": (1, True), "close": (1, True)}
    screenshot = shown(status)
    for words in ("paywall 1", "gone", "3 h", "3 d", "check_warehouse", "scheduler up", "3 entries"):
        assert words in screenshot, words


@pytest.mark.parametrize(
    ("processes", "ago", "alarm", "trouble"),
    [
        ({"scheduler": False}, {"minutes": 5}, None, "scheduler does not run"),
        ({}, {"minutes": 45}, None, "no round of checks"),
        ({}, {"minutes": 5}, "critical", "ledger_states: x"),
        ({}, {"minutes": 5}, "warning", None),
    ],
)
def test_what_is_not_well(desk, look, processes, ago, alarm, trouble):
    desk.feed()
    checked(desk, **ago)
    if alarm:
        desk.run(
            "insert into ingest.alarm (check_name, subject, severity, meaning, finding, mend, opened_at, last_seen_at)"
            " values ('ledger_states', 'x', %s, 'm', '[bold]f[/bold]', 'mend', now(), now())",
            alarm,
        )
    status = look(**processes)
    assert [trouble in words for words in status.troubles] == ([True] if trouble else [])
    if alarm:
        assert "[bold]f[/bold]" in shown(status), "what alarms say is no markup"


def test_a_full_disk_is_not_well(desk, warehouse, settings):
    status = read_status(warehouse, settings.model_copy(update={"min_free_mb": 10**9}))
    assert len(status.troubles) == 2
    assert "nothing is fetched" in status.troubles[0]


def test_checks_that_never_ran_are_missed_once_there_are_feeds(desk, look, warehouse, settings):
    desk.feed(added_days_ago=0.01)
    assert look().troubles == []
    desk.feed(added_days_ago=1)
    assert "no round of checks" in look().troubles[0]
    check_data(warehouse, settings, When.NIGHT)
