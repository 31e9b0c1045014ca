"""Tagging the past again on a real Postgres: what changes, what stays, what is remembered, and being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import psycopg2
import pytest

from tests.topics.conftest import BORDER, BORDER_MODEL, CLASH, LADDER, RAIN
from wirewatch.alarms.checks import When
from wirewatch.alarms.watching import run_checks
from wirewatch.errors import ConfigurationError
from wirewatch.topics import relabelling
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.relabelling import ChangeReport, outdated_topics, relabel_topic, report_changes
from wirewatch.topics.rules import load_topic
from wirewatch.topics.tagging import tag

TOPIC = "india_china_border"
WITHOUT_LADDER = BORDER.replace(", ladder line", "")
HISTORY = """
select article_id, version, topic, relevance, event, score, probability, rules_version,
    (select jsonb_agg(array[n::text, rule, term, field, start_at::text, end_at::text, weight::text] order by n)
        from news.evidence where evidence.tag_id = tag.tag_id)
from news.tag where valid_to is not null = %s order by tag_id
"""


def relabel(warehouse, settings, **limits):
    assert outdated_topics(warehouse, settings, TOPIC, **limits) in ([TOPIC], [])
    return relabel_topic(warehouse, settings, TOPIC, **limits)


@pytest.fixture
def tagged(warehouse, topic_settings, articles):
    """Settings after the three articles were tagged."""
    sync_topic_files(warehouse, topic_settings)
    tag_topics(warehouse, topic_settings)
    return topic_settings


def assert_tags_are_sound(warehouse) -> None:
    findings, broken = run_checks(warehouse, When.NIGHT)
    about_tags = {
        check.name: found for check, found in findings.items() if check.name.startswith(("tag_", "evidence_"))
    }
    assert broken == []
    assert about_tags.keys() >= {"tag_history", "evidence_sums", "evidence_spans"}
    assert not any(about_tags.values()), about_tags


def in_force(cursor) -> dict[int, tuple[str, str | None]]:
    cursor.execute("select article_id, relevance, event from news.tag where valid_to is null")
    rows = cursor.fetchall()
    assert len({article for article, *_ in rows}) == len(rows), "an article is tagged twice"
    return {article: (relevance, event) for article, relevance, event in rows}


def test_changed_rules_reach_the_past(warehouse, tagged, articles, write_topic, cursor):
    clash, ladder, rain = articles
    cursor.execute(HISTORY, [False])
    before = cursor.fetchall()
    path = write_topic(WITHOUT_LADDER)
    report = relabel(warehouse, tagged)
    assert (report.tagged, report.repeated, report.gained, report.lost, report.moved) == (3, 2, 0, 0, 1)
    assert relabel(warehouse, tagged).tagged == 0
    assert in_force(cursor) == {clash: ("core", "clash"), ladder: ("related", None), rain: ("none", None)}
    cursor.execute("select distinct rules_version from news.tag where valid_to is null")
    assert cursor.fetchall() == [(load_topic(path).version,)]
    cursor.execute(HISTORY, [True])
    assert cursor.fetchall() == before, "the past was written over"
    assert_tags_are_sound(warehouse)


def test_a_repeated_tag_shares_the_evidence_of_the_first(warehouse, tagged, articles, write_topic, cursor):
    clash, *_ = articles
    for text in (WITHOUT_LADDER, BORDER, WITHOUT_LADDER + "# a remark\n", BORDER.replace("cricket, test", "test")):
        write_topic(text)
        relabel(warehouse, tagged)
    cursor.execute(
        "select tag_id, replaces, evidence_of, score from news.tag where article_id = %s order by tag_id", [clash]
    )
    rows = cursor.fetchall()
    first = rows[0][0]
    assert [evidence_of for _, _, evidence_of, _ in rows] == [None, *[first] * (len(rows) - 1)]
    assert [replaces for _, replaces, _, _ in rows] == [None, *(tag_id for tag_id, *_ in rows[:-1])]
    cursor.execute(
        "select count(distinct rows), count(*) from (select tag_id, array_agg(row (n, rule, term, weight) order by n)"
        " as rows from news.evidence join news.tag using (tag_id) where article_id = %s group by tag_id) as each_tag",
        [clash],
    )
    assert cursor.fetchone() == (1, len(rows))
    assert_tags_are_sound(warehouse)


def test_the_changes_are_reported(warehouse, tagged, articles, write_topic, cursor, caplog):
    _, ladder, _ = articles
    old = load_topic(write_topic()).version
    new = load_topic(write_topic(WITHOUT_LADDER.replace("clashed", "clashed, rained"))).version
    relabel(warehouse, tagged)
    with caplog.at_level("INFO"):
        assert report_changes(warehouse, tagged, TOPIC) == ChangeReport(moved=1)
    assert f"moved: article {ladder}, core clash → related: {LADDER[0]}" in caplog.text
    cursor.execute("set role analyst")
    cursor.execute(
        "select topic, change, cause, article_id, title, old_relevance, relevance, old_event, event, old_rules_version,"
        " rules_version, score is not null, changed_at > now() - interval '1 minute' from news.tag_changes"
    )
    assert cursor.fetchall() == [
        (TOPIC, "moved", "rules", ladder, LADDER[0], "core", "related", "clash", None, old, new, True, True)
    ]


def test_gained_and_lost(warehouse, tagged, articles, write_topic, put, cursor):
    """Also by a new version of an article, which is no doing of the rules."""
    clash, _, rain = articles
    write_topic(
        BORDER.replace("india: {country", "rain: {stands_for: [india, prc], en: [rain(ed)]}\n      india: {country")
    )
    assert relabel(warehouse, tagged).gained == 1
    write_topic()
    assert relabel(warehouse, tagged).lost == 1
    put("https://news.example/0", RAIN[1], title=RAIN[0])
    cursor.execute("update news.article set tagged_at = null where article_id = %s", [clash])
    assert tag_topics(warehouse, tagged).lost == 1
    cursor.execute("select article_id, change, cause, old_version, version from news.tag_changes order by tag_id")
    assert cursor.fetchall() == [
        (rain, "gained", "rules", 1, 1),
        (rain, "lost", "rules", 1, 1),
        (clash, "lost", "article", 1, 2),
    ]
    assert report_changes(warehouse, tagged, TOPIC) == ChangeReport(lost=1)


def test_what_was_believed_on_a_day(warehouse, tagged, articles, write_topic, put, cursor):
    """Days are a thousand apart: tags are moved back in time as if each step had happened then."""
    clash, ladder, _ = articles
    days = [datetime(2020, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)]

    def happened_on(day: datetime) -> None:
        cursor.execute("update news.tag set valid_from = %s where valid_from > '2025-06-01'", [day])
        cursor.execute("update news.tag set valid_to = %s where valid_to > '2025-06-01'", [day])

    happened_on(days[0])
    put("https://news.example/0", LADDER[1], title=LADDER[0])
    cursor.execute("update news.article set tagged_at = null where article_id = %s", [clash])
    tag_topics(warehouse, tagged)
    write_topic(WITHOUT_LADDER)
    relabel(warehouse, tagged)
    happened_on(days[1])
    cursor.execute("set role analyst")

    def believed(day: datetime) -> dict:
        cursor.execute(
            "select article_id, version, relevance, event, title from news.tags_as_of(%s) where topic = %s",
            [day, TOPIC],
        )
        rows = cursor.fetchall()
        assert len({article for article, *_ in rows}) == len(rows)
        return {article: tuple(rest) for article, *rest in rows}

    assert believed(days[0] - timedelta(days=1)) == {}
    assert believed(days[0])[clash] == (1, "core", "clash", CLASH[0])
    assert believed(days[1] - timedelta(seconds=1))[ladder] == (1, "core", "clash", LADDER[0])
    assert believed(days[1])[clash] == (2, "related", None, LADDER[0])
    assert believed(days[1])[ladder] == (1, "related", None, LADDER[0])
    assert believed(datetime.now(UTC)) == believed(days[1])


def test_limits_and_parts(warehouse, tagged, articles, write_topic, cursor):
    clash, ladder, _ = articles
    cursor.execute("update news.article set first_seen_at = '2026-01-01' where article_id = %s", [clash])
    cursor.execute("update news.article set first_seen_at = '2026-02-01' where article_id = %s", [ladder])
    write_topic(WITHOUT_LADDER)
    assert relabel(warehouse, tagged, since="2026-01-02", until="2026-02-02").tagged == 1
    assert relabel(warehouse, tagged, until="2026-02-02").tagged == 1
    assert [relabel_topic(warehouse, tagged, TOPIC, part=n, parts=2).tagged for n in (0, 1)] in ([1, 0], [0, 1])
    assert outdated_topics(warehouse, tagged) == []


def test_a_new_topic_reaches_the_past(warehouse, tagged, articles, cursor):
    """A second file, and no code: it is tagged for the articles of before, and for new ones with the first."""
    second = BORDER.replace("topic: india_china_border", "topic: weather").replace("en: [India, ", "en: [rain(ed), ")
    (tagged.topics / "weather.yaml").write_text(second.replace("model: india_china_border", "model: weather"))
    (tagged.topics / "weather.model.json").write_text(json.dumps(BORDER_MODEL | {"topic": "weather"}))
    assert outdated_topics(warehouse, tagged) == ["weather"]
    report = relabel_topic(warehouse, tagged, "weather")
    assert (report.tagged, report.gained) == (3, 0)
    cursor.execute("select topic, count(*) from news.tag where valid_to is null group by 1 order by 1")
    assert cursor.fetchall() == [(TOPIC, 3), ("weather", 3)]
    cursor.execute("select count(*) from news.mention where topic = %s", [TOPIC])
    assert cursor.fetchone()[0] > 0


def test_articles_held_by_others_come_last(database, warehouse, tagged, articles, write_topic, cursor):
    """Linking may hold an article and want another: relabelling neither waits for it nor passes it over."""
    write_topic(WITHOUT_LADDER)
    sync_topic_files(warehouse, tagged)
    clash, *_ = articles
    holder = psycopg2.connect(database)
    with holder.cursor() as holding:
        holding.execute("select from news.article where article_id = %s for no key update", [clash])
        release = threading.Timer(1.5, holder.commit)
        release.start()
        assert relabel_topic(warehouse, tagged, TOPIC).tagged == 3
        release.join()
    holder.close()
    cursor.execute(
        "select max(valid_from) filter (where article_id = %s) > max(valid_from) filter (where article_id <> %s)"
        " from news.tag where valid_to is null",
        [clash, clash],
    )
    assert cursor.fetchone()[0], "it was not the last"


def test_newer_rules_decide_from_when_they_come_into_force(
    warehouse, tagged, articles, write_topic, cursor, monkeypatch
):
    """Two batches, and the file is changed between them: nothing keeps tags of the rules between."""
    monkeypatch.setattr(relabelling, "_BATCH", 1)
    write_topic(WITHOUT_LADDER)
    sync_topic_files(warehouse, tagged)
    decide, calls = relabelling.tag_batch, []

    def change_the_file_after_the_first(*arguments):
        calls.append(1)
        return decide(*arguments)

    monkeypatch.setattr(relabelling, "tag_batch", change_the_file_after_the_first)
    logged = relabelling.log.info

    def log(*arguments):
        logged(*arguments)
        if len(calls) == 1:
            write_topic(BORDER.replace("clashed", "clashed, bickered"))
            sync_topic_files(warehouse, tagged)

    monkeypatch.setattr(relabelling.log, "info", log)
    report = relabel_topic(warehouse, tagged, TOPIC)
    assert report.tagged == 4
    cursor.execute("select count(*), count(distinct rules_version) from news.tag where valid_to is null")
    assert cursor.fetchone() == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"topic": "weather"}, r"'weather' is not in force \(in force: india_china_border\)"),
        ({"topic": TOPIC, "since": "soon"}, "since='soon' is no day; write it as 2026-03-01"),
        ({"topic": TOPIC, "since": "2026-03-02", "until": "2026-03-02"}, "no article is between; swap the days"),
    ],
)
def test_what_can_not_be_relabelled_is_said(warehouse, tagged, arguments, message):
    for work in (outdated_topics, relabel_topic):
        with pytest.raises(ConfigurationError, match=message):
            work(warehouse, tagged, **arguments)


# --- killed

_WORKER = """
import sys
from pathlib import Path
from wirewatch.settings import Settings
from wirewatch.topics import labelling, relabelling
from wirewatch.topics import storing as batch
from wirewatch.warehouse import Warehouse

