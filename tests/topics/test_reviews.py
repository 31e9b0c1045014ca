"""An editor's review is the decision in force: over rules, texts and runs, until it is withdrawn."""

from __future__ import annotations

import psycopg2
import pytest

from tests.topics.conftest import BORDER, LADDER
from tests.topics.test_relabelling import (
    TOPIC,
    WITHOUT_LADDER,
    assert_tags_are_sound,
    in_force,
    relabel,
    tagged,  # noqa: F401 - a fixture
)
from wirewatch.topics.labelling import tag_topics


@pytest.fixture
def review(cursor):
    """Adds a review; gives its number."""

    def add(article: int, relevance: str, event: str | None = None, *, withdraws: int | None = None) -> int:
        cursor.execute(
            "insert into news.review (article_id, version, topic, relevance, event, reviewed_by, withdraws)"
            " select article_id, version, %s, %s, %s, 'an editor', %s from news.article where article_id = %s"
            " returning review_id",
            [TOPIC, relevance, event, withdraws, article],
        )
        return cursor.fetchone()[0]

    return add


def decided_by(cursor, article: int) -> tuple[str, int | None]:
    cursor.execute("select method, review_id from news.tag where article_id = %s and valid_to is null", [article])
    return cursor.fetchone()


def test_a_review_closes_the_machines_tag_and_withdrawing_it_brings_that_back(
    warehouse,
    tagged,  # noqa: F811
    articles,
    review,
    cursor,
):
    clash, *_ = articles
    before = in_force(cursor)
    number = review(clash, "none")
    assert in_force(cursor)[clash] == ("none", None)
    assert decided_by(cursor, clash) == ("review", number)
    other = review(clash, "core")
    assert in_force(cursor)[clash] == ("core", "clash"), "an event that the editor leaves open is the machine's"
    undo = review(clash, "core", withdraws=other)
    assert undo > other
    assert decided_by(cursor, clash) == ("review", number)
    review(clash, "none", withdraws=number)
    assert in_force(cursor) == before
    assert decided_by(cursor, clash) == ("rules", None)
    cursor.execute("select count(*) from news.tag where article_id = %s", [clash])
    assert cursor.fetchone() == (5,), "each decision is a row"
    assert_tags_are_sound(warehouse)


def test_what_was_believed_before_a_review_can_still_be_asked(warehouse, tagged, articles, review, cursor):  # noqa: F811
    clash, *_ = articles
    cursor.execute("update news.tag set valid_from = valid_from - interval '1 day'")
    review(clash, "none")
    cursor.execute(
        "select relevance, event, method from news.tags_as_of(now() - interval '1 hour') where article_id = %s", [clash]
    )
    assert cursor.fetchall() == [("core", "clash", "rules")]
    cursor.execute("select relevance, method from news.tags_as_of(now()) where article_id = %s", [clash])
    assert cursor.fetchall() == [("none", "review")]


def test_relabelling_obeys_it(warehouse, tagged, articles, review, write_topic, cursor):  # noqa: F811
    clash, ladder, _ = articles
    numbers = review(clash, "related"), review(ladder, "core", "other")
    for text in (WITHOUT_LADDER, BORDER, BORDER.replace("cricket, test", "test")):
        write_topic(text)
        report = relabel(warehouse, tagged)
        assert (report.gained, report.lost) == (0, 0)
        assert in_force(cursor)[clash] == ("related", None)
        assert in_force(cursor)[ladder] == ("core", "other")
        assert [decided_by(cursor, article) for article in (clash, ladder)] == [("review", n) for n in numbers]
        assert_tags_are_sound(warehouse)
    review(ladder, "core", "other", withdraws=numbers[1])
    assert in_force(cursor)[ladder] == ("core", "clash")


def test_it_holds_for_a_later_version_of_the_text(warehouse, tagged, articles, review, put, cursor):  # noqa: F811
    clash, *_ = articles
    number = review(clash, "none")
    put("https://news.example/0", LADDER[1], title=LADDER[0])
    cursor.execute("update news.article set tagged_at = null where article_id = %s", [clash])
    tag_topics(warehouse, tagged)
    assert in_force(cursor)[clash] == ("none", None)
    assert decided_by(cursor, clash) == ("review", number)
    cursor.execute("select version from news.tag where article_id = %s and valid_to is null", [clash])
    assert cursor.fetchone() == (2,)
    assert_tags_are_sound(warehouse)


def test_a_review_of_an_untagged_article_waits_for_its_tag(warehouse, tagged, articles, review, cursor):  # noqa: F811
    clash, *_ = articles
    cursor.execute("delete from news.mention; delete from news.evidence_row; delete from news.tag")
    cursor.execute("update news.article set tagged_at = null")
    number = review(clash, "related")
    tag_topics(warehouse, tagged)
    assert decided_by(cursor, clash) == ("review", number)
    assert_tags_are_sound(warehouse)


def test_only_a_verdict_of_the_same_article_can_be_withdrawn_and_once(tagged, articles, review, cursor):  # noqa: F811
    clash, ladder, _ = articles
    number = review(clash, "none")
    with pytest.raises(psycopg2.errors.CheckViolation, match="could be withdrawn"):
        review(ladder, "none", withdraws=number)
    undo = review(clash, "none", withdraws=number)
    with pytest.raises(psycopg2.errors.CheckViolation, match="could be withdrawn"):
        review(clash, "none", withdraws=undo)
    with pytest.raises(psycopg2.errors.UniqueViolation):
        review(clash, "none", withdraws=number)


def test_an_editor_in_sql_gets_the_same(tagged, articles, cursor):  # noqa: F811
    clash, *_ = articles
    cursor.execute("set role editor")
    cursor.execute(
        "insert into news.review (article_id, version, topic, relevance, reviewed_by) values (%s, 1, %s, 'none', 'e')",
        [clash, TOPIC],
    )
    cursor.execute("reset role")
    assert in_force(cursor)[clash] == ("none", None)
