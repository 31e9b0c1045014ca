"""Copies among the loopback newsroom's articles, as they were written, against its truth."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wirewatch.copies.in_memory import Linked, link_all
from wirewatch.copies.linking import link_copies
from wirewatch.demo.sample_web.stories import Article, articles
from wirewatch.demo.sample_web.truth import address, origin
from wirewatch.records import ArticleText, CopyKind
from wirewatch.settings import Settings
from wirewatch.text.agencies import wire_credit
from wirewatch.topics.lexicons import lexicons
from wirewatch.topics.matching import Matcher
from wirewatch.topics.rules import load_topics

SEEN = datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def linked() -> dict[str, Linked]:
    lexicons = [Matcher(topic) for topic in load_topics(Settings.model_fields["topics"].default)]
    return {one.article: one for one in link_all([as_read(article) for article in articles().values()], lexicons)}


def as_read(article: Article) -> ArticleText:
    text = "\n".join(article.paragraphs)
    return ArticleText(
        id=article.id,
        title=article.title,
        text=text,
        url=address(article, 8000),
        outlet=article.outlet.key,
        published_at=article.published,
        language=article.outlet.language[:2],
        wire=wire_credit(article.title, text, article.authors)[0],
    )


def test_every_article_belongs_to_its_origin(linked):
    wrong = {name for name, article in articles().items() if linked[name].story.article != origin(article).id}
    assert wrong == set()


def test_kinds_of_copies(linked):
    found = {name: one.source.kind for name, one in linked.items() if one.source}
    true = {name: article.kind for name, article in articles().items() if article.kind not in (None, CopyKind.PARTIAL)}
    assert found == true


def test_twelve_copies_in_three_languages_are_one_report(linked):
    talks = [name for name, one in linked.items() if one.story.article == "talks"]
    assert len(talks) == 13
    assert len({articles()[name].outlet.language[:2] for name in talks}) == 3
    assert sum(name == linked[name].story.article for name in talks) == 1


def test_an_analysts_query_finds_the_agency_behind_the_largest_story(put, warehouse, settings, cursor):
    """The wire story with 12 copies in 3 languages over 5 days, among all other articles of the newsroom."""
    names = {}
    for name, article in articles().items():
        one = as_read(article)
        names[put(one.url, one.text, title=one.title, outlet=one.outlet, published=one.published_at,
                  seen=SEEN, language=one.language, wire=one.wire)] = name  # fmt: skip
    link_copies(warehouse, settings, lambda: lexicons(warehouse, settings), now=SEEN)

    cursor.execute("set role analyst")
    cursor.execute(
        """
        select origin_article_id, origin_kind, first_reporter, outlet, origin_reason from news.story_origin
        where story_id in (select story_id from news.reports where title like %s)
        """,
        ["%" + articles()["talks"].title + "%"],
    )
    ((origin_id, kind, agency, outlet, reason),) = cursor.fetchall()
    assert (names[origin_id], kind, agency, reason) == ("talks", "agency_not_collected", "AP", "earliest_published")
    assert outlet == articles()["talks"].outlet.key
    cursor.execute("select count(*) from news.independent_reports where article_id = %s", [origin_id])
    assert cursor.fetchone() == (0,), "the first copy of the agency's report is not an independent one"
    cursor.execute(
        """
        select count(*), count(distinct left(language, 2)), count(distinct (reported_at at time zone 'UTC')::date),
            sum(is_origin::int)
        from news.reports where origin_article_id = %s
        """,
        [origin_id],
    )
    assert cursor.fetchone() == (13, 3, 5, 0)
    cursor.execute("reset role")
