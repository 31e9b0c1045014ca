"""An article, made ready to be compared: its text read, its site's boilerplate taken out, its publisher known. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape

from courlan import extract_domain

from wirewatch.copies.embedding import Vector, embed
from wirewatch.copies.facts import Facts, Lexicon, read_facts
from wirewatch.copies.fingerprint import ReadText, read
from wirewatch.copies.records import TimeGrade
from wirewatch.records import ArticleText
from wirewatch.text.agencies import agency_of
from wirewatch.text.headlines import HeadlineFormat, headline_of
from wirewatch.text.urls import host_key, url_key

UNKNOWN_TIME = datetime.max.replace(tzinfo=UTC)
"""Of an article that nobody dated: later than all others."""

FURNITURE_REPORTS = 3
"""Unlike articles of a site that must hold a sentence before it is boilerplate."""

FURNITURE_SAMPLE = 12
"""Articles that are looked at for one sentence, the earliest first."""

UNLIKE = 0.5
"""Two articles are unlike when they share less than this part of all their sentences."""

PLAIN_NAME = 5
"""Letters of a plain name that is nobody else's: many a publisher is `news` or `live`."""

_AGGREGATORS = frozenset(
    {"google.com", "news.google.com", "feedburner.com", "feedproxy.google.com", "bing.com", "flipboard.com", "t.co"}
)
"""Hosts that show nothing of their own: the outlet tells whose page it is."""

_OUTLET_SUFFIX = re.compile(r"\s[–—|-]\s(?P<outlet>[^–—|]{2,40})$")
"""Aggregators and many sites end a headline with the outlet: `Talks resume – Reuters`."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known of an article without reading it."""

    id: int | str
    url_key: str
    canonical_key: str
    """`url_key` where the page names no other address."""
    title: str
    """The headline, without the publisher's name after it."""
    site: str
    """Whose pages look alike: the domain, or the outlet where there is none or it is an aggregator's."""
    houses: frozenset[str]
    """What its publisher is known by: site, outlet, their plain names (`Fox News`, `foxnews.com`), the agency it is."""
    agency: str | None
    """The news agency that publishes it."""
    credited: str | None
    """The other news agency that it credits."""
    language: str | None
    """ISO 639-1."""
    time: datetime
    """Since when it stood there, as far as that can be believed; UNKNOWN_TIME when nothing is known."""
    time_published: bool
    """Whether `time` is what its publisher says; else it is when we saw it."""
    grade: TimeGrade
    """How well `time` is known."""
    told: bool = False
    """Whether a feed told it about another outlet's page: it is no origin where there is any other."""

    @property
    def age(self) -> tuple[datetime, str, str]:
        """Orders articles, the earliest first: never equal for two of them, and the same whatever came in first."""
        return self.time, self.url_key, str(self.id)


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """An article, ready to be compared."""

    publication: Publication
    whole: ReadText
    own: ReadText
    """Without its site's boilerplate."""
    read_facts: Callable[[], Facts]
    """Reads them once, when they are asked for: most articles are never compared by them."""

    read_vector: Callable[[], Vector | None]
    """Likewise."""
    standing: bool = False
    """It is of many things: a newsletter, a round-up, a daily list."""

    @property
    def id(self) -> int | str:
        """The article's."""
        return self.publication.id

    @property
    def sentences(self) -> frozenset[int]:
        """Hashes of the sentences of its whole text."""
        return frozenset(self.whole.segments) - {0}

    def without(self, boilerplate: frozenset[int]) -> Subject:
        """The subject without these sentences of its site."""
        return replace(self, own=self.whole.without(boilerplate))

    @property
    def facts(self) -> Facts:
        """What survives rewriting and translation."""
        return self.read_facts()

    @property
    def vector(self) -> Vector | None:
        """What it is about; None without the extra `embeddings`."""
        return self.read_vector()


def publication_of(article: ArticleText) -> Publication:
    """What is known of `article` without reading its text."""
    address = unescape(article.url)
    key = _key(address) or f"article:{article.id}"
    outlet = _outlet(article, address)
    domain = _domain(address)
    agency = agency_of(outlet) or agency_of(domain or "") or _own_credit(outlet, article.wire)
    time = believable_time(article.published_at, article.first_seen_at)
    houses = _houses(outlet, domain, agency)
    return Publication(
        id=article.id,
        url_key=key,
        canonical_key=_canonical_key(article.canonical_url) or key,
        title=_headline(article.title, houses),
        site=domain or outlet,
        houses=houses,
        agency=agency,
        credited=article.wire if article.wire != agency else None,
        language=article.language,
        time=time,
        time_published=article.published_at is not None and time != article.first_seen_at,
        grade=_grade(article, time),
        told=article.told,
    )


