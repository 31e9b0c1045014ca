"""The front page's table is kept by triggers: it always equals what a fresh derivation gives."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

_ALL = "select * from news.story_topic order by topic, story_id"
_DERIVE = """
delete from news.story_topic;
select news.refresh_story_topics(array(select story_id from news.story));
"""


@pytest.fixture
def week(week_database: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor on the week; whatever it changes is undone."""
    connection = psycopg2.connect(week_database)
    with connection.cursor() as cursor:
        yield cursor
    connection.rollback()
    connection.close()


def rows(cursor, statement: str, *parameters) -> list[tuple]:
    cursor.execute(statement, parameters or None)
    return cursor.fetchall()


def kept_as_derived(cursor) -> list[tuple]:
    kept = rows(cursor, _ALL)
    cursor.execute(_DERIVE)
    assert kept == rows(cursor, _ALL)
    return kept


def test_the_week_as_the_stages_left_it(week):
    kept = kept_as_derived(week)
    assert len(kept) > 50
    ((reports,),) = rows(week, "select max(reports) from news.story_topic")
    assert reports == 13


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ("update news.tag set valid_to = now() where article_id = {article} and valid_to is null", True),
        ("update news.article set story_id = {other} where article_id = {article}", True),
        ("update news.article set first_seen_at = now() where article_id = {article}", False),
        ("update news.article set story_id = {story} where story_id = {other}", False),
        ("update news.story set origin_article_id = {article} where story_id = {other}", False),
    ],
)
def test_each_change_is_followed(week, change, lost):
    ((article, story),) = rows(
        week,
        "select origin_article_id, story_id from news.story_topic join news.story using (story_id)"
        " where reports = 1 order by story_id limit 1",
    )
    ((other,),) = rows(week, "select story_id from news.story_topic where reports = 13")
    week.execute(change.format(article=article, story=story, other=other))
    kept = kept_as_derived(week)
    assert lost == (story not in {row[1] for row in kept})


def test_a_story_stays_while_a_new_version_waits_to_be_labelled(week):
    before = rows(week, _ALL)
    ((article,),) = rows(
        week, "select origin_article_id from news.story_topic join news.story using (story_id) limit 1"
    )
    week.execute(
        "update news.article set version = version + 1, linked_at = null, tagged_at = null where article_id = %s",
        (article,),
    )
    columns = "title, text, text_digest, language, published_at, published_source, extractor, extracted_at"
    week.execute(
        f"insert into news.article_version (article_id, version, {columns})"
        f" select article_id, version + 1, {columns} from news.article_version where article_id = %s"
        " order by version desc limit 1",
        (article,),
    )
    assert rows(week, _ALL) == before
    kept_as_derived(week)


def test_the_pipelines_role_keeps_it_too(week):
    week.execute("set local role pipeline")
    week.execute("update news.tag set valid_to = now() where valid_to is null and relevance = 'core'")
    assert not rows(week, "select from news.story_topic where relevance = 'core'")
    week.execute("reset role")
    kept_as_derived(week)


def test_a_tag_that_comes_back_brings_its_story_back(week):
    ((tag, story),) = rows(
        week,
        "select tag_id, story_id from news.story_topic join news.story using (story_id)"
        " join news.tag on tag.article_id = origin_article_id and valid_to is null where reports = 1 limit 1",
    )
    week.execute("update news.tag set valid_to = now() where tag_id = %s", (tag,))
    assert not rows(week, "select from news.story_topic where story_id = %s", story)
    week.execute(
        "insert into news.tag (article_id, version, topic, rules_version, relevance, score, probability, valid_from)"
        " select article_id, version, topic, rules_version, 'related', 0, 0.25, now() from news.tag where tag_id = %s",
        (tag,),
    )
    assert rows(week, "select relevance, probability from news.story_topic where story_id = %s", story) == [
        ("related", 0.25)
    ]
