"""From kernels to events and storylines: what speaks of a large event, what belongs to the same longer affair. Pure.

Kernels are the events. Explainers, pictures, reactions of many and opinion that no kernel took belong to the largest
event that they speak of: how it is known decides, and whether it was on. What follows a large event, or is somebody's
statement about it, stays an event of its own in the same storyline.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wirewatch.events.kernels import LIFE_H, NO_EVENT, Kernel, Kernels, Reason, kernels_of
from wirewatch.events.reading import Report

LARGE = 8
"""Reports from which an event draws what speaks of it."""

KNOWN_BY = 0.3
"""Share of its reports that hold a term by which a kernel is known."""

SHARED_SIGNS = 2
"""Terms by which a large event is known that a report must hold, one of them in its headline."""

BEFORE_H = 1.0
"""A report may be so much earlier than the event that it belongs to: clocks and feeds differ."""

STORYLINE_LIKE = 0.35
"""So much alike are two events of one storyline."""

STORYLINE_LARGE = 5
"""Reports from which the likeness to an earlier event need not be that much."""

STORYLINE_LIKE_LARGE = 0.15
"""The same where the earlier one is large and the later one holds the terms by which it is known."""

STORYLINE_TERMS = 12
"""Terms of an event by which its storyline is looked for."""

STORYLINE_H = 90.0
"""Hours without an event after which a storyline ends."""


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

    def draw_in(self) -> None:
        """Gives background and opinion that no kernel took to the large event that they speak of."""
        large = _Signs(kernel for kernel in self.members() if kernel.size >= LARGE)
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


def _signs_shared(report: Report, kernel: Kernel) -> tuple[str, ...]:
    """Terms by which `kernel` is known that `report` holds, the best known first."""
    shared = [term for term in report.terms if kernel.counts.get(term, 0.0) >= KNOWN_BY * kernel.size]
    return tuple(sorted(shared, key=lambda term: (-kernel.counts[term], term)))


class _Likeness:
    """Cosine of two kernels by their terms, 0 to 1."""

    def __init__(self) -> None:
        self._lengths: dict[int, float] = {}

    def __call__(self, first: Kernel, second: Kernel) -> float:
        few, many = sorted((first.counts, second.counts), key=len)
        shared = sum(weight * many[term] for term, weight in few.items() if term in many)
        return shared / (self._length(first) * self._length(second)) if shared else 0.0

    def _length(self, kernel: Kernel) -> float:
        if id(kernel) not in self._lengths:
            self._lengths[id(kernel)] = math.sqrt(sum(weight * weight for weight in kernel.counts.values()))
        return self._lengths[id(kernel)]


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
            large = earlier.size >= STORYLINE_LARGE and len(_signs_shared(event.first, earlier)) >= SHARED_SIGNS
            likeness = like(earlier, event)
            if likeness > best[0] and likeness >= (STORYLINE_LIKE_LARGE if large else STORYLINE_LIKE):
                best = likeness, storylines[earlier.first.id]
        storylines[event.first.id] = best[1]
    return storylines


def _best_known(event: Kernel) -> list[str]:
    """The terms that most of its reports hold."""
    return sorted(event.counts, key=lambda term: (-event.counts[term], term))[:STORYLINE_TERMS]
