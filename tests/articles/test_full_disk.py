"""A disk that fills up: fetching stops before it is full, and a disk that is full all the same loses nothing."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.articles.newsdesk import TEXT
from tests.web.site import article
from wirewatch.errors import ArchiveError
from wirewatch.records import ArchiveLocation
from wirewatch.web.archive import Archive, Batch, _GrowingFile
from wirewatch.web.disk import free_bytes

PAGES = 24
_MORE_THAN_ANY_DISK = 10**9


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount a small file system: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_fetching_stops_before_the_disk_is_full(desk, site, collect, caplog):
    site.pages["/a"] = article("Ship sails", *TEXT)
    entry = desk.entry(desk.feed("gazette"), site.url("/a"))
    assert collect(min_free_mb=_MORE_THAN_ANY_DISK).fetched == 0
    assert desk.state(entry) == ("new", None)
    assert caplog.text.count("fetching stopped") == 1
    assert collect().extracted == 1


def test_a_disk_that_is_full_when_the_batch_ends_is_said(tmp_path):
    sink = _GrowingFile(tmp_path, "batch")
    sink.append(b"a record")
    sink._file.close()
    sink._file = Path("/dev/full").open("wb")  # noqa: SIM115 - the sink closes it
    sink._file.write(b"what is still in the buffer")
    with pytest.raises(ArchiveError, match="No space left on device"), Batch(sink):
        pass


def test_a_disk_that_fills_up_in_the_middle_loses_nothing(desk, sites, collect, small_disk):
    feed = desk.feed("gazette")
    opened = [sites.open(f"127.0.0.{n}") for n in range(2, 5)]
    for n in range(PAGES):
        page = article(f"Ship {n} sails", *TEXT, f"This was passage number {n} of the month.")
        opened[n % 3].pages[f"/{n}"] = f"{page}<!-- {secrets.token_hex(60_000)} -->"
        desk.entry(feed, opened[n % 3].url(f"/{n}"))
    archive = str(small_disk / "archive")

    with pytest.raises(ArchiveError, match="No space left on device"):
        collect(archive=archive, min_free_mb=0)
    assert free_bytes(small_disk) < 200_000
    assert desk.one("select count(*) from ingest.entry where state = 'dropped'") == (0,)
    kept = desk.all("select archive_file, archive_offset, archive_length, digest from ingest.page")
    for page in kept:
        assert Archive(archive).read(ArchiveLocation(*page)), "what a row names is whole"

    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    desk.leases_end()
    desk.cursor.execute("update ingest.host set busy_until = null, busy_by = null")
    collect(archive=archive, min_free_mb=0)
    assert desk.all("select state, count(*) from ingest.entry group by state") == [("extracted", PAGES)]
    assert desk.one("select count(*), count(distinct url_key) from news.article") == (PAGES, PAGES)
