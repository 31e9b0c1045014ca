"""What a check is, and what the files of sql/checks/ assert.

A file is one named query with a header:

    -- name: silent_feeds(now)
    -- meaning: the rule that is true when the query finds nothing
    -- severity: critical or warning
    -- when: cycle (every ten minutes) or night
    -- fix: what to do about a finding
    select … as subject, … as finding [, … as of]

`subject` is unique within a check; a percent sign is written as `%%`. `of` is how many subjects the check looked at:
with it, see `folding`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from wirewatch.errors import ConfigurationError
from wirewatch.warehouse.connection import named_checks


class Severity(StrEnum):
    """How much an alarm matters."""

    CRITICAL = "critical"
    """News is being lost, or nothing moves."""
    WARNING = "warning"
    """One of many sources, or a figure, is not what it was."""


class When(StrEnum):
    """How often a check runs."""

    CYCLE = "cycle"
    """Every ten minutes, by check_warehouse."""
    NIGHT = "night"
    """By tend_warehouse: it reads whole tables, or counts whole days."""


@dataclass(frozen=True, slots=True)
class Check:
    """An assertion, and what to do when it does not hold."""

    name: str
    meaning: str
    severity: Severity
    when: When
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    subject: str
    finding: str
    of: int | None = None
    """How many subjects the check looked at; None where they can't be counted."""


@cache
def warehouse_checks() -> tuple[Check, ...]:
    """The checks of sql/checks/, by name.

    Raises ConfigurationError for a header that lacks a line or has an unknown value.
    """
    return tuple(_check(name, header) for name, header in sorted(named_checks().items()))


def _check(name: str, header: str) -> Check:
    lines = dict(line.partition(": ")[::2] for line in header.splitlines())
    words: dict[str, type[StrEnum]] = {"severity": Severity, "when": When}
    for key in ("meaning", "severity", "when", "fix"):
        if not lines.get(key):
            raise ConfigurationError(f"sql/checks/{name}.sql: its header has no line `-- {key}: …`")
        known = list(words.get(key, ()))
        if known and lines[key] not in known:
            raise ConfigurationError(f"sql/checks/{name}.sql: {key} is {lines[key]!r}; use {' or '.join(known)}")
    return Check(name, lines["meaning"], Severity(lines["severity"]), When(lines["when"]), lines["fix"])
