"""`wirewatch events --jsonl`: articles in order of arrival in, their events out, one line for each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from wirewatch.copies.facts import Lexicon
from wirewatch.copies.filters import read_articles
from wirewatch.copies.in_memory import link_all
from wirewatch.copies.subjects import UNKNOWN_TIME, publication_of
from wirewatch.events.grouping import group
from wirewatch.events.reading import read_report
from wirewatch.jsonl import BadLine, Record
from wirewatch.records import ArticleText

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def events_lines(lines: Iterable[Record | BadLine], lexicons: Sequence[Lexicon] = ()) -> Iterator[Record]:
    """For each `{id, title, text, url, outlet, published_at, language?}` one `{id, story, event, storyline}`.

    `story` is the id of the story's origin, `event` that of the event's first report and null where an article tells of
    no one event, `storyline` that of the storyline's first event. The event of a copy is that of its story. An article
    without a time counts as published with the one that arrived before it.
    """
    articles, answers = read_articles(lines)
    found = {linked.article: linked.story.article for linked in link_all(list(articles.values()), lexicons)}
    times = _times(articles.values())
    origins = sorted(set(found.values()), key=str)
    placed = group([read_report(articles[origin], times[origin]) for origin in origins])
    for answer in answers:
        if isinstance(answer, BadLine):
            yield answer.as_record()
        else:
            place = placed[found[answer]]
            yield {"id": answer, "story": found[answer], "event": place.event, "storyline": place.storyline}


def _times(articles: Iterable[ArticleText]) -> dict[int | str, datetime]:
    """Since when each of `articles` stood there."""
    times = {}
    latest = _BEFORE_ALL
    for article in articles:
        # Its text and credit do not matter for its time.
        time = publication_of(replace(article, text="")).time
        latest = times[article.id] = latest if time == UNKNOWN_TIME else time
    return times
