"""Kernels: reports of one happening in nearly the same words, found one report after the other. Pure.

Each report, in the order of time, joins the kernel that it most likely belongs to (`scoring`) or opens its own. One
quantity is how likely the kernel wrote the report: it writes a term as often as its reports did, smoothed; against it
stands what the kernels around would write by chance. So what everybody writes of in these days (a name, a country)
tells little and what few write tells much, and no counts over the whole warehouse are needed. A kernel is known by its
first report.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from wirewatch.events.reading import Report
from wirewatch.events.scoring import BEST_KNOWN, Compared, TimeWindow, logit, quantities
from wirewatch.text.headlines import HeadlineFormat

SILENCE_H = 60.0
"""Hours without a report after which nothing joins a kernel any more."""

LIFE_H = 72.0
"""Hours after its first report in which others join a kernel: a later report tells of something new."""

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

OPEN = -1.7
"""Logit that a report needs to join a kernel rather than to open its own."""

AROUND_KERNELS = 80
"""Kernels that tell what is written by chance: those that share the report's rarest terms."""

COMPARED = 8
"""Of these kernels those that a report is compared with in full."""

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
    _compared: Compared | None = None

    @property
    def size(self) -> int:
        """How many reports it has."""
        return len(self.reports)

    def add(self, report: Report) -> None:
        """Takes `report` in."""
        self.reports.append(report)
        self._compared = None
        for term, weight in report.terms.items():
            self.counts[term] += weight
            self.weight += weight
        for term in report.title_terms:
            self.in_titles[term] += 1
        self.last = max(self.last, report.hours)

    def compared(self) -> Compared:
        """What of it is compared with a report."""
        if self._compared is None:
            best = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:BEST_KNOWN]
            self._compared = Compared(self.size, (self.first.hours, self.last), self.counts, self.in_titles, best)
        return self._compared

    def absorb(self, other: Kernel) -> None:
        """Takes in all reports of `other`."""
        for report in other.reports:
            self.add(report)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report stands where it does."""

    kind: str
    """opens, same_words, belongs, corrected or no_event."""
    score: float | None = None
    """Of `same_words` the logit of the probability that it tells of what the kernel tells of."""
    terms: tuple[str, ...] = ()
    """What it shares, the most telling first."""


NO_EVENT = Reason("no_event")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report compared with a kernel."""

    kernel: Kernel
    quantities: Mapping[str, float]
    """Those of `scoring.WEIGHTS`."""
    chance: Mapping[str, float]
    """Probability of each term of the report by chance."""


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
    _window: TimeWindow = field(default_factory=TimeWindow)

    def take(self, report: Report, settled: int | str | None, apart: Collection[int | str] = ()) -> None:
        """Puts `report`, which is later than all before it, where it belongs.

        `settled` is the kernel that it is known to belong to; `apart` are reports that it must not stand with.
        """
        if report.headline.format is not HeadlineFormat.STANDING:
            self._place(report, settled, apart)
        self._window.add(report)

    def _place(self, report: Report, settled: int | str | None, apart: Collection[int | str]) -> None:
        if settled is not None:
            kernel, reason = self.by_id.get(settled), Reason("same_words")
        else:
            kernel, reason = self._best(report, apart)
        if kernel is None and settled is None and report.headline.format is not HeadlineFormat.NEWS:
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

    def compare(self, report: Report) -> list[Comparison]:
        """`report`, later than all that were taken, with the kernels that it may belong to."""
        rarity = _Rarity(self._window)
        around = self._around(report)
        chance = _chance(report, around)
        near = sorted(around, key=lambda kernel: (-round(_nearness(report, kernel, rarity), 9), kernel.first.place))
        return [
            Comparison(
                kernel, quantities(report, kernel.compared(), _likelihood(report, kernel, chance), rarity), chance
            )
            for kernel in near[:COMPARED]
        ]

    def _best(self, report: Report, apart: Collection[int | str]) -> tuple[Kernel | None, Reason]:
        best: tuple[float, Comparison | None] = (OPEN, None)
        for compared in self.compare(report):
            score = logit(compared.quantities)
            if score > best[0] and not any(self.of.get(other) == compared.kernel.first.id for other in apart):
                best = score, compared
        score, found = best
        if found is None:
            return None, NO_EVENT
        return found.kernel, Reason("same_words", score, _telling(report, found.kernel, found.chance))

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
        return best[:AROUND_KERNELS]


class _Rarity(dict[str, float]):
    """Rarity of terms in the days before one report, each looked up once."""

    def __init__(self, window: TimeWindow) -> None:
        super().__init__()
        self._window = window

    def __missing__(self, term: str) -> float:
        self[term] = rarity = self._window.rarity(term)
        return rarity


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


def _nearness(report: Report, kernel: Kernel, rarity: Mapping[str, float]) -> float:
    """How much of the headline the kernel's reports hold, each about as often as others of its size do."""
    held = sum(rarity[term] ** 2 * kernel.counts.get(term, 0.0) for term in report.title_terms)
    return held / math.sqrt(kernel.size * (kernel.size + 4))


def _likelihood(report: Report, kernel: Kernel, chance: Mapping[str, float]) -> float:
    """Log-likelihood of `report` in `kernel` above chance."""
    all_terms = kernel.weight + SMOOTHING
    return CERTAINTY * sum(
        weight * math.log((kernel.counts.get(term, 0.0) / chance[term] + SMOOTHING) / all_terms)
        for term, weight in report.terms.items()
    )


def _telling(report: Report, kernel: Kernel, chance: Mapping[str, float]) -> tuple[str, ...]:
    shared = [term for term in report.terms if kernel.counts.get(term)]
    gain = {term: report.terms[term] * math.log(kernel.counts[term] / kernel.weight / chance[term]) for term in shared}
    return tuple(sorted(shared, key=lambda term: (-gain[term], term))[:REASONS])
