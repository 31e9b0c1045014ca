"""One fault, one alarm (pure).

When a network is down, or a machine slept for a week, every feed is silent at once: the fault is ours, and a hundred
alarms would only hide it. So findings that hit at least half of what a check looked at, and at least three subjects,
become one. What was an alarm before stays one, so that a dead feed's alarm survives the outage of the others.
"""

from __future__ import annotations

from collections.abc import Set
from itertools import islice

from wirewatch.alarms.checks import Finding

MANY = "many at once"
"""Subject of the alarm that stands for many."""

FOLD_FROM = 3
FOLD_SHARE = 0.5
_EXAMPLES = 3


def fold(findings: list[Finding], open_subjects: Set[str]) -> list[Finding]:
    """The findings that are alarms; `open_subjects` are the subjects of the check's open alarms."""
    of = max((finding.of or 0 for finding in findings), default=0)
    if len(findings) < FOLD_FROM or len(findings) < FOLD_SHARE * of or of == 0:
        return findings
    known = [finding for finding in findings if finding.subject in open_subjects]
    fresh = [finding for finding in findings if finding.subject not in open_subjects]
    if not fresh:
        return known
    examples = "; ".join(f"{finding.subject}: {finding.finding}" for finding in islice(fresh, _EXAMPLES))
    together = Finding(MANY, f"{len(findings)} of {of}; {examples}" + ("; …" if len(fresh) > _EXAMPLES else ""), of)
    return [*known, together]
