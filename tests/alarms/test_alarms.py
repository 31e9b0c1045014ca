"""Alarms open, persist and close by themselves; one fault raises one alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from wirewatch.alarms.checks import Finding, When
from wirewatch.alarms.folding import MANY, fold
from wirewatch.alarms.machine import CLOCK, DISK_FULL, DISK_LOW, machine_findings
from wirewatch.alarms.watching import CheckReport, ChecksBroken, check_data
from wirewatch.warehouse.connection import _checks


def check(warehouse, settings, now, when=When.CYCLE) -> CheckReport:
    report = check_data(warehouse, settings, when, now=now)
    return replace(report, checks=0)


def alarms(cursor, where: str = "closed_at is null") -> list[tuple]:
    cursor.execute(f"select check_name, subject, opened_at, last_seen_at, closed_at from ingest.alarm where {where}")
    return cursor.fetchall()


def test_an_alarm_opens_persists_and_closes(desk, warehouse, settings, cursor, now):
    feed = desk.feed(health="stale")
    subject = f"https://desk.test/feed/{feed}"
    assert check(warehouse, settings, now) == CheckReport(opened=1)
    later = now + timedelta(minutes=10)
    assert check(warehouse, settings, later) == CheckReport(persisting=1)
    assert alarms(cursor) == [("silent_feeds", subject, now, later, None)]
    desk.run("update ingest.feed set health = 'healthy'")
    last = later + timedelta(minutes=10)
    assert check(warehouse, settings, last) == CheckReport(closed=1)
    assert alarms(cursor, "true") == [("silent_feeds", subject, now, later, last)]
    desk.run("update ingest.feed set health = 'stale'")
    assert check(warehouse, settings, last + timedelta(minutes=10)) == CheckReport(opened=1)
    assert len(alarms(cursor, "true")) == 2


def test_a_round_closes_only_what_it_checked(desk, warehouse, settings, cursor, now):
    desk.feed(health="stale")
    check(warehouse, settings, now)
    assert check(warehouse, settings, now + timedelta(minutes=1), When.NIGHT) == CheckReport()
    assert len(alarms(cursor)) == 1


def test_repeating_a_round_changes_nothing(desk, warehouse, settings, cursor, now):
    desk.feed(health="stale")
    check(warehouse, settings, now)
    before = alarms(cursor)
    assert check(warehouse, settings, now) == CheckReport(persisting=1)
    assert alarms(cursor) == before


def test_many_at_once_are_one_alarm_and_an_old_one_survives(desk, warehouse, settings, cursor, now):
    feeds = [desk.feed() for _ in range(6)]
    desk.run("update ingest.feed set health = 'zombie' where feed_id = %s", feeds[0])
    check(warehouse, settings, now)
    desk.run("update ingest.feed set health = 'stale' where feed_id <> %s", feeds[0])
    assert check(warehouse, settings, now + timedelta(minutes=10)) == CheckReport(opened=1, persisting=1)
    assert {subject for _, subject, *_ in alarms(cursor)} == {MANY, f"https://desk.test/feed/{feeds[0]}"}
    desk.run("update ingest.feed set health = 'healthy' where feed_id <> %s", feeds[0])
    assert check(warehouse, settings, now + timedelta(minutes=20)) == CheckReport(persisting=1, closed=1)


@pytest.mark.parametrize(
    ("found", "of", "alarms"),
    [(2, 2, 2), (3, 3, 1), (3, 6, 1), (3, 7, 3), (40, 100, 40), (50, 100, 1), (5, None, 5)],
)
def test_folding(found, of, alarms):
    assert len(fold([Finding(str(n), "x", of) for n in range(found)], set())) == alarms


def test_folding_names_examples_and_their_number():
    (one,) = fold([Finding(f"s{n}", "silent", 5) for n in range(5)], set())
    assert one.finding == "5 of 5; s0: silent; s1: silent; s2: silent; …"


def test_a_broken_check_is_said_after_the_others_ran(desk, warehouse, settings, cursor, now, monkeypatch):
    desk.feed(health="stale")

    def broken(connection, now):
        with connection.cursor() as opened:
            opened.execute("select nothing from nowhere")

    monkeypatch.setattr(_checks(), "network", broken)
    with pytest.raises(ChecksBroken, match=r"sql/checks/network.sql: .*nowhere"):
        check(warehouse, settings, now)
    assert len(alarms(cursor)) == 1


def test_hostile_words_are_kept_whole(desk, warehouse, settings, cursor, now):
    desk.feed(health="gone", failures=9, last_success_at=None, last_error="a\x01\n{{ 7 * 7 }} <b>%s</b>" + "x" * 5000)
    check(warehouse, settings, now)
    cursor.execute("select finding from news.alarms")
    (finding,) = cursor.fetchone()
    assert "{{ 7 * 7 }} <b>%s</b>" in finding
    assert "\x01" not in finding
    assert len(finding) <= 1000


def test_disk_and_clock(settings, now):
    def found(megabytes: float, ahead: float = 0) -> list:
        here = now + timedelta(seconds=ahead)
        rows = machine_findings(settings, here=here, database=now, free=lambda folder: int(megabytes * 1e6))
        return [(check, finding.subject) for check, finding in rows]

    assert found(5000) == []
    assert found(999) == [(DISK_FULL, "archive"), (DISK_FULL, "state")]
    assert found(2000) == [(DISK_LOW, "archive"), (DISK_LOW, "state")]
    assert found(5000, ahead=-40) == [(CLOCK, "clocks")]


def test_an_archive_elsewhere_has_no_disk(settings, now):
    remote = settings.model_copy(update={"archive": "memory://pages"})
    rows = machine_findings(remote, here=now, database=now, free=lambda folder: 0)
    assert [finding.subject for _, finding in rows] == ["state"]
