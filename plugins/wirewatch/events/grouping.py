"""From kernels to events and storylines: what belongs to a large event though it says so in other words. Pure.

A large event draws many reports that share its names and little else: explainers, pictures, reactions of many, opinion.
What is large, which terms it is known by, and how a small kernel speaks of it decide; the weights were fitted on the
items of one day (docs/events.md). What follows a large event and is told by several outlets in its own words, or is
somebody's statement about it, stays an event of its own in the same storyline.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wirewatch.events.kernels import LIFE_H, NO_EVENT, Kernel, Kernels, Reason, kernels_of
from wirewatch.events.reading import Report

LARGE = 5
"""Reports from which a kernel draws others."""

SMALL = 2
"""Reports up to which a kernel may be drawn."""

KNOWN_BY = 0.3
"""Share of its reports that hold a term by which a kernel is known."""

OFTEN = 0.2
"""Share of its reports from which a term is fully one of the kernel."""

SHARED_SIGNS = 2
"""Terms by which a large event is known that a report must hold, one of them in its headline."""

BEFORE_H = 1.0
"""A report may be so much earlier than the event that it belongs to: clocks and feeds differ."""

ONSET_H = 4.0
"""Large kernels that begin within so many hours tell of one happening: its first reports see different sides of it."""

ONSET_LIKE = 0.12
"""So much alike must they be."""

ONSET_REPORTS = 4

RARITY_H = 24.0
"""Hours around the beginning of an event whose reports tell how rare a term is."""

STORYLINE_LIKE = 0.35
"""So much alike are two events of one storyline."""

STORYLINE_LIKE_LARGE = 0.15
"""The same where the earlier one is large and the later one holds the terms by which it is known."""

STORYLINE_TERMS = 12
"""Terms of an event by which its storyline is looked for."""

STORYLINE_H = 90.0
"""Hours without an event after which a storyline ends."""

_OPENING_TERMS = 3
"""Terms of a headline that name who acts."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a report stands."""

    report: int | str
    kernel: int | str | None
    """The kernel, by the id of its first report."""
    event: int | str | None
    """The event, by the id of its first report; None when it tells of no one event."""
    storyline: int | str | None
    """The storyline, by the id of its first event."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Corrections:
    """What people said about reports."""

    together: Sequence[tuple[int | str, int | str]] = ()
    """Pairs that tell of one event."""
    apart: Sequence[tuple[int | str, int | str]] = ()
    """Pairs that do not."""

    def kept_apart(self) -> dict[int | str, set[int | str]]:
        """For each report those that it must not stand with."""
        found: dict[int | str, set[int | str]] = {}
        for one, other in self.apart:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found


NOBODY = Corrections()


def group(
    reports: Sequence[Report],
    settled: Mapping[int | str, int | str] | None = None,
    corrections: Corrections = NOBODY,
    storylines: Mapping[int | str, int | str] | None = None,
) -> dict[int | str, Placed]:
    """Where each of `reports` stands; their order changes nothing.

    `settled` says of the earliest reports in which kernel they are known to be, `storylines` of the earliest events
    which storyline they are known to belong to.
    """
    apart = corrections.kept_apart()
    kernels = kernels_of(reports, settled, apart)
    events = _Events(kernels, apart)
    events.join_onsets()
    events.draw_in()
    events.put_together(corrections.together)
    found = _storylines(events.members(), storylines or {})
    placed = {}
    for report in reports:
        event = events.of(report.id)
        storyline = found.get(event) if event is not None else None
        placed[report.id] = Placed(report.id, kernels.of.get(report.id), event, storyline, events.reason(report.id))
    return placed


class _Events:
    """Which kernels and lone reports make one event."""

    def __init__(self, kernels: Kernels, apart: Mapping[int | str, Collection[int | str]]) -> None:
        self._kernels = kernels
        self._apart = apart
        self._leader: dict[int | str, int | str] = {identity: identity for identity in kernels.by_id}
        self._drawn: dict[int | str, int | str] = {}
        """Report without a kernel → the kernel whose event it belongs to."""
        self._reasons = dict(kernels.reasons)

    def of(self, report: int | str) -> int | str | None:
        """The event of a report."""
        kernel = self._kernels.of.get(report, self._drawn.get(report))
        return None if kernel is None else self._lead(kernel)

    def reason(self, report: int | str) -> Reason:
        """Why it is there."""
        return self._reasons.get(report, NO_EVENT)

    def members(self) -> list[Kernel]:
        """Each event as one kernel, the earliest first."""
        whole: dict[int | str, Kernel] = {}
        for identity, kernel in self._kernels.by_id.items():
            lead = self._lead(identity)
            whole.setdefault(lead, Kernel(self._kernels.by_id[lead].first)).absorb(kernel)
        return sorted(whole.values(), key=lambda kernel: kernel.first.place)

    def join_onsets(self) -> None:
        """Joins large kernels that begin together and are alike."""
        large = [kernel for kernel in self._in_order() if kernel.size >= ONSET_REPORTS]
        for place, first in enumerate(large):
            like: _Likeness | None = None
            for second in large[place + 1 :]:
                if second.first.hours - first.first.hours > ONSET_H:
                    break
                if second.first.hours > first.last:
                    continue
                like = like or _Likeness(_rarity(self._kernels.by_id.values(), first.first.hours))
                if like(first, second) >= ONSET_LIKE:
                    self._join(second.first.id, first.first.id, Reason("same_onset", None, _shared(second, first)))

    def draw_in(self) -> None:
        """Gives small kernels and what waits to the large event that they speak of."""
        large = _Signs(kernel for kernel in self.members() if kernel.size >= LARGE)
        for kernel in self._in_order():
            if kernel.size <= SMALL and self._lead(kernel.first.id) == kernel.first.id:
                drawing = _drawing(kernel.first, large)
                if drawing is None or drawing.first.id == kernel.first.id:
                    continue
                logit = sum(_belongs(report, kernel.size, drawing) for report in kernel.reports) / kernel.size
                if logit >= 0:
                    self._join(kernel.first.id, drawing.first.id, Reason("belongs", logit, _shared(kernel, drawing)))
        for report in self._kernels.waiting:
            if (drawing := _drawing(report, large)) and not self._kept_apart(report.id, drawing.first.id):
                self._drawn[report.id] = drawing.first.id
                self._reasons[report.id] = Reason("belongs", None, _signs_shared(report, drawing))

    def put_together(self, pairs: Iterable[tuple[int | str, int | str]]) -> None:
        """Joins the events of the pairs that a person said to tell of one."""
        for pair in pairs:
            events = [self.of(report) for report in pair]
            one, other = events
            if one is not None and other is not None and one != other:
                first, second = sorted((one, other), key=lambda event: self._kernels.by_id[event].first.place)
                self._leader[second] = first
                self._reasons.update(dict.fromkeys(pair, Reason("corrected")))

    def _in_order(self) -> list[Kernel]:
        return sorted(self._kernels.by_id.values(), key=lambda kernel: kernel.first.place)

    def _join(self, kernel: int | str, to: int | str, reason: Reason) -> None:
        if self._lead(kernel) == self._lead(to):
            return
        if any(self._kept_apart(report.id, to) for report in self._kernels.by_id[kernel].reports):
            return
        self._leader[self._lead(kernel)] = self._lead(to)
        for report in self._kernels.by_id[kernel].reports:
            self._reasons[report.id] = reason

    def _kept_apart(self, report: int | str, kernel: int | str) -> bool:
        lead = self._lead(kernel)
        return any(self.of(other) == lead for other in self._apart.get(report, ()))

    def _lead(self, kernel: int | str) -> int | str:
        while self._leader[kernel] != kernel:
            kernel = self._leader[kernel]
        return kernel


class _Signs:
    """Events by the terms that they are known by."""

    def __init__(self, events: Iterable[Kernel]) -> None:
        self._known: dict[str, list[Kernel]] = defaultdict(list)
        for event in events:
            for term, weight in event.counts.items():
                if weight >= KNOWN_BY * event.size:
                    self._known[term].append(event)

    def known_by(self, terms: Iterable[str]) -> list[Kernel]:
        """The events that are known by SHARED_SIGNS or more of `terms`, the earliest first."""
        shared = Counter(id(event) for term in terms for event in self._known.get(term, ()))
        found = {id(event): event for term in terms for event in self._known.get(term, ())}
        enough = [event for identity, event in found.items() if shared[identity] >= SHARED_SIGNS]
        return sorted(enough, key=lambda event: event.first.place)


def _drawing(report: Report, large: _Signs) -> Kernel | None:
    """The largest event that `report` may belong to: it was on at that time and is known by what the report holds."""
    now = report.hours
    on = [
        event
        for event in large.known_by(report.terms)
        if event.first.hours - BEFORE_H <= now <= event.first.hours + LIFE_H
        and any(event.in_titles.get(term, 0) >= KNOWN_BY * event.size for term in report.title_terms)
    ]
    return max(on, key=lambda event: (event.size, -event.first.hours), default=None)


def _belongs(report: Report, size: int, drawing: Kernel) -> float:
    """Logit of the probability that a report of a small kernel belongs to the large event."""
    days = (report.hours - drawing.first.hours) / 24
    in_title = sum(drawing.in_titles.get(term, 0) >= KNOWN_BY * drawing.size for term in report.title_terms)
    return (
        2.0 * _covered(report.title_terms, drawing)
        + 1.0 * _covered(report.title_terms[:_OPENING_TERMS], drawing)
        + 0.25 * in_title
        - 0.5 * report.headline.statement
        - 1.3 * report.headline.follows
        - 0.7 * days
        - 0.6 * (size - 1)
        - 1.0
    )


def _covered(terms: Sequence[str], kernel: Kernel) -> float:
    """Share of `terms` that the reports of `kernel` often hold, 0 to 1."""
    often = OFTEN * kernel.size
    return sum(min(1.0, kernel.counts.get(term, 0.0) / often) for term in terms) / max(1, len(terms))


def _signs_shared(report: Report, kernel: Kernel) -> tuple[str, ...]:
    """Terms by which `kernel` is known that `report` holds, the best known first."""
    shared = [term for term in report.terms if kernel.counts.get(term, 0.0) >= KNOWN_BY * kernel.size]
    return tuple(sorted(shared, key=lambda term: (-kernel.counts[term], term)))


def _shared(small: Kernel, large: Kernel) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for report in small.reports for term in _signs_shared(report, large)))[:6]


class _Likeness:
    """Cosine of two kernels by their terms, 0 to 1; by `rarity` a term counts more, the fewer reports hold it."""

    def __init__(self, rarity: Mapping[str, float] | None = None) -> None:
        self._rarity = rarity
        self._lengths: dict[int, float] = {}

    def __call__(self, first: Kernel, second: Kernel) -> float:
        shared = self._product(first, second)
        return shared / (self._length(first) * self._length(second)) if shared else 0.0

    def _product(self, first: Kernel, second: Kernel) -> float:
        few, many = sorted((first.counts, second.counts), key=len)
        if self._rarity is None:
            return sum(weight * many[term] for term, weight in few.items() if term in many)
        return sum(weight * many[term] * self._rarity[term] for term, weight in few.items() if term in many)

    def _length(self, kernel: Kernel) -> float:
        if id(kernel) not in self._lengths:
            self._lengths[id(kernel)] = math.sqrt(self._product(kernel, kernel))
        return self._lengths[id(kernel)]


def _rarity(kernels: Iterable[Kernel], hour: float) -> dict[str, float]:
    """How rare each term is among the reports of the day around `hour`."""
    around = [report for kernel in kernels for report in kernel.reports if abs(report.hours - hour) <= RARITY_H]
    held = Counter(term for report in around for term in report.terms)
    rare = math.log(len(around) + 2) ** 2
    return defaultdict(
        lambda: rare, {term: math.log((len(around) + 2) / (count + 1)) ** 2 for term, count in held.items()}
    )


def _storylines(events: Sequence[Kernel], known: Mapping[int | str, int | str]) -> dict[int | str, int | str]:
    """Event → storyline: the `known` one, that of the earlier event that it is most like, or one of its own."""
    signs, like = _Signs(events), _Likeness()
    storylines: dict[int | str, int | str] = {}
    for event in events:
        if event.first.id in known:
            storylines[event.first.id] = known[event.first.id]
            continue
        best: tuple[float, int | str] = (0.0, event.first.id)
        for earlier in signs.known_by(_best_known(event)):
            if earlier.first.place >= event.first.place or event.first.hours - earlier.last > STORYLINE_H:
                continue
            large = earlier.size >= LARGE and len(_signs_shared(event.first, earlier)) >= SHARED_SIGNS
            likeness = like(earlier, event)
            if likeness > best[0] and likeness >= (STORYLINE_LIKE_LARGE if large else STORYLINE_LIKE):
                best = likeness, storylines[earlier.first.id]
        storylines[event.first.id] = best[1]
    return storylines


def _best_known(event: Kernel) -> list[str]:
    """The terms that most of its reports hold."""
    return sorted(event.counts, key=lambda term: (-event.counts[term], term))[:STORYLINE_TERMS]
