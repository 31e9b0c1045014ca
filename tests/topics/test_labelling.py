"""The tagging stage on a real Postgres: history, repetition, broken rules."""

from __future__ import annotations

import pytest

from tests.topics.conftest import BORDER
from wirewatch.copies.linking import link_copies
from wirewatch.errors import FileProblems
from wirewatch.topics import labelling
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.storing import TagReport


def tags(cursor, *, closed: bool = False) -> dict[int, tuple[str, str | None, int]]:
    cursor.execute(
        "select article_id, relevance, event, version from news.tag where (valid_to is not null) = %s order by tag_id",
        [closed],
    )
    return {article: (relevance, event, version) for article, relevance, event, version in cursor.fetchall()}


def test_articles_are_tagged_once(warehouse, topic_settings, articles, cursor):
    sync_topic_files(warehouse, topic_settings)
    first = tag_topics(warehouse, topic_settings)
    again = tag_topics(warehouse, topic_settings)
    assert (first.tagged, first.core, first.related, again.tagged) == (3, 2, 0, 0)
    clash, ladder, rain = articles
    assert tags(cursor) == {clash: ("core", "clash", 1), ladder: ("core", "clash", 1), rain: ("none", None, 1)}


def test_every_row_of_evidence_stands_in_the_stored_text(warehouse, topic_settings, articles, cursor):
    sync_topic_files(warehouse, topic_settings)
    tag_topics(warehouse, topic_settings)
    cursor.execute(
        """
        select count(*), count(*) filter (where term <> substr(
            case field when 'title' then title else text end, start_at + 1, end_at - start_at))
        from news.evidence join news.tag using (tag_id) join news.article_version using (article_id, version)
        where field <> 'model'
        """
    )
    rows, wrong = cursor.fetchone()
    assert rows > 0
    assert wrong == 0
    cursor.execute(
        "select max(abs(score - total)) from news.tag"
        " join (select tag_id, sum(weight) as total from news.evidence group by tag_id) as sums using (tag_id)"
    )
    assert cursor.fetchone()[0] < 1e-9
    cursor.execute("select key, role, count(*) from news.mention join news.entity using (entity_id) group by 1, 2")
    assert ("general_rao", "army_chief", 1) in cursor.fetchall()


def test_a_new_version_of_an_article_closes_its_tag(warehouse, topic_settings, articles, put, cursor):
    sync_topic_files(warehouse, topic_settings)
    tag_topics(warehouse, topic_settings)
    clash = put("https://news.example/0", "It rained at the camp.", title="Rain")
    cursor.execute("update news.article set tagged_at = null where article_id = %s", [clash])
    report = tag_topics(warehouse, topic_settings)
    assert (report.tagged, report.lost) == (1, 1)
    assert tags(cursor)[clash] == ("none", None, 2)
    assert tags(cursor, closed=True) == {clash: ("core", "clash", 1)}


def test_a_broken_file_leaves_the_rules_in_force(warehouse, topic_settings, articles, write_topic):
    sync_topic_files(warehouse, topic_settings)
    write_topic(BORDER.replace("kind: actor", "kind: actress"))
    with pytest.raises(FileProblems, match="not one of the known words"):
        sync_topic_files(warehouse, topic_settings)
    assert tag_topics(warehouse, topic_settings).core == 2


def test_files_that_did_not_change_are_not_read_again(warehouse, topic_settings, write_topic, monkeypatch):
    first = sync_topic_files(warehouse, topic_settings)
    with monkeypatch.context() as patched:
        patched.setattr(labelling, "load_topics", lambda _: pytest.fail("nothing changed"))
        again = sync_topic_files(warehouse, topic_settings)
    assert (first.changed, again.topics, again.changed) == (1, 1, 0)
    write_topic(BORDER.replace("kind: actor", "kind: actress"))
    for _ in range(2):
        with pytest.raises(FileProblems):
            sync_topic_files(warehouse, topic_settings)
    write_topic(BORDER)
    assert sync_topic_files(warehouse, topic_settings).topics == 1


def test_rules_that_were_closed_come_back_from_unchanged_files(warehouse, topic_settings, cursor):
    sync_topic_files(warehouse, topic_settings)
    cursor.execute("update news.topic_rules set in_force_until = now()")
    assert sync_topic_files(warehouse, topic_settings).changed == 1


def test_a_file_that_vanishes_is_missed(warehouse, topic_settings):
    sync_topic_files(warehouse, topic_settings)
    for file in topic_settings.topics.iterdir():
        file.unlink()
    with pytest.raises(FileProblems, match="no topic file"):
        sync_topic_files(warehouse, topic_settings)


def test_before_the_first_topic_articles_wait(warehouse, topic_settings, articles, caplog):
    assert tag_topics(warehouse, topic_settings) == TagReport()
    assert "no topic is in force" in caplog.text
    sync_topic_files(warehouse, topic_settings)
    assert tag_topics(warehouse, topic_settings).tagged == 3


def test_rules_are_not_made_ready_when_nothing_waits(warehouse, topic_settings, monkeypatch, articles):
    sync_topic_files(warehouse, topic_settings)
    assert tag_topics(warehouse, topic_settings).tagged == 3

    def unwanted(content):
        raise AssertionError("nothing waits")

    monkeypatch.setattr(labelling, "topic_from_content", unwanted)
    assert tag_topics(warehouse, topic_settings).tagged == 0
    with warehouse.transaction() as rows:
        waiting = rows.unlinked_articles(most=10)
    assert link_copies(warehouse, topic_settings, list).linked == len(waiting)
    assert link_copies(warehouse, topic_settings, list).linked == 0
