"""Each check: what it finds, and what it must not find."""

from __future__ import annotations

import pytest

from wirewatch.alarms.checks import When
from wirewatch.alarms.watching import assert_sound, run_checks


@pytest.fixture
def found(warehouse, now):
    """What a check finds: subject → finding."""

    def run(name: str) -> dict[str, str]:
        for when in When:
            findings, broken = run_checks(warehouse, when, now=now)
            assert broken == []
            for check, rows in findings.items():
                if check.name == name:
                    return {row.subject: row.finding for row in rows}
        raise AssertionError(f"no check {name}")

    return run


def subjects(found, name: str) -> list[str]:
    return sorted(found(name))


def test_a_wall_at_three_visits(desk, found):
    desk.feed()
    for host, failures, kind in (("a.test", 3, "bot_wall"), ("b.test", 2, "bot_wall"), ("c.test", 9, "timeout")):
        desk.run(
            "insert into ingest.host (host, failures, failing_as, last_error)"
            " values (%s, %s, %s, 'access denied (403)')",
            host, failures, kind,
        )  # fmt: skip
    assert subjects(found, "bot_walls") == ["a.test"]
    assert "access denied" in found("bot_walls")["a.test"]


def test_a_feed_that_is_refused(desk, found):
    desk.feed("a.test", health="blocked", failures=3, last_error="robots.txt")
    desk.feed("b.test", health="blocked", failures=2, last_error="robots.txt")
    assert subjects(found, "bot_walls") == ["a.test"]


def test_a_wall_for_three_articles_and_its_end(desk, found):
    feed = desk.feed()
    for hours in (5, 4, 3):
        desk.dropped(feed, desk.ago(hours=hours), "bot_wall", host="walled.test")
        desk.dropped(feed, desk.ago(hours=hours), "too_old", host="walled.test")
    for hours in (5, 4):
        desk.dropped(feed, desk.ago(hours=hours), "bot_wall", host="two.test")
    assert subjects(found, "bot_walls") == ["walled.test"]
    desk.article(feed, desk.ago(hours=1), host="walled.test")
    assert subjects(found, "bot_walls") == []


def test_a_redesign_that_breaks_extraction(desk, found):
    feed = desk.feed()
    for host, articles, failures in (("broken.test", 6, 5), ("new.test", 2, 5), ("once.test", 6, 4)):
        for number in range(articles):
            desk.article(feed, desk.ago(days=3, hours=number), host=host)
        for number in range(failures):
            desk.dropped(feed, desk.ago(hours=10 - number), "no_text", host=host)
    assert subjects(found, "broken_extraction") == ["broken.test"]
    assert "no_text" in found("broken_extraction")["broken.test"]
    desk.article(feed, desk.ago(hours=1), host="broken.test")
    assert subjects(found, "broken_extraction") == []


def test_one_page_for_every_address(desk, found):
    feed = desk.feed()
    for number in range(5):
        desk.article(feed, desk.ago(hours=number + 1), host="consent.test", text="We value your privacy. " * 20)
        desk.article(feed, desk.ago(hours=number + 1), host="good.test")
    assert subjects(found, "same_text") == ["consent.test"]


def test_texts_that_became_short(desk, found):
    feed = desk.feed()
    for number in range(20):
        desk.article(feed, desk.ago(days=10, hours=number), host="thin.test")
        desk.article(feed, desk.ago(days=10, hours=number), host="thick.test")
    for number in range(5):
        desk.article(feed, desk.ago(hours=number), host="thin.test", text=f"Subscribe to read on {number}.")
        desk.article(feed, desk.ago(hours=number), host="thick.test")
    assert subjects(found, "thin_articles") == ["thin.test"]


def test_feeds_without_news(desk, found):
    silent = desk.feed(health="stale", newest_entry_at=desk.ago(days=9), longest_gap_s=86400, added_days_ago=2)
    desk.feed(health="unchanged", newest_entry_at=desk.ago(days=9))
    desk.feed(health="zombie", retired_at=desk.ago(days=1))
    assert subjects(found, "silent_feeds") == [f"https://desk.test/feed/{silent}"]
    finding = found("silent_feeds")[f"https://desk.test/feed/{silent}"]
    assert f"nothing new since {desk.ago(days=9):%Y-%m-%d}; its longest silence before was 1 days" in finding


def test_feeds_that_fail(desk, found):
    failing = {"health": "unreachable", "failures": 5, "last_error": "no answer"}
    old = desk.feed(**failing, last_success_at=desk.ago(days=2))
    never = desk.feed(**failing, last_success_at=None)
    desk.feed(**failing, last_success_at=None, added_days_ago=0.5)
    desk.feed(**failing, last_success_at=desk.ago(hours=5))
    assert len(found("failing_feeds")) == 2
    assert {old, never} == {int(url.rpartition("/")[2]) for url in found("failing_feeds")}


