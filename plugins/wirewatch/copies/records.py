"""What linking passes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wirewatch.records import CopyKind


class OriginKind(StrEnum):
    """Whose report a story is."""

    OWN_REPORT = "own_report"
    """The origin's own: nobody in the story credits an agency."""
    AGENCY_COLLECTED = "agency_collected"
    """A news agency's, and its own text is the origin."""
    AGENCY_NOT_COLLECTED = "agency_not_collected"
    """A news agency's whose own text was not collected: the origin is the earliest copy that was."""
    UNKNOWN = "unknown"
    """Several publishers have it, and their times do not tell which of them had it first."""


class TimeGrade(StrEnum):
    """How well it is known since when an article stood there, the best first."""

    TIMED = "timed"
    ZONE_ASSUMED = "zone_assumed"
    DATE_ONLY = "date_only"
    FIRST_SEEN = "first_seen"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class CopyLink:
    """`article` copies `of`."""

    article: int | str
    of: int | str
    kind: CopyKind
    score: float
    """0 to 1: the share of the copy's text that is in the other (see docs/copies.md)."""
