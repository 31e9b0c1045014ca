"""Copies among the loopback newsroom's articles, as they were written, against its truth."""

from __future__ import annotations

import pytest

from tests.newsroom.stories import Article, articles
from tests.newsroom.truth import address, origin
from wirewatch.copies.batch import Linked, link_all
from wirewatch.copies.credits import wire_credit
from wirewatch.records import ArticleText, CopyKind
from wirewatch.settings import Settings
from wirewatch.topics.matching import Matcher
from wirewatch.topics.rules import load_topics


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