def test_feeds_that_nobody_polls(desk, found):
    desk.feed(next_poll_at=desk.ago(minutes=50))
    desk.feed(next_poll_at=desk.ago(hours=9), retired_at=desk.ago(hours=8))
    desk.feed(next_poll_at=desk.ago(hours=9), lease_until=desk.ago(minutes=-5), lease_by="worker")
    assert found("overdue_feeds") == {}
    desk.feed(next_poll_at=desk.ago(hours=2))
    assert "1 of 3 feeds" in found("overdue_feeds")["poll_feeds"]


def test_a_network_that_is_down(desk, found):
    feeds = [desk.feed(host=f"h{number}.test") for number in range(5)]
    for feed in feeds[:4]:
        desk.poll(feed, desk.ago(minutes=9), outcome="unreachable")
    desk.poll(feeds[4], desk.ago(minutes=9))
    assert "4 of 5 hosts" in found("network")["all hosts"]
    desk.poll(feeds[0], desk.ago(minutes=2))
    assert found("network") == {}


def test_two_hosts_that_are_down_are_no_outage(desk, found):
    for number in range(2):
        desk.poll(desk.feed(host=f"h{number}.test"), desk.ago(minutes=9), outcome="unreachable")
    assert found("network") == {}


def test_a_queue_that_does_not_move(desk, found):
    feed = desk.feed()
    desk.page("https://desk.test/1", desk.ago(hours=2))
    desk.entry(feed, desk.ago(hours=3))
    desk.entry(feed, desk.ago(hours=3), next_try_at=desk.ago(hours=-1))
    assert "1 entries" in found("stuck_queue")["collect_articles"]
    desk.page("https://desk.test/2", desk.ago(minutes=10))
    assert found("stuck_queue") == {}, "it is long, and it moves"
    desk.entry(feed, desk.ago(days=2))
    assert "2 entries" in found("stuck_queue")["collect_articles"]


def test_articles_that_nobody_labels(desk, found):
    feed = desk.feed()
    desk.article(feed, desk.ago(hours=2))
    assert found("stuck_queue") == {}
    desk.article(feed, desk.ago(hours=4))
    assert subjects(found, "stuck_queue") == ["label_articles"]


def test_no_news_at_all(desk, found):
    feed = desk.feed()
    for hours in range(13, 24 * 14, 1):
        desk.entry(feed, desk.ago(hours=hours), state="dropped", reason="too_old")
    assert "usual are 12" in found("no_news")["all feeds"]
    desk.entry(feed, desk.ago(hours=1), state="dropped", reason="too_old")
    assert found("no_news") == {}


def test_no_news_in_a_young_warehouse(desk, found):
    feed = desk.feed()
    for number in range(500):
        desk.entry(feed, desk.ago(hours=20 + number / 100), state="dropped", reason="too_old")
    assert found("no_news") == {}


def test_an_outlet_that_lists_less(desk, found):
    quiet = desk.feed(outlet="quiet")
    steady = desk.feed(outlet="steady")
    young = desk.feed(outlet="young", added_days_ago=20)
    for day in range(1, 36):
        for number in range(8 + day % 3):
            desk.dropped(steady, desk.ago(days=day, minutes=number), "too_old")
            if day > 7 or number == 0:
                desk.dropped(quiet, desk.ago(days=day, minutes=number), "too_old")
            if 7 < day < 20:
                desk.dropped(young, desk.ago(days=day, minutes=number), "too_old")
    assert subjects(found, "quiet_outlets") == ["quiet"]
    assert found("quiet_outlets")["quiet"].startswith("1.0 entries a day")


def test_articles_that_lost_their_dates_and_authors(desk, found):
    lost = desk.feed(outlet="lost")
    kept = desk.feed(outlet="kept")
    never = desk.feed(outlet="never")
    nothing = {"published_at": None, "published_source": None, "authors": []}
    for number in range(20):
        desk.article(lost, desk.ago(days=20, hours=number))
        desk.article(kept, desk.ago(days=20, hours=number))
        desk.article(never, desk.ago(days=20, hours=number), **nothing)
    for number in range(10):
        desk.article(lost, desk.ago(hours=number + 1), **nothing)
        desk.article(kept, desk.ago(hours=number + 1))
        desk.article(never, desk.ago(hours=number + 1), **nothing)
    assert subjects(found, "undated_articles") == ["lost"]
    assert subjects(found, "missing_fields") == ["lost: authors"]


