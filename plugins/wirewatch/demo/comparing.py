"""Compares what the warehouse found out with what the sample web knows to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wirewatch.demo import DEMO_QUERIES
from wirewatch.warehouse import Warehouse

Truth = list[dict[str, Any]]

_WIRE = {"syndicated", "translation"}


_CORE_TOLERATED = 2
"""Of about a hundred core articles; one lies at the border of the model, and a word more in its text decides."""


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of two sets."""

    what: str
    truth: int
    found: int
    right: int
    required: bool
    """The demo fails when it differs by more than is tolerated."""
    tolerated: int = 0
    """So many may be missing and so many wrong: what a learned model decides is not exact."""

    @property
    def equal(self) -> bool:
        """Both sets are the same."""
        return self.truth == self.found == self.right

    @property
    def holds(self) -> bool:
        """It is not required, equal, or nearly so where that is enough."""
        return not self.required or max(self.truth, self.found) - self.right <= self.tolerated


@dataclass(frozen=True, slots=True)
class Comparison:
    """All comparisons, and each difference in words."""

    lines: tuple[Line, ...]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Every required comparison is equal."""
        return all(line.holds for line in self.lines)


def compare(warehouse: Warehouse, truth: Truth, listed: list[dict[str, Any]]) -> Comparison:
    """Compares the warehouse with `truth` (the sample web's articles) and `listed` (what its feeds listed to us).

    Sets of addresses are compared, so that an article under the wrong heading counts twice: missing here, wrong there.
    """
    with warehouse.transaction() as rows:
        entries, articles = (
            rows.using(DEMO_QUERIES).demo_entries(),
            {row.url: row for row in rows.using(DEMO_QUERIES).demo_articles()},
        )
    lines: list[Line] = []
    differences: list[str] = []

    def line(what: str, true: set[Any], found: set[Any], *, required: bool = True, tolerated: int = 0) -> None:
        lines.append(Line(what, len(true), len(found), len(true & found), required, tolerated))
        differences.extend(f"{what}: missing {item}" for item in sorted(map(str, true - found)))
        differences.extend(f"{what}: wrong {item}" for item in sorted(map(str, found - true)))

    collected = {entry.url for entry in entries}
    readable = [article for article in truth if article["url"] in collected and article["drop"] is None]
    canonical = _canonical(truth)

    def plain(url: str) -> str:
        return canonical.get(url, url)

    line(
        "entries listed, in the ledger",
        {(item["feed"], item["url"]) for item in listed},
        {(e.feed, e.url) for e in entries},
    )
    line("entries in it twice", set(), {(e.feed, e.url) for e in entries if e.times > 1})
    line(
        "dropped, with reason",
        {(a["url"], a["drop"]) for a in truth if a["drop"] and a["url"] in collected},
        {(e.url, e.reason) for e in entries if e.state == "dropped"},
    )
    found = {plain(url): row for url, row in articles.items()}
    line("articles read", {article["url"] for article in readable}, set(found))
    for what, kinds, required in (
        ("identical copies", {"identical"}, True),
        ("wire copies (syndicated, translated)", _WIRE, True),
        ("updates", {"update"}, False),
        ("other near copies", {"near"}, False),
    ):
        line(
            what,
            {a["url"] for a in readable if any(kind in kinds for _, kind in a["copies"])},
            {url for url, row in found.items() if kinds & set(row.kinds)},
            required=required,
        )
    line(
        "stories: article and its origin",
        {(a["url"], a["origin"]) for a in readable},
        {(url, plain(row.origin)) for url, row in found.items() if row.origin},
    )
    line(
        "topic: core",
        {a["url"] for a in readable if a["relevance"] == "core"},
        {url for url, row in found.items() if row.relevance == "core"},
        tolerated=_CORE_TOLERATED,
    )
    line(
        "topic: related",
        {a["url"] for a in readable if a["relevance"] == "related"},
        {url for url, row in found.items() if row.relevance == "related"},
        required=False,
    )
    line(
        "topic: event type of core articles",
        {(a["url"], a["event"]) for a in readable if a["relevance"] == "core"},
        {(url, row.event) for url, row in found.items() if row.relevance == "core"},
        required=False,
    )
    return Comparison(tuple(lines), tuple(differences))


def answers(warehouse: Warehouse, truth: Truth) -> dict[str, list[list[Any]]]:
    """Everything that was found out, in a form that is equal wherever the sample web answered.

    `entries` are [feed, address, state, reason, times in the ledger], `articles` [address, its story's origin, kinds of
    copies, relevance, event]; both sorted, with outlets in place of hosts. Of an article's addresses it is the
    canonical one: by which of them it came first is chance.
    """
    canonical = _canonical(truth)
    outlets = {urlsplit(article["url"]).netloc: article["outlet"] for article in truth}

    def plain(url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(canonical.get(url, url))
        return f"{outlets.get(parts.netloc, parts.netloc)}{parts.path}{'?' + parts.query if parts.query else ''}"

    with warehouse.transaction() as rows:
        demo = rows.using(DEMO_QUERIES)
        entries = [[plain(e.feed), plain(e.url), e.state, e.reason, e.times] for e in demo.demo_entries()]
        articles = [
            [plain(a.url), plain(a.origin), sorted(a.kinds), a.relevance, a.event] for a in demo.demo_articles()
        ]
    return {"entries": sorted(entries, key=str), "articles": sorted(articles, key=str)}


def _canonical(truth: Truth) -> dict[str, str]:
    """The address of the article at each of its other addresses."""
    return {alias: article["url"] for article in truth for alias in article["aliases"]}
