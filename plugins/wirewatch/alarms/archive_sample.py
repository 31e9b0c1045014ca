"""Whether the archive still holds what the warehouse names: the first and the last page of each month are read back.

A file that is lost is lost quietly, since pages are read again only when extraction has improved.
"""

from __future__ import annotations

from collections.abc import Iterator

from wirewatch.alarms.checks import Check, Finding, Severity, When
from wirewatch.errors import ArchiveError
from wirewatch.records import ArchiveLocation
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive

ARCHIVE_SAMPLE = Check(
    "archive_sample",
    meaning="The first and the last page of each month can be read from the archive.",
    severity=Severity.CRITICAL,
    when=When.NIGHT,
    fix="Bring the named files back from a backup (`wirewatch restore`, or copies of the archive). Articles are not "
    "affected; what is missing can't be extracted again.",
)


def archive_findings(warehouse: Warehouse, archive_url: str) -> Iterator[Finding]:
    """What can't be read of the sample, by month. Raises WarehouseError."""
    archive = Archive(archive_url)
    with warehouse.transaction() as rows:
        sample = rows.archive_sample()
    for page in sample:
        location = ArchiveLocation(page.archive_file, page.archive_offset, page.archive_length, page.digest)
        try:
            archive.read(location)
        except ArchiveError as error:
            yield Finding(f"{page.month:%Y-%m} page {page.page_id}", str(error))
