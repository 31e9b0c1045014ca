"""Search: the warehouse's `news.search`, with the matching words highlighted."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import in_words, language_name, page
from wirewatch.newsroom.query import read_day, unknown_values, unread_days
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.records import clean_text
from wirewatch.warehouse.days import midnight, next_midnight

_PER_PAGE = 20
_COUNTED = 2000
"""Only this many of the newest results are counted and ranked."""
_MARK, _END = "\ue000", "\ue001"
"""Marks that `news.search_snippet` puts around matching words."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """A search query; empty fields do not filter."""

    q: str = ""
    since: str = ""
    until: str = ""
    language: str = ""
    outlet: str = ""
    relevance: str = ""


@router.get("/search")
def search(request: Request, page_number: int = 1) -> Response:
    """The articles that answer a query, best first."""
    given = {name: clean_text(request.query_params.get(name, "")) for name in SearchQuestion.__slots__}
    asked = SearchQuestion(**given)
    number = min(max(page_number, 1), _COUNTED // _PER_PAGE)
    since, until = read_day(asked.since), read_day(asked.until)
    with context_of(request).reading() as rows:
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        outlets = rows.outlets_to_choose()
        cold = rows.cold_months_between(since=since, until=until)
        hits = asked.q.strip() and rows.search_articles(
            query=asked.q,
            since=midnight(since) if since else None,
            until=next_midnight(until) if until else None,
            language=asked.language or None,
            outlet=asked.outlet or None,
            relevance=asked.relevance or None,
            topic=topic.topic,
            most=_PER_PAGE,
            skip=(number - 1) * _PER_PAGE,
        )
    languages = sorted({outlet.language.split("-")[0] for outlet in outlets})
    choices = [
        ("Language", "language", "all languages", [(code, language_name(code)) for code in languages]),
        ("Outlet", "outlet", "all outlets", [(outlet.key, outlet.name) for outlet in outlets]),
        ("Relevance", "relevance", "all articles", [(key, in_words(key)) for key in ("core", "related", "none")]),
    ]
    matches = hits[0].matches if hits else 0
    return page(
        request,
        "search.html",
        name="search",
        title="Search",
        asked=asked,
        given=given,
        unread=unread_days(request.query_params),
        unknown=unknown_values([(*choice, given[choice[1]]) for choice in choices]),
        narrowed=any(value for name, value in given.items() if name != "q"),
        hits=[(hit, marked(hit.snippet)) for hit in hits or ()],
        matches=matches,
        cold=cold if asked.q.strip() else None,
        uncounted=matches >= _COUNTED,
        number=number,
        more=number * _PER_PAGE < matches,
        choices=choices,
    )


def marked(snippet: str) -> list[tuple[str, bool]]:
    """A snippet in pieces: text, and whether it matched."""
    pieces: list[tuple[str, bool]] = []
    for n, part in enumerate(snippet.split(_MARK)):
        found, _, rest = part.rpartition(_END) if n else ("", "", part)
        pieces += [(found, True), (rest, False)]
    return [piece for piece in pieces if piece[0]]
