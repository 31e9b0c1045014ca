"""Files of the archive that are lost are named, one night later at the latest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wirewatch.alarms.archive_sample import archive_findings
from wirewatch.alarms.checks import When
from wirewatch.alarms.watching import check_data
from wirewatch.records import Response
from wirewatch.web.archive import Archive


@pytest.fixture
def pages(cursor, settings):
    """Three pages in each of two months, each in a file of its own."""
    files = []
    for number in range(6):
        at = datetime(2026, 5 + number // 3, 1 + number, tzinfo=UTC)
        url = f"https://a.example/{number}"
        response = Response(url, url, 200, (), f"page {number}".encode(), at, 0.1)
        with Archive(settings.archive_url).batch(f"page-{number}") as batch:
            location = batch.append(response)
        cursor.execute(
            "insert into ingest.page (url, final_url, fetched_at, http_status, bytes, archive_file, archive_offset,"
            " archive_length, digest) values (%s, %s, %s, 200, 6, %s, %s, %s, %s)",
            [url, url, at, location.file, location.offset, location.length, location.digest],
        )
        files.append(settings.home / "archive" / location.file)
    return files


def test_a_whole_archive_raises_nothing(warehouse, settings, pages):
    assert list(archive_findings(warehouse, settings.archive_url)) == []


def test_lost_and_damaged_files_are_named_and_the_alarm_closes_when_they_are_back(warehouse, settings, cursor, pages):
    kept, damaged = pages[0].read_bytes(), pages[5].read_bytes()
    pages[0].unlink()
    pages[5].write_bytes(damaged[:40])
    found = list(archive_findings(warehouse, settings.archive_url))
    assert [finding.subject for finding in found] == ["2026-05 page 1", "2026-06 page 6"]
    assert pages[0].name in found[0].finding
    open_alarms = "select subject from ingest.alarm where check_name = 'archive_sample' and closed_at is null"
    check_data(warehouse, settings, When.NIGHT)
    cursor.execute(f"{open_alarms} order by 1")
    assert cursor.fetchall() == [("2026-05 page 1",), ("2026-06 page 6",)]
    pages[0].write_bytes(kept)
    pages[5].write_bytes(damaged)
    check_data(warehouse, settings, When.NIGHT)
    cursor.execute(open_alarms)
    assert cursor.fetchall() == []
