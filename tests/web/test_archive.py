"""The archive: readable by warcio's checker, by location, and after a crash in the middle of a record."""

from __future__ import annotations

import dataclasses
import gzip
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from wirewatch.errors import ArchiveError
from wirewatch.records import ArchiveLocation, Response
from wirewatch.web.archive import Archive

CHECKER = [sys.executable, "-m", "warcio.cli", "check"]


def response(body: bytes = b"<html>page</html>", **changes) -> Response:
    page = Response(
        url="https://example.com/a",
        final_url="https://example.com/a?b=c",
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a"), ("Set-Cookie", "b")),
        body=body,
        fetched_at=datetime(2026, 6, 3, 4, 5, 6, tzinfo=UTC),
        elapsed_s=0.1,
        address="192.0.2.1",
        request_headers=(("Host", "example.com"), ("User-Agent", "Wirewatch")),
    )
    return dataclasses.replace(page, **changes)


@pytest.fixture(params=["folder", "file URL", "memory"])
def archive(request, tmp_path):
    urls = {"folder": str(tmp_path), "file URL": f"file://{tmp_path}", "memory": f"memory://{tmp_path.name}/pages"}
    return Archive(urls[request.param])


def files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.warc.gz"))


def test_what_was_appended_is_read_back_by_its_location(archive):
    bodies = [b"", b"\0\xff" * 1000, "<html>中文</html>".encode("gbk")]
    with archive.batch("collect 3/é") as batch:
        locations = []
        for body in bodies:
            locations.append(batch.append(response(body)))
            batch.flush()
        locations.append(batch.append(response(b"unflushed")))
    for location, body in zip(locations, [*bodies, b"unflushed"], strict=True):
        headers, stored = archive.read(location)
        assert stored == body
        assert ("X-Crawler-Content-Encoding", "gzip") in headers
        assert ("Content-Length", str(len(body))) in headers
        assert [value for name, value in headers if name == "Set-Cookie"] == ["a", "b"]


def test_warcio_s_own_checker_passes_one_file_per_batch(tmp_path):
    archive = Archive(str(tmp_path))
    for n in range(2):
        with archive.batch("collect") as batch:
            for k in range(3):
                batch.append(response(f"page {n} {k}".encode()))
                batch.flush()
    assert len(files(tmp_path)) == 2
    for file in files(tmp_path):
        found = subprocess.run([*CHECKER, "-v", str(file)], capture_output=True, text=True, check=True)
        # a warcinfo, and for each page its answer and its request
        assert found.stdout.count("digest pass") == 1 + 2 * 3


def test_a_batch_without_pages_leaves_no_file(archive, tmp_path):
    with archive.batch("nothing") as batch:
        batch.flush()
    assert files(tmp_path) == []


@pytest.mark.parametrize("cut", [1, 10, 60, 200])
def test_a_crash_in_the_middle_of_a_record_leaves_the_earlier_ones(tmp_path, cut):
    archive = Archive(str(tmp_path))
    with archive.batch("collect") as batch:
        first = batch.append(response(b"first"))
        second = batch.append(response(b"second"))
    (file,) = files(tmp_path)
    os.truncate(file, second.offset + second.length - cut)
    assert archive.read(first)[1] == b"first"
    with pytest.raises(ArchiveError, match="no whole record"):
        archive.read(second)


def test_flushed_pages_are_in_the_file_of_a_killed_process(tmp_path):
    script = f"""
import os
from tests.web.test_archive import response
from wirewatch.web.archive import Archive
batch = Archive({str(tmp_path)!r}).batch("killed")
location = batch.append(response(b"kept"))
batch.flush()
batch.append(response(b"lost" * 10))
print(location.file, location.offset, location.length, location.digest, flush=True)
os.kill(os.getpid(), 9)
"""
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=False)
    file, offset, length, digest = ran.stdout.split()
    location = ArchiveLocation(file, int(offset), int(length), digest)
    assert Archive(str(tmp_path)).read(location)[1] == b"kept"


def test_a_wrong_location_is_one_clear_error(archive):
    with archive.batch("collect") as batch:
        location = batch.append(response())
    changes = (
        {"file": "2026/nothing.warc.gz"},
        {"offset": location.offset + 1},
        {"length": 20},
        {"digest": "sha1:OTHER"},
    )
    for change in changes:
        with pytest.raises(ArchiveError, match="offset"):
            archive.read(dataclasses.replace(location, **change))


def test_an_archive_without_its_driver_says_what_to_do():
    with pytest.raises(ArchiveError, match="WIREWATCH_ARCHIVE"):
        Archive("nosuch://bucket/pages")


@hypothesis_settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    headers=st.lists(st.tuples(st.text(max_size=10), st.text(max_size=30)), max_size=4),
    path=st.text(max_size=20),
    status=st.integers(100, 999),
)
def test_any_answer_can_be_kept(tmp_path, body, headers, path, status):
    clean = tuple((name.encode("utf-8", "replace").decode(), value) for name, value in headers)
    archive = Archive(str(tmp_path / "any"))
    page = response(body, headers=clean, status=status, final_url="http://example.com/" + path.replace("\ud800", ""))
    with archive.batch("any") as batch:
        location = batch.append(page)
    assert archive.read(location)[1] == body


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_erased_record_is_gone_with_its_request_and_the_others_stay(archive, which):
    with archive.batch("collect") as batch:
        kept = [
            batch.append(response(f"page {n} of 3".encode(), final_url=f"https://example.com/{n}")) for n in range(3)
        ]
    (name,) = archive.files()
    before = len(_whole(archive, name))
    for _ in range(2):  # safe to repeat
        archive.erase(kept[which])
    said = gzip.decompress(_whole(archive, name))
    for n, location in enumerate(kept):
        if n == which:
            with pytest.raises(ArchiveError):
                archive.read(location)
        else:
            assert archive.read(location)[1] == f"page {n} of 3".encode()
        for words in (f"page {n} of 3", f"example.com/{n}", f"GET /{n} "):
            assert (words.encode() in said) == (n != which)
    assert len(_whole(archive, name)) == before
    types = [record.rec_type for record in ArchiveIterator(io.BytesIO(_whole(archive, name)))]
    assert types.count("response") == types.count("request") == types.count("metadata") == 2


def test_a_record_of_no_file_can_t_be_erased(archive):
    with pytest.raises(ArchiveError, match="no file 2026/none"):
        archive.erase(ArchiveLocation("2026/none.warc.gz", 0, 100, "sha1:x"))


def _whole(archive: Archive, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read()
