"""Who is told when: once a day at most, again while it lasts, and never twice because of a kill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.alarms.checks import When
from wirewatch.alarms.digest import Alarm, Digest
from wirewatch.alarms.sending import Channel, NotSent, Round, send_alarms
from wirewatch.alarms.watching import check_data

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Killed(BaseException):
    """A kill: nothing of the program runs after it."""


@pytest.fixture
def now() -> datetime:
    return MORNING


class Reader:
    """Somebody who reads a channel."""

    def __init__(self) -> None:
        self.digests: list[Digest] = []
        self.error: BaseException | None = None

    @property
    def channel(self) -> Channel:
        return Channel("reader", self._send)

    def _send(self, digest: Digest) -> None:
        self.digests.append(digest)
        if self.error:
            raise self.error


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def round_at(warehouse, settings, reader):
    """One round of checking and telling; returns what the reader got."""

    def run(now: datetime) -> list[str]:
        reader.digests.clear()
        check_data(warehouse, settings, When.CYCLE, now=now)
        send_alarms(warehouse, [reader.channel], now=now)
        return [alarm.subject for digest in reader.digests for alarm in digest.alarms]

    return run


def test_one_digest_for_all_that_is_new(desk, round_at, reader):
    for _ in range(20):
        desk.feed()
    desk.run("update ingest.feed set health = 'stale' where feed_id <= 4")
    assert len(round_at(MORNING)) == 4
    assert len(reader.digests) == 1
    assert reader.digests[0].subject.startswith("Wirewatch: 4 alarms, 0 critical: silent_feeds, https://desk.test/")
    desk.run("update ingest.feed set health = 'stale' where feed_id <= 5")
    assert round_at(MORNING + timedelta(minutes=10)) == ["https://desk.test/feed/5"]


def test_a_warning_comes_again_after_a_week_and_a_critical_alarm_every_day(desk, round_at):
    desk.feed(health="stale")
    desk.run("insert into ingest.run (dag_id, failed_at) values ('poll_feeds', %s)", MORNING)
    told = {day: round_at(MORNING + timedelta(days=day)) for day in range(9)}
    feed = "https://desk.test/feed/1"
    assert told[0] == ["poll_feeds", feed]
    assert [day for day in told if "poll_feeds" in told[day]] == list(range(9))
    assert [day for day in told if feed in told[day]] == [0, 7]


def test_an_alarm_that_flaps_is_told_once_a_day(desk, round_at):
    desk.feed(health="stale")
    assert len(round_at(MORNING)) == 1
    for minutes in range(10, 100, 20):
        desk.run("update ingest.feed set health = 'healthy'")
        assert round_at(MORNING + timedelta(minutes=minutes)) == []
        desk.run("update ingest.feed set health = 'stale'")
        assert round_at(MORNING + timedelta(minutes=minutes + 10)) == []
    desk.run("update ingest.feed set health = 'healthy'")
    assert round_at(MORNING + timedelta(days=1)) == []
    desk.run("update ingest.feed set health = 'stale'")
    assert len(round_at(MORNING + timedelta(days=1, minutes=10))) == 1, "another day, another alarm"


def test_a_kill_between_sending_and_noting_it_never_sends_twice_that_day(desk, round_at, reader, cursor):
    desk.feed(health="stale")
    reader.error = Killed()
    with pytest.raises(Killed):
        round_at(MORNING)
    assert len(reader.digests) == 1
    reader.error = None
    assert round_at(MORNING + timedelta(minutes=10)) == []
    cursor.execute("select sent_at from ingest.alarm_message")
    assert cursor.fetchall() == [(None,)], "the row tells that nobody knows"
    assert len(round_at(MORNING + timedelta(days=1))) == 1, "and the next day it comes again"


def test_an_error_is_told_and_tried_again(desk, round_at, reader):
    desk.feed(health="stale")
    reader.error = OSError("no route")
    with pytest.raises(NotSent, match="reader did not take the message about 1 alarms: no route"):
        round_at(MORNING)
    reader.error = None
    assert len(round_at(MORNING + timedelta(minutes=10))) == 1


def test_two_senders_at_once_tell_it_once(desk, settings, reader, warehouse, database):
    from wirewatch.warehouse import Warehouse

    desk.feed(health="stale")
    other_told = []

    def send_while_another_sends(digest: Digest) -> None:
        with Warehouse(database) as other:
            other_told.append(send_alarms(other, [reader.channel], now=MORNING).messages)
        reader.digests.append(digest)

    check_data(warehouse, settings, When.NIGHT, now=MORNING)
    with warehouse.transaction() as rows:
        rows.save_alarms([("silent_feeds", "x", "warning", "m", "f", "fix", MORNING, MORNING)])
    send_alarms(warehouse, [Channel("reader", send_while_another_sends)], now=MORNING)
    assert other_told == [0]
    assert len(reader.digests) == 1


def test_a_subject_is_one_line():
    alarm = Alarm(1, "c", "a\r\nBcc: x@example.org", "critical", "m", "f", "fix", MORNING, MORNING)
    assert Digest((alarm,)).subject == "Wirewatch: 1 alarm, 1 critical: c, a Bcc: x@example.org"


ROUND = Round("http://ui.test:8080/", "check_warehouse", "scheduled__2026-11-20T09:00:00+00:00")


def test_an_alarm_about_a_run_links_to_it_and_any_other_to_the_run_that_found_it(desk, warehouse, settings, reader):
    desk.feed(health="stale")
    with warehouse.transaction() as rows:
        rows.note_run_start(dag_id="label_articles", run_id="manual__1", started_at=MORNING, late_at=MORNING)
        rows.note_run_end(dag_id="label_articles", run_id="manual__1", failed=True)
        rows.note_run_start(dag_id="label_articles", run_id="manual__2", started_at=MORNING, late_at=MORNING)
        later = rows.database_time() + timedelta(minutes=1)
    check_data(warehouse, settings, When.CYCLE, now=later)
    send_alarms(warehouse, [reader.channel], now=later, told_by=ROUND)
    (digest,) = reader.digests
    links = {alarm.check_name: alarm.link for alarm in digest.alarms}
    assert links.pop("failed_runs") == "http://ui.test:8080/dags/label_articles/runs/manual__1"
    found_by = "http://ui.test:8080/dags/check_warehouse/runs/scheduled__2026-11-20T09%3A00%3A00%2B00%3A00"
    assert links
    assert set(links.values()) == {found_by}
    assert f"The run in Airflow: {found_by}" in digest.text