def test_runs_that_failed_are_late_or_missing(desk, found):
    ended = "insert into ingest.run (dag_id, succeeded_at, failed_at) values (%s, %s, %s)"
    desk.run(ended, "poll_feeds", desk.ago(hours=2), desk.ago(hours=1))
    desk.run(ended, "collect_articles", desk.ago(hours=2), desk.ago(hours=3))
    desk.run(ended, "tend_warehouse", desk.ago(hours=60), None)
    desk.run(ended, "relabel_articles", desk.ago(days=60), None)
    began = "update ingest.run set started_at = %s, late_at = %s where dag_id = %s"
    desk.run(began, desk.ago(minutes=69), desk.ago(minutes=9), "collect_articles")
    desk.run(began, desk.ago(minutes=9), desk.ago(minutes=-21), "poll_feeds")
    assert subjects(found, "failed_runs") == ["poll_feeds"]
    assert subjects(found, "late_runs") == ["collect_articles"]
    assert subjects(found, "missing_runs") == ["tend_warehouse"]
    desk.run("update ingest.run set succeeded_at = %s", desk.now)
    assert [found(name) for name in ("failed_runs", "late_runs", "missing_runs")] == [{}, {}, {}]


def test_a_ledger_that_does_not_balance(desk, found, warehouse):
    good, bad = desk.feed(), desk.feed()
    for feed in (good, bad):
        desk.poll(feed, desk.ago(days=8), outcome="new_entries", entries_listed=9, entries_new=9)
        desk.poll(feed, desk.ago(days=2), outcome="new_entries", entries_listed=2, entries_new=2)
        desk.entry(feed, desk.ago(days=8))
        desk.entry(feed, desk.ago(days=2))
    desk.entry(good, desk.ago(days=1))
    assert subjects(found, "ledger_balance") == [f"https://desk.test/feed/{bad}"]
    with pytest.raises(Exception, match="ledger_balance"):
        assert_sound(warehouse)


def test_rows_that_hang_loose(desk, found):
    feed = desk.feed()
    kept = desk.article(feed, desk.ago(hours=2))
    assert found("orphan_rows") == {}
    desk.run("delete from ingest.entry where article_id = %s", kept)
    assert subjects(found, "orphan_rows") == ["articles without an entry"]


def _tag(desk, article_id: int, relevance: str, *, score: float, weight: float) -> None:
    desk.run(
        "insert into news.topic_rules (topic, version, title, content, in_force_from)"
        " values ('topic', '1', 't', '{}', now()) on conflict do nothing"
    )
    desk.run(
        "with tag as (insert into news.tag (article_id, version, topic, rules_version, relevance, score, probability,"
        " valid_from) values (%s, 1, 'topic', '1', %s, %s, 0.5, now() - interval '1 day') returning tag_id)"
        " insert into news.evidence_row (tag_id, n, rule, term, field, weight)"
        " select tag_id, 1, 'r', 't', 'model', %s from tag",
        article_id, relevance, score, weight,
    )  # fmt: skip


def test_evidence_that_is_not_the_score(desk, found):
    feed = desk.feed()
    _tag(desk, desk.article(feed, desk.ago(hours=1)), "core", score=2.0, weight=2.0)
    assert found("evidence_sums") == {}
    _tag(desk, desk.article(feed, desk.ago(hours=1)), "core", score=2.0, weight=1.5)
    assert "1 tags" in found("evidence_sums")["topic"]


def test_evidence_that_is_not_in_the_text(desk, found):
    feed = desk.feed()
    _tag(desk, desk.article(feed, desk.ago(hours=1)), "core", score=2.0, weight=2.0)
    assert found("evidence_spans") == {}
    desk.run("update news.evidence_row set field = 'text', term = 'no such words', start_at = 0, end_at = 13")
    assert "1 rows" in found("evidence_spans")["topic"]


def test_a_tag_that_does_not_follow_from_the_one_before(desk, found):
    feed = desk.feed()
    for _ in range(2):
        _tag(desk, desk.article(feed, desk.ago(hours=1)), "core", score=2.0, weight=2.0)
    assert found("tag_history") == {}
    desk.run(
        "update news.tag set replaces = ends.first from (select min(tag_id) as first, max(tag_id) as last from"
        " news.tag) as ends where tag_id = ends.last"
    )
    assert "1 tags" in found("tag_history")["topic"]


def test_a_topic_that_drifts(desk, found):
    feed = desk.feed()
    for days, articles, of_twenty in ((20, 800, 1), (2, 200, 4)):
        for number in range(articles):
            relevance = "core" if number % 20 < of_twenty else "none"
            _tag(desk, desk.article(feed, desk.ago(days=days, minutes=number)), relevance, score=1, weight=1)
    assert found("tag_drift")["topic"].startswith("core are 20.0 %")