labelling._BATCH = relabelling._BATCH = 10
settings = Settings(topics=Path(sys.argv[2]), home=Path(sys.argv[2]))
with Warehouse(sys.argv[1]) as warehouse:
    if sys.argv[3] == "label":
        labelling.tag_topics(warehouse, settings)
    else:
        relabelling.relabel_topic(warehouse, settings, "india_china_border")
"""
MANY = 600


def kill_midway(database: str, settings, what: str, done: str, cursor) -> int:
    """Starts the work in a process of its own and kills it with SIGKILL when some is done; how much was."""
    process = subprocess.Popen([sys.executable, "-c", _WORKER, database, str(settings.topics), what])
    try:
        until = time.monotonic() + 60
        while True:
            cursor.execute(done)
            count = cursor.fetchone()[0]
            if count >= 20:
                break
            assert process.poll() is None, "it ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
    # Its connection ends with it, and its transaction is rolled back.
    while True:
        cursor.execute(
            "select count(*) from pg_stat_activity"
            " where application_name = 'wirewatch' and datname = current_database()"
        )
        if not cursor.fetchone()[0]:
            break
        time.sleep(0.05)
    cursor.execute(done)
    return cursor.fetchone()[0]


def fresh(topic, cursor) -> list[tuple]:
    """What tagging each article once by `topic` gives, in the form of HISTORY."""
    cursor.execute("select article_id, title, text, language from news.article_version order by article_id")
    rows = []
    for article, title, text, language in cursor.fetchall():
        found = tag(topic, title, text, language=language, on=date(2025, 5, 1))
        evidence = [
            [str(n), row.rule, row.term, row.field, _text(row.start), _text(row.end)]
            for n, row in enumerate(found.evidence, start=1)
        ]
        rows.append((article, 1, topic.name, found.relevance.value, found.event, found.score, topic.version, evidence))
    return rows


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def stored(cursor) -> list[tuple]:
    """The tags in force in the form of `fresh`."""
    cursor.execute(HISTORY.replace("order by tag_id", "order by article_id"), [False])
    return [
        (article, version, topic, relevance, event, score, rules, [row[:6] for row in evidence])
        for article, version, topic, relevance, event, score, _, rules, evidence in cursor.fetchall()
    ]


def test_killed_in_the_middle_and_run_again(database, warehouse, topic_settings, write_topic, put, cursor):
    """Labelling, then relabelling, each killed with SIGKILL: the same tags as when it is done once, and the history."""
    for n in range(MANY):
        title, text = (CLASH, LADDER, RAIN)[n % 3]
        put(
            f"https://news.example/{n}",
            f"{text} Report number {n}.",
            title=title,
            published=datetime(2025, 5, 1, tzinfo=UTC),
        )
    old = load_topic(write_topic())
    sync_topic_files(warehouse, topic_settings)
    done = kill_midway(database, topic_settings, "label", "select count(*) from news.tag", cursor)
    assert 20 <= done < MANY
    assert done % 10 == 0, "half a batch was stored"
    assert tag_topics(warehouse, topic_settings).tagged == MANY - done
    assert stored(cursor) == fresh(old, cursor)

    new = load_topic(write_topic(WITHOUT_LADDER))
    assert outdated_topics(warehouse, topic_settings) == [TOPIC]
    count = "select count(*) from news.tag where valid_to is not null"
    done = kill_midway(database, topic_settings, "relabel", count, cursor)
    assert 20 <= done < MANY
    assert relabel_topic(warehouse, topic_settings, TOPIC).tagged == MANY - done
    assert stored(cursor) == fresh(new, cursor)
    assert len(in_force(cursor)) == MANY
    cursor.execute(
        "select rules_version, count(*), count(distinct article_id) from news.tag where valid_to is not null group by 1"
    )
    assert cursor.fetchall() == [(old.version, MANY, MANY)]
    cursor.execute("select change, count(*) from news.tag_changes group by 1")
    assert dict(cursor.fetchall()) == {"moved": MANY // 3}
    assert report_changes(warehouse, topic_settings, TOPIC) == ChangeReport(moved=MANY // 3)
    cursor.execute("select topic, count(*), count(distinct article_id) from news.mention group by 1")
    topic, mentions, _ = cursor.fetchone()
    expected = Counter()
    for title, text in (CLASH, LADDER, RAIN):
        expected[topic] += len(tag(new, title, text, language="en").mentions) * MANY // 3
    assert mentions == expected[topic]
    assert_tags_are_sound(warehouse)


def test_two_tasks_at_once_share_the_work(database, warehouse, topic_settings, write_topic, put, cursor):
    """Several relabelling tasks, and one that labels, at the same time: as one after the other."""
    for n in range(200):
        title, text = (CLASH, LADDER, RAIN)[n % 3]
        put(f"https://news.example/{n}", f"{text} {n}.", title=title, published=datetime(2025, 5, 1, tzinfo=UTC))
    sync_topic_files(warehouse, topic_settings)
    tag_topics(warehouse, topic_settings)
    new = load_topic(write_topic(WITHOUT_LADDER))
    sync_topic_files(warehouse, topic_settings)
    cursor.execute("update news.article set tagged_at = null where article_id %% 2 = 0", [])
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, database, str(topic_settings.topics), what])
        for what in ("relabel", "relabel", "label")
    ]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0, 0]
    relabel_topic(warehouse, topic_settings, TOPIC)
    assert stored(cursor) == fresh(new, cursor)
    cursor.execute("select article_id, count(*) from news.tag group by 1 having count(*) <> 2")
    assert cursor.fetchall() == []