def subject_of(article: ArticleText, lexicons: Sequence[Lexicon]) -> Subject:
    """The article, read; nothing of its site is known yet. `lexicons` know names in several languages."""
    reading = read(article.text)
    facts = cache(lambda: read_facts(article.title, article.text, article.language, lexicons))
    vector = cache(lambda: embed(article.title, article.text))
    standing = headline_of(article.title, text=article.text).format is HeadlineFormat.STANDING
    return Subject(publication_of(article), reading, reading, facts, vector, standing)


def believable_time(published: datetime | None, first_seen: datetime | None) -> datetime:
    """Since when an article stood there; UNKNOWN_TIME when nothing is known.

    A time of publication after we saw it is wrong. One at midnight sharp is a date without a time of day: such an
    article can't claim to have been first on that day, and counts as the day's last.
    """
    if published is None or (first_seen is not None and published > first_seen + timedelta(minutes=10)):
        return first_seen or UNKNOWN_TIME
    if (published.hour, published.minute, published.second) == (0, 0, 0):
        end_of_day = published + timedelta(days=1, seconds=-1)
        return min(end_of_day, first_seen) if first_seen else end_of_day
    return published


def _grade(article: ArticleText, time: datetime) -> TimeGrade:
    if time == UNKNOWN_TIME:
        return TimeGrade.UNDATED
    published = article.published_at
    if published is None or published > time or (time == article.first_seen_at != published):
        return TimeGrade.FIRST_SEEN
    if published != time:
        return TimeGrade.DATE_ONLY
    return TimeGrade.ZONE_ASSUMED if article.zone_assumed else TimeGrade.TIMED


def is_boilerplate(holders: Iterable[frozenset[int]]) -> bool:
    """Whether a sentence is a site's boilerplate, given the sentences of articles of the site that hold it.

    It is, when FURNITURE_REPORTS of them are unlike each other. Several editions of one report are like each other, so
    that a report is never taken for boilerplate because its site published it often.
    """
    unlike: list[frozenset[int]] = []
    for sentences in holders:
        if all(len(sentences & other) < UNLIKE * len(sentences | other) for other in unlike):
            unlike.append(sentences)
            if len(unlike) == FURNITURE_REPORTS:
                return True
    return False


def _canonical_key(address: str | None) -> str | None:
    """None for the front page, which careless sites name for every page."""
    key = _key(address or "")
    return key if key and ("/" in key or "?" in key) else None


def _own_credit(outlet: str, wire: str | None) -> str | None:
    """The credit, where an outlet credits itself: so does an agency that no list knows."""
    return wire if wire and outlet.replace("_", " ").startswith(wire.casefold()) else None


def _outlet(article: ArticleText, address: str) -> str:
    if _domain(address) is None and (suffix := _OUTLET_SUFFIX.search(article.title)) and _is_aggregator(address):
        return suffix["outlet"].strip().casefold()
    return article.outlet.strip().casefold() or f"article:{article.id}"


def _headline(title: str, houses: frozenset[str]) -> str:
    suffix = _OUTLET_SUFFIX.search(title)
    if suffix and not houses.isdisjoint(_houses(suffix["outlet"].casefold(), None, agency_of(suffix["outlet"]))):
        return title[: suffix.start()]
    return title


def _houses(outlet: str, domain: str | None, agency: str | None) -> frozenset[str]:
    label = (domain or "").partition(".")[0]
    plain = (re.sub(r"\W|_", "", name) for name in (outlet.partition(".")[0], label))
    names = {outlet, domain, *(name for name in plain if len(name) >= PLAIN_NAME)}
    return frozenset(f"outlet {name}" for name in names if name) | ({f"agency {agency}"} if agency else frozenset())


def _is_aggregator(address: str) -> bool:
    try:
        host = host_key(address)
    except ValueError:
        return False
    return host in _AGGREGATORS or host.partition(".")[2] in _AGGREGATORS


def _domain(address: str) -> str | None:
    if not address or _is_aggregator(address):
        return None
    domain = extract_domain(address)
    if domain is None:
        try:
            return host_key(address)
        except ValueError:
            return None
    return domain


def _key(address: str) -> str | None:
    try:
        return url_key(unescape(address))
    except ValueError:
        return None
