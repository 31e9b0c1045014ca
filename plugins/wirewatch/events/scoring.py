"""How likely a report tells of what a kernel tells of: a logistic regression over a few quantities. Pure.

Each quantity can be read off the report and the kernel; `WEIGHTS` says what each counts. They were fitted on two sets
of items grouped by reading (docs/events.md); `python -m bench event_weights` fits them again.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wirewatch.events.reading import Report
from wirewatch.text.headlines import HeadlineFormat

WINDOW_H = 36.0
"""Hours before a report whose reports tell how rare a term is in these days."""

USUAL_REPORTS = 1000
"""Reports of a day and a half, of which the holders of a term are a part. It is fixed, so that a report that shares no
term with others changes nothing for them."""

UNSEEN = 0.7
"""Reports that hold a term beside those of the window: few reports tell little of what is rare."""

LEAST_RARE = 0.05
"""What a term counts that nearly all hold."""

BEST_KNOWN = 40
"""Terms of a kernel that are compared: those that its reports hold most."""

MISSING = 0.1
"""Share of a kernel's reports up to which a name is missing from it."""

OPENING_TERMS = 2
"""Terms of a headline that name who acts."""

WEIGHTS: Mapping[str, float] = {
    "constant": -5.11,
    "likelihood": 0.66,
    "likeness": 7.92,
    "size": 2.66,
    "days_open": -0.44,
    "days_silent": -1.68,
    "statement_on_large": -1.37,
    "comment": -0.86,
    "comment_on_large": 0.85,
    "names_missing": -0.41,
    "same_actor": 0.63,
}
"""What each quantity adds to the logit."""


@dataclass(slots=True)
class TimeWindow:
    """How rare terms are among the reports of the last hours."""

    _reports: deque[Report] = field(default_factory=deque)
    _holding: Counter[str] = field(default_factory=Counter)

    def add(self, report: Report) -> None:
        """Takes in `report`, the latest; those that are too old leave."""
        self._reports.append(report)
        self._holding.update(report.terms.keys())
        while report.hours - self._reports[0].hours > WINDOW_H:
            self._holding.subtract(self._reports.popleft().terms.keys())

    def rarity(self, term: str) -> float:
        """Logarithm of one over the share of reports that hold `term`, and LEAST_RARE at least."""
        return max(LEAST_RARE, math.log(USUAL_REPORTS / (self._holding[term] + UNSEEN)))


@dataclass(frozen=True, slots=True)
class Compared:
    """What of a kernel is compared with a report."""

    size: int
    hours: tuple[float, float]
    """Of its first and its latest report."""
    counts: Mapping[str, float]
    """Weight of each term over its reports."""
    in_titles: Mapping[str, int]
    """How many headlines hold it."""
    best_known: Sequence[tuple[str, float]]
    """The BEST_KNOWN terms of most weight."""


def quantities(report: Report, kernel: Compared, likelihood: float, rarity: Mapping[str, float]) -> dict[str, float]:
    """The quantities of `WEIGHTS` for a report and a kernel.

    `likelihood` is that of the report in the kernel above chance, in natural units; `rarity` holds every term of both.
    """
    size = math.log(kernel.size) / 3
    comment = float(report.headline.format in (HeadlineFormat.BACKGROUND, HeadlineFormat.OPINION))
    first, last = kernel.hours
    missing = sum(" " in term and kernel.counts.get(term, 0.0) < MISSING * kernel.size for term in report.title_terms)
    acts = [kernel.in_titles.get(term, 0) / kernel.size for term in report.title_terms[:OPENING_TERMS]]
    statement = float(report.headline.statement)
    return {
        "constant": 1.0,
        "likelihood": likelihood / 5,
        "likeness": _likeness(report, kernel, rarity),
        "size": size,
        "days_open": (report.hours - first) / 24,
        "days_silent": (report.hours - last) / 24,
        "statement_on_large": statement * size,
        "comment": comment,
        "comment_on_large": comment * size,
        "names_missing": missing * (1 - comment),
        "same_actor": statement * max(acts, default=0.0),
    }


def logit(found: Mapping[str, float]) -> float:
    """Logit of the probability that the report tells of what the kernel tells of."""
    return sum(WEIGHTS[name] * value for name, value in found.items())


def _likeness(report: Report, kernel: Compared, rarity: Mapping[str, float]) -> float:
    """Cosine of the report and the kernel, 0 to 1, by terms that count the more, the rarer they are in these days."""
    shared = sum(
        weight * kernel.counts[term] * rarity[term] ** 2
        for term, weight in report.terms.items()
        if kernel.counts.get(term)
    )
    if not shared:
        return 0.0
    own = sum((weight * rarity[term]) ** 2 for term, weight in report.terms.items())
    other = sum((weight * rarity[term]) ** 2 for term, weight in kernel.best_known)
    return min(1.0, shared / math.sqrt(own * other))
