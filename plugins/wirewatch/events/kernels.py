"""Kernels: reports of one happening in nearly the same words, found one report after the other. Pure.

Each report, in the order of time, joins the kernel that most likely wrote it or opens its own. A kernel writes a term
as often as its reports did, smoothed; against it stands what the kernels around would write by chance. So what
everybody writes of in these days (a name, a country) tells little and what few write tells much, and no counts over
the whole warehouse are needed. A kernel is known by its first report.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from wirewatch.events.reading import Report
from wirewatch.text.headlines import Format

SILENCE_H = 60.0
"""Hours without a report after which nothing joins a kernel any more."""

LIFE_H = 72.0
"""Hours after its first report in which others join a kernel: a later report tells of something new."""

FADE_H = 36.0
"""Hours since the last report that cost one unit of log-likelihood."""

SMOOTHING = 12.0
"""Weight of the chance distribution in a kernel's own: about the terms of one report."""

RARE = 1e-5
"""Probability of a term that no kernel around holds."""

AROUND = 0.4
"""Part of the chance distribution that the kernels around make."""

AROUND_SMOOTHING = 1000.0
"""Weight of what has not been seen around: few reports tell little of what everybody writes."""

CERTAINTY = 0.5
"""By which log-likelihoods are multiplied, since the terms of a report depend on each other."""

OPEN = math.log(70.0)
"""What a kernel's score must exceed for a report to join it rather than to open its own."""

BACKGROUND_MARGIN = 1.0
"""What background and opinion must have more: they do not tell what happened, but speak of it."""

COMPARED = 80
"""Kernels that a report is compared with: those that share its rarest terms."""

REASONS = 6
"""Terms named as the reason of a decision."""


@dataclass(slots=True)
class Kernel:
    """Reports that were found to tell of one happening."""

    first: Report
    reports: list[Report] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Weight of each term over its reports."""
    in_titles: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many headlines hold it."""
    weight: float = 0.0
    """Sum of `counts`."""
    last: float = -math.inf
    """Hour of its latest report."""

    @property
    def size(self) -> int:
        """How many reports it has."""
        return len(self.reports)

    def add(self, report: Report) -> None:
        """Takes `report` in."""
        self.reports.append(report)
        for term, weight in report.terms.items():
            self.counts[term] += weight
            self.weight += weight
        for term in report.title_terms:
            self.in_titles[term] += 1
        self.last = max(self.last, report.hours)

    def absorb(self, other: Kernel) -> None:
        """Takes in all reports of `other`."""
        for report in other.reports:
            self.add(report)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report stands where it does."""

    kind: str
    """opens, same_words, same_onset, belongs, corrected or no_event."""
    score: float | None = None
    """Of `same_words` the log-likelihood above chance, of `belongs` the logit."""
    terms: tuple[str, ...] = ()
    """What it shares, the most telling first."""


NO_EVENT = Reason("no_event")


@dataclass(slots=True)
class Kernels:
    """All kernels of a stretch of time."""

    by_id: dict[int | str, Kernel] = field(default_factory=dict)
    """By the id of their first reports."""
    of: dict[int | str, int | str] = field(default_factory=dict)
    """Report → kernel."""
    reasons: dict[int | str, Reason] = field(default_factory=dict)
    waiting: list[Report] = field(default_factory=list)
    """Background and opinion that no kernel wrote."""
    _holding: dict[str, list[Kernel]] = field(default_factory=lambda: defaultdict(list))
    """Kernels by the terms of their headlines."""

    def take(self, report: Report, settled: int | str | None, apart: Collection[int | str] = ()) -> None:
        """Puts `report`, which is later than all before it, where it belongs.

        `settled` is the kernel that it is known to belong to; `apart` are reports that it must not stand with.
        """
        if report.headline.format is Format.STANDING:
            return
        if settled is not None:
            kernel, reason = self.by_id.get(settled), Reason("same_words")
        else:
            kernel, reason = self._best(report, apart)
        if kernel is None and settled is None and report.headline.format is not Format.NEWS:
            self.waiting.append(report)
            return
        if kernel is None:
            kernel, reason = Kernel(report), Reason("opens")
            self.by_id[report.id] = kernel
        for term in report.title_terms:
            if not kernel.in_titles[term]:
                self._holding[term].append(kernel)
        kernel.add(report)
        self.of[report.id] = kernel.first.id
        self.reasons[report.id] = reason

    def _best(self, report: Report, apart: Collection[int | str]) -> tuple[Kernel | None, Reason]:
        around = self._around(report)
        chance = _chance(report, around)
        threshold = OPEN + (0.0 if report.headline.format is Format.NEWS else BACKGROUND_MARGIN)
        best: tuple[float, Kernel | None] = (threshold, None)
        for kernel in around:
            score = _score(report, kernel, chance)
            if score > best[0] and (not apart or not any(self.of.get(other) == kernel.first.id for other in apart)):
                best = score, kernel
        score, found = best
        return (found, Reason("same_words", score, _telling(report, found, chance))) if found else (None, NO_EVENT)

    def _around(self, report: Report) -> list[Kernel]:
        """Kernels that share terms of the headline and are not over, those that share the rarest first."""
        now = report.hours
        shared: dict[int, float] = defaultdict(float)
        found: dict[int, Kernel] = {}
        for term in report.title_terms:
            holding = self._holding.get(term)
            if holding:
                holding[:] = [k for k in holding if now - k.last <= SILENCE_H and now - k.first.hours <= LIFE_H]
                for kernel in holding:
                    found[id(kernel)] = kernel
                    shared[id(kernel)] += 1 / len(holding)
        best = sorted(found.values(), key=lambda kernel: (-round(shared[id(kernel)], 9), kernel.first.place))
        return best[:COMPARED]


def kernels_of(
    reports: Sequence[Report],
    settled: Mapping[int | str, int | str] | None = None,
    apart: Mapping[int | str, Collection[int | str]] | None = None,
) -> Kernels:
    """The kernels of `reports`, in whatever order they come.

    `settled` says of some reports in which kernel they are known to be; `apart` which reports must not share one.
    """
    kernels = Kernels()
    for report in sorted(reports, key=lambda report: report.place):
        kernels.take(report, (settled or {}).get(report.id), (apart or {}).get(report.id, ()))
    return kernels


def _chance(report: Report, around: Sequence[Kernel]) -> dict[str, float]:
    """Probability of each of its terms in a report of these days that tells of something else."""
    total = sum(kernel.weight for kernel in around) + AROUND_SMOOTHING
    return {
        term: RARE + AROUND * sum(kernel.counts.get(term, 0.0) for kernel in around) / total for term in report.terms
    }


def _score(report: Report, kernel: Kernel, chance: Mapping[str, float]) -> float:
    """Log-likelihood of `report` in `kernel` above chance; many reports count for it, time without any against it."""
    all_terms = kernel.weight + SMOOTHING
    likelihood = sum(
        weight * math.log((kernel.counts.get(term, 0.0) / chance[term] + SMOOTHING) / all_terms)
        for term, weight in report.terms.items()
    )
    return CERTAINTY * likelihood + math.log(kernel.size) - (report.hours - kernel.last) / FADE_H


def _telling(report: Report, kernel: Kernel, chance: Mapping[str, float]) -> tuple[str, ...]:
    shared = [term for term in report.terms if kernel.counts.get(term)]
    gain = {term: report.terms[term] * math.log(kernel.counts[term] / kernel.weight / chance[term]) for term in shared}
    return tuple(sorted(shared, key=lambda term: (-gain[term], term))[:REASONS])
