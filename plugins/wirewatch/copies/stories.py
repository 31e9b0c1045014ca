"""From matches to links, and from links to stories and their origin. Pure.

An article's source is the one article that it most likely was taken from; a story is what hangs together by sources.
Other matches stay as links and join nothing, so that one article that holds two reports (a digest, a live blog) never
makes one story of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from wirewatch.copies.matching import Match, credits_other
from wirewatch.copies.records import CopyLink, OriginKind, TimeGrade
from wirewatch.copies.subjects import UNKNOWN_TIME, Publication
from wirewatch.records import CopyKind

_Id = TypeVar("_Id", bound=int | str)

MAX_LINKS = 50
"""Joining links kept for one article, the best first: more tell nobody anything."""

MAX_PARTIAL = 5


_CLOCKS = timedelta(minutes=1)
"""By which clocks of publishers differ."""
_ZONES = timedelta(hours=12)
"""By which an assumed time zone may be wrong."""
_LATER = {
    TimeGrade.TIMED: _CLOCKS,
    TimeGrade.ZONE_ASSUMED: _ZONES,
    TimeGrade.DATE_ONLY: timedelta(0),  # it counts as the end of the day already
    TimeGrade.FIRST_SEEN: timedelta(0),
    TimeGrade.UNDATED: timedelta(0),
}
"""By grade: how much later than its time an article may have appeared."""
_EARLIER = {
    TimeGrade.TIMED: _CLOCKS,
    TimeGrade.ZONE_ASSUMED: _ZONES,
    TimeGrade.DATE_ONLY: timedelta(days=1),
    TimeGrade.FIRST_SEEN: timedelta(days=1),
    TimeGrade.UNDATED: timedelta(days=1),
}
"""By grade: how much earlier. A feed lists what is new within a day."""
_LONG_AGO = datetime(1, 1, 3, tzinfo=UTC)
_FAR_AHEAD = datetime(9999, 12, 29, tzinfo=UTC)


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
    """only_article, credited_wire, earliest_published, earliest_seen, undated, or corrected: a person said so."""
    kind: OriginKind
    """Whose report the story is."""
    agency: str | None
    """The news agency whose report it is."""
    grade: TimeGrade
    """How well the time of `article` is known."""
    also_first: tuple[int | str, ...] = ()
    """Articles of other publishers that could have had it first as well, as far as the times tell."""


def links_of(copy: Publication, matches: Iterable[tuple[Publication, Match]]) -> Links:
    """The links of `copy` to what it matches, each match seen from the copy.

    Its source is a text in its own language, before one that it would be a translation of; the agency's report that it
    credits, before others; else the article that holds most of it, the earliest of those that hold about as much (in
    tenths). What has a source in its own language is not a translation.
    """
    ranked = sorted(matches, key=lambda found: _preference(copy, *found))
    joining = [_link(copy, other, match) for other, match in ranked if match.joins]
    if joining and joining[0].kind is not CopyKind.TRANSLATION:
        joining = [link for link in joining if link.kind is not CopyKind.TRANSLATION]
    partial = [_link(copy, other, match) for other, match in ranked if match.kind is CopyKind.PARTIAL]
    return Links(source=joining[0] if joining else None, others=(*joining[1:MAX_LINKS], *partial[:MAX_PARTIAL]))


def origin_of(members: Sequence[Publication], said: Collection[int | str] = ()) -> Origin:
    """Which of a story's articles had it first, and whose report it is.

    What a person said to be the origin (`said`); the credited agency's own report, where there is one among them; else
    the earliest. What a feed told about another outlet's page is one only where there is nothing else.
    """
    told = members
    members = [member for member in told if not member.told] or told
    first = min(members, key=lambda member: member.age)
    credited = {member.credited for member in members} - {None}
    reports = [member for member in members if member.agency in credited and member.credited is None]
    if reports:
        first = min(reports, key=lambda member: member.age)
    reason = "credited_wire" if reports else _reason(first, members)
    also = () if reports else _also_first(first, members)
    if chosen := [member for member in told if member.id in said]:
        first, reason, also = min(chosen, key=lambda member: member.age), "corrected", ()
    kind, agency = _kind(first, members, also)
    return Origin(first.id, reason, kind, agency, first.grade, also)


def _reason(first: Publication, members: Sequence[Publication]) -> str:
    if len(members) == 1:
        return "only_article"
    if first.time == UNKNOWN_TIME:
        return "undated"
    return "earliest_published" if first.time_published else "earliest_seen"


def _kind(
    first: Publication, members: Sequence[Publication], also: Sequence[int | str]
) -> tuple[OriginKind, str | None]:
    """(whose report a story is, the agency)."""
    if first.agency is not None and first.credited is None:
        return OriginKind.AGENCY_COLLECTED, first.agency
    credits_ = Counter(member.credited for member in members if member.credited is not None)
    if credits_:
        most = min(credits_, key=lambda agency: (-credits_[agency], agency))
        return OriginKind.AGENCY_NOT_COLLECTED, first.credited or most
    vague = first.grade not in (TimeGrade.TIMED, TimeGrade.ZONE_ASSUMED)
    return (OriginKind.UNKNOWN if vague and also else OriginKind.OWN_REPORT), None


def _also_first(first: Publication, members: Sequence[Publication]) -> tuple[int | str, ...]:
    """Members of other publishers that may have been as early as `first`, the earliest first."""
    latest = _shifted(first.time, _LATER[first.grade])
    others = (member for member in members if member.houses.isdisjoint(first.houses))
    could = [member for member in others if _shifted(member.time, -_EARLIER[member.grade]) <= latest]
    return tuple(member.id for member in sorted(could, key=lambda member: member.age))


def _shifted(time: datetime, by: timedelta) -> datetime:
    """`time` moved by `by`; an unknown time may be any."""
    if time == UNKNOWN_TIME:
        return time if by >= timedelta(0) else _LONG_AGO
    return min(max(time, _LONG_AGO), _FAR_AHEAD) + by


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
