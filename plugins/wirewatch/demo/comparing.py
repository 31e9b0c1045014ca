"""Compares what the warehouse found out with what the sample web knows to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wirewatch.demo import DEMO_QUERIES
from wirewatch.warehouse import Warehouse

Truth = list[dict[str, Any]]

_WIRE = {"syndicated", "translation"}


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of two sets."""

    what: str
    truth: int
    found: int
    right: int
    required: bool
    """The demo fails when it differs."""

    @property
    def equal(self) -> bool:
        """Both sets are the same."""
        return self.truth == self.found == self.right

    @property
    def holds(self) -> bool:
        """It is not required, or equal."""
        return self.equal or not self.required


@dataclass(frozen=True, slots=True)
class Comparison:
    """All comparisons, and each difference in words."""

    lines: tuple[Line, ...]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Every required comparison is equal."""
        return all(line.holds for line in self.lines)


class _Comparing:
    """Collects the lines of a comparison."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.differences: list[str] = []

    def line(self, what: str, true: set[Any], found: set[Any], *, required: bool = True) -> None:
        """Compares two sets, and names what only one of them has."""
        self.lines.append(Line(what, len(true), len(found), len(true & found), required))
        self.differences.extend(f"{what}: missing {item}" for item in sorted(map(str, true - found)))
        self.differences.extend(f"{what}: wrong {item}" for item in sorted(map(str, found - true)))

    def entries(self, truth: Truth, listed: Truth, entries: list[Any]) -> None:
        """Every item that was listed is in the ledger, once, and what was dropped has its true reason."""
        collected = {entry.url for entry in entries}
        self.line(
            "entries listed, in the ledger",
            {(item["feed"], item["url"]) for item in listed},
            {(entry.feed, entry.url) for entry in entries},
        )
        self.line("entries in it twice", set(), {(entry.feed, entry.url) for entry in entries if entry.times > 1})
        self.line(
            "dropped, with reason",
            {(article["url"], article["drop"]) for article in truth if article["drop"] and article["url"] in collected},
            {(entry.url, entry.reason) for entry in entries if entry.state == "dropped"},
        )

    def copies(self, readable: Truth, found: dict[str, Any], origins: set[tuple[str, str]]) -> None:
        """Articles, how they copy one another, and the story that each belongs to."""
        self.line("articles read", {article["url"] for article in readable}, set(found))
        for what, kinds, required in (
            ("identical copies", {"identical"}, True),
            ("wire copies (syndicated, translated)", _WIRE, True),
            ("updates", {"update"}, False),
            ("other near copies", {"near"}, False),
        ):
            self.line(
                what,
                {article["url"] for article in readable if any(kind in kinds for _, kind in article["copies"])},
                {url for url, row in found.items() if kinds & set(row.kinds)},
                required=required,
            )
        true = {(article["url"], article["origin"]) for article in readable}
        self.line("stories: article and its origin", true, origins)

    def topic(self, readable: Truth, found: dict[str, Any]) -> None:
        """What belongs to the topic, and what a core article tells of."""
        for relevance, required in (("core", True), ("related", False)):
            self.line(
                f"topic: {relevance}",
                {article["url"] for article in readable if article["relevance"] == relevance},
                {url for url, row in found.items() if row.relevance == relevance},
                required=required,
            )
        self.line(
            "topic: event type of core articles",
            {(article["url"], article["event"]) for article in readable if article["relevance"] == "core"},
            {(url, row.event) for url, row in found.items() if row.relevance == "core"},
            required=False,
        )


def compare(warehouse: Warehouse, truth: Truth, listed: Truth) -> Comparison:
    """Compares the warehouse with `truth` (the sample web's articles) and `listed` (what its feeds listed to us).

    Sets of addresses are compared, so that an article under the wrong heading counts twice: missing here, wrong there.
    """
    with warehouse.transaction() as rows:
        demo = rows.using(DEMO_QUERIES)
        entries, articles = demo.demo_entries(), demo.demo_articles()
    canonical = _canonical(truth)
    collected = {entry.url for entry in entries}
    readable = [article for article in truth if article["url"] in collected and article["drop"] is None]
    found = {canonical.get(row.url, row.url): row for row in articles}
    origins = {(url, canonical.get(row.origin, row.origin)) for url, row in found.items() if row.origin}
    comparing = _Comparing()
    comparing.entries(truth, listed, entries)
    comparing.copies(readable, found, origins)
    comparing.topic(readable, found)
    return Comparison(tuple(comparing.lines), tuple(comparing.differences))


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
