"""The stage that runs the checks and keeps the alarms: they open, persist and close by themselves."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from wirewatch.alarms import machine
from wirewatch.alarms.archive_sample import ARCHIVE_SAMPLE, archive_findings
from wirewatch.alarms.checks import Check, Finding, Severity, When, warehouse_checks
from wirewatch.alarms.folding import fold
from wirewatch.errors import WarehouseError, WarehouseUnavailable, WirewatchError
from wirewatch.records import clean_text
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

log = logging.getLogger("wirewatch")

_MAX_FINDING = 1_000

Findings = dict[Check, list[Finding]]
"""By check; a check that ran and found nothing has an empty list."""


class Unsound(WirewatchError):
    """The warehouse contradicts itself: a nightly check of severity critical found something."""


class ChecksBroken(WirewatchError):
    """Checks that could not be run: their queries are wrong, or they took too long. The others ran."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a round of checks did, in numbers of checks and alarms."""

    checks: int = 0
    """Checks that ran."""
    opened: int = 0
    persisting: int = 0
    """Alarms that were open before and still are."""
    closed: int = 0


def check_data(warehouse: Warehouse, settings: Settings, when: When, *, now: datetime | None = None) -> CheckReport:
    """Run the checks of `when`, and open, refresh and close alarms by what they find. Safe to repeat.

    `now` is the time that the checks go by; by default the database's.
    Raises WarehouseError; ChecksBroken, after all is done, when a check could not be run.
    """
    findings, broken = run_checks(warehouse, when, now=now)
    if when is When.CYCLE:
        findings |= _check_machine(warehouse, settings)
        _end_long_sessions(warehouse)
    else:
        findings[ARCHIVE_SAMPLE] = list(archive_findings(warehouse, settings.archive_url))
    report = _keep_alarms(warehouse, findings, now or warehouse.now())
    log.info(
        "%d checks: %d alarms opened, %d persist, %d closed",
        report.checks,
        report.opened,
        report.persisting,
        report.closed,
    )
    if broken:
        raise ChecksBroken("\n".join(broken))
    return report


def run_checks(warehouse: Warehouse, when: When, *, now: datetime | None = None) -> tuple[Findings, list[str]]:
    """What the checks of sql/checks/ find, and what was wrong with those that could not be run.

    Raises WarehouseUnavailable.
    """
    now = now or warehouse.now()
    findings: Findings = {}
    broken = []
    for check in warehouse_checks():
        if check.when is not when:
            continue
        try:
            with warehouse.transaction() as rows:
                found = rows.check(check.name, now=now)
        except WarehouseUnavailable:
            raise
        except WarehouseError as error:
            broken.append(f"sql/checks/{check.name}.sql: {error}")
            continue
        findings[check] = [Finding(row.subject, row.finding, getattr(row, "of", None)) for row in found]
        for finding in findings[check]:
            log.info("%s: %s: %s", check.name, finding.subject, finding.finding)
    return findings, broken


def assert_sound(warehouse: Warehouse) -> None:
    """Check what no site's doing can break: balance of the ledger, orphans, evidence. Keeps no alarms.

    Raises Unsound with all that was found.
    """
    findings, broken = run_checks(warehouse, When.NIGHT)
    wrong = [
        f"{check.name}: {finding.subject}: {finding.finding}; {check.fix}"
        for check, found in findings.items()
        if check.severity is Severity.CRITICAL
        for finding in found
    ]
    if wrong or broken:
        raise Unsound("\n".join([*wrong, *broken]))


def _end_long_sessions(warehouse: Warehouse) -> None:
    """Ends sessions of analysts and editors that lifted their own limits."""
    with warehouse.transaction() as rows:
        ended = rows.end_long_sessions()
    for session in ended:
        log.warning("a session of %s was ended: it was %s for too long", session.usename, session.state)


def _check_machine(warehouse: Warehouse, settings: Settings) -> Findings:
    findings: Findings = defaultdict(list, {check: [] for check in machine.CHECKS})
    with warehouse.transaction() as rows:
        database = rows.database_time()
    for check, finding in machine.machine_findings(settings, here=datetime.now(UTC), database=database):
        findings[check].append(finding)
    return findings


def _keep_alarms(warehouse: Warehouse, findings: Findings, now: datetime) -> CheckReport:
    with warehouse.transaction() as rows:
        rows.lock_alarms()
        subjects = defaultdict(set)
        for alarm in rows.open_alarms():
            subjects[alarm.check_name].add(alarm.subject)
        saved = rows.save_alarms(
            [
                (
                    check.name,
                    _one_line(finding.subject),
                    check.severity,
                    check.meaning,
                    _one_line(finding.finding),
                    check.fix,
                    now,
                    now,
                )
                for check, found in findings.items()
                for finding in fold(found, subjects[check.name])
            ],
        )
        closed = rows.close_alarms(checks=[check.name for check in findings], now=now)
    opened = sum(row.opened for row in saved)
    return CheckReport(len(findings), opened=opened, persisting=len(saved) - opened, closed=closed)


def _one_line(text: str) -> str:
    """`text`, which may hold a server's words, as one line that mail, a terminal and Postgres take."""
    return "".join(sign if sign.isprintable() else " " for sign in clean_text(text))[:_MAX_FINDING]
