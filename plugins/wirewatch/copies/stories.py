"""From matches to links, and from links to stories and their origin. Pure.

An article's source is the one article that it most likely was taken from; a story is what hangs together by sources.
Other matches stay as links and join nothing, so that one article that holds two reports (a digest, a live blog) never
makes one story of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from wirewatch.copies.matching import Match, credits_other
from wirewatch.copies.subjects import UNKNOWN_TIME, Publication
from wirewatch.records import CopyKind, CopyLink

_Id = TypeVar("_Id", bound=int | str)

MAX_LINKS = 50
"""Joining links kept for one article, the best first: more tell nobody anything."""

MAX_PARTIAL = 5


@dataclass(frozen=True, slots=True)
class Links:
    """What an article copies."""

    source: CopyLink | None
    """What it most likely was taken from; by this link it belongs to a story."""
    others: tuple[CopyLink, ...]
    """The best first."""

    @property
    def all(self) -> tuple[CopyLink, ...]:
        """The source, then the others."""
        return (self.source, *self.others) if self.source else self.others


@dataclass(frozen=True, slots=True)
class Origin:
    """The article of a story that had it first, and why we think so."""

    article: int | str
    reason: str
    """only_article, credited_wire, earliest_published, earliest_seen or undated."""


def links_of(copy: Publication, matches: Iterable[tuple[Publication, Match]]) -> Links:
    """The links of `copy` to what it matches, each match seen from the copy.

    Its source is a text in its own language, before one that it would be a translation of; the agency's report that it
    credits, before others; else the article that holds most of it, the earliest of those that hold about as much (in
    tenths). What has a source in its own language is no translation.
    """
    ranked = sorted(matches, key=lambda found: _preference(copy, *found))
    joining = [_link(copy, other, match) for other, match in ranked if match.joins]
    if joining and joining[0].kind is not CopyKind.TRANSLATION:
        joining = [link for link in joining if link.kind is not CopyKind.TRANSLATION]
    partial = [_link(copy, other, match) for other, match in ranked if match.kind is CopyKind.PARTIAL]
    return Links(source=joining[0] if joining else None, others=(*joining[1:MAX_LINKS], *partial[:MAX_PARTIAL]))


def origin_of(members: Sequence[Publication]) -> Origin:
    """Which of a story's articles had it first.

    The credited agency's own report, where there is one among them; else the earliest.
    """
    first = min(members, key=lambda member: member.age)
    if len(members) == 1:
        return Origin(first.id, "only_article")
    credited = {member.credited for member in members} - {None}
    reports = [member for member in members if member.agency in credited and member.credited is None]
    if reports:
        return Origin(min(reports, key=lambda member: member.age).id, "credited_wire")
    if first.time == UNKNOWN_TIME:
        return Origin(first.id, "undated")
    return Origin(first.id, "earliest_published" if first.time_published else "earliest_seen")


def components(articles: Iterable[_Id], sources: Iterable[tuple[_Id, _Id]]) -> list[list[_Id]]:
    """The articles that hang together by `sources`, pairs of copy and source; each group in the order of `articles`."""
    leader = {article: article for article in articles}

    def lead(article: _Id) -> _Id:
        while leader[article] != article:
            leader[article] = leader[leader[article]]
            article = leader[article]
        return article

    for copy, source in sources:
        leader[lead(copy)] = lead(source)
    groups: dict[_Id, list[_Id]] = {}
    for article in leader:
        groups.setdefault(lead(article), []).append(article)
    return list(groups.values())


def _preference(copy: Publication, other: Publication, match: Match) -> tuple[Any, ...]:
    translated = match.kind is CopyKind.TRANSLATION
    return translated, not credits_other(copy, other), -_tenths(match.shares[0]), other.age


def _tenths(share: float) -> int:
    """`share` in tenths: the same for a measured one and one from the warehouse, which keeps four digits."""
    return int(round(share, 4) * 10 + 0.5)


def _link(copy: Publication, other: Publication, match: Match) -> CopyLink:
    return CopyLink(copy.id, other.id, match.kind, round(match.shares[0], 4))
