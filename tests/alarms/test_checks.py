"""The files of sql/checks/: headers that say what to do, and queries that find nothing in an empty warehouse."""

from __future__ import annotations

import re

import pytest

from tests.alarms.document import DOCUMENT, with_table
from wirewatch.alarms import checks, machine
from wirewatch.alarms.archive_sample import ARCHIVE_SAMPLE
from wirewatch.alarms.checks import When, warehouse_checks
from wirewatch.alarms.watching import check_data, run_checks
from wirewatch.errors import ConfigurationError
from wirewatch.warehouse.connection import CHECKS


def test_every_file_is_a_check_of_its_name():
    assert [check.name for check in warehouse_checks()] == sorted(file.stem for file in CHECKS.glob("*.sql"))
    assert len(warehouse_checks()) >= 20


@pytest.mark.parametrize("check", [*warehouse_checks(), *machine.CHECKS, ARCHIVE_SAMPLE], ids=lambda check: check.name)
def test_a_check_says_what_holds_and_what_to_do(check):
    assert check.meaning.endswith(".")
    assert len(check.fix) > 30
    assert check.fix.endswith((".", ")"))


@pytest.mark.parametrize("when", When)
def test_an_empty_warehouse_raises_nothing(warehouse, settings, when):
    findings, broken = run_checks(warehouse, when)
    assert broken == []
    assert not any(findings.values())
    report = check_data(warehouse, settings, when)
    assert report.checks > 5
    assert report.opened == 0


def test_the_table_of_alarms_is_up_to_date():
    written = DOCUMENT.read_text()
    assert "`stuck_queue`" in written
    assert with_table(written) == written, "run `python -m tests.alarms.document`"


@pytest.mark.parametrize(
    ("line", "said"),
    [("severity: minor", "severity is 'minor'; use critical or warning"), ("severity: ", "no line `-- severity: …`")],
)
def test_a_wrong_header_is_named(monkeypatch, line, said):
    header = f"meaning: all is well\n{line}\nwhen: night\nfix: nothing"
    monkeypatch.setattr(checks, "named_checks", lambda: {"sample": header})
    checks.warehouse_checks.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match=re.escape(said)):
            checks.warehouse_checks()
    finally:
        checks.warehouse_checks.cache_clear()
