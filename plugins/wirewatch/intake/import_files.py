"""Files of the past into items, pure, one item at a time: WARC, JSON lines, and lists of addresses.

A WARC file and a JSON line `{url, html | html_base64}` bring the page itself; a line with an address alone is fetched
later. What can't be used is a `BadItem` in its place; only a file that can't be read on ends with an error.
"""

from __future__ import annotations

import gzip
import html
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from wirewatch.articles.filters import page_from_json
from wirewatch.errors import WirewatchError
from wirewatch.jsonl import BadLine, read_lines, text_field, time_field
from wirewatch.records import DateCandidate, Response, clean_text
from wirewatch.text import dates
from wirewatch.text.html import HTML_TYPES
from wirewatch.text.urls import clean_url

_LARGEST = 10 * 1024 * 1024
"""Bytes of a page; larger ones are not fetched either."""
_LONGEST_LINE = 40 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_PEEK = 64 * 1024


@dataclass(frozen=True, slots=True)
class ImportItem:
    """A page of the past, or its address."""

    place: str
    """Where in the file it is, for messages."""
    url: str
    """Absolute, without trackers."""
    seen_at: datetime | None
    """When whoever made the file saw it; None when the file doesn't say."""
    page: Response | None = None
    """None: it is fetched from the web."""
    title: str = ""
    content: str | None = None
    """Its text, HTML, where the file has no page."""
    authors: tuple[str, ...] = ()
    language: str | None = None
    dates: tuple[DateCandidate, ...] = ()


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that can't be used."""

    place: str
    why: str


def items_of(stream: io.RawIOBase, *, now: datetime, zone: str | None) -> Iterator[ImportItem | BadItem]:
    """The items of a file, in its order. Its kind is seen from its first bytes; it may be compressed with gzip.

    `zone` is the outlet's, for dates without one; no date after `now` is believed. Raises WirewatchError where the
    file can't be read on.
    """
    buffered = io.BufferedReader(stream, _PEEK)
    try:
        start = buffered.peek(_PEEK)
        packed = start.startswith(_GZIP)
        start = (_unpacked(start) if packed else start).removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"WARC/"):
            yield from _warc_items(buffered)
            if packed:
                _read_through(stream)
            return
        lines: BinaryIO = cast("BinaryIO", gzip.GzipFile(fileobj=buffered)) if packed else buffered
        yield from _json_items(lines, now, zone) if start.startswith(b"{") else _listed(lines)
    except (OSError, EOFError, zlib.error, ArchiveLoadFailed) as error:
        raise WirewatchError(f"can't be read on: {str(error).splitlines()[0] or type(error).__name__}") from None


def _unpacked(start: bytes) -> bytes:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(start, _PEEK)


def _read_through(stream: io.RawIOBase) -> None:
    """Raises EOFError for a gzip file that was cut short, of which warcio says nothing."""
    stream.seek(0)
    with gzip.GzipFile(fileobj=io.BufferedReader(stream)) as whole:
        while whole.read(_PEEK):
            pass


def _warc_items(stream: BinaryIO) -> Iterator[ImportItem | BadItem]:
    """Pages among the records; requests, images, redirects and repeated captures are passed over."""
    for number, record in enumerate(ArchiveIterator(stream), start=1):
        if record.rec_type not in ("response", "resource"):
            continue
        place = f"record {number}"
        about, headers = record.rec_headers, record.http_headers
        status = int(headers.get_statuscode() or 0) if headers and headers.get_statuscode().isdigit() else 200
        kind = (headers or about).get_header("Content-Type") or ""
        if status != 200 or kind.partition(";")[0].strip().lower() not in HTML_TYPES:
            continue
        address = (about.get_header("WARC-Target-URI") or "").strip("<> ")
        body = record.content_stream().read(_LARGEST + 1)
        if len(body) <= _LARGEST and record.raw_stream.limit > 0:
            raise EOFError(f"{place} ends early: the file was cut short")
        written = tuple(headers.headers) if headers else (("Content-Type", kind),)
        yield _page(place, address, body, _warc_date(about.get_header("WARC-Date")), written)


def _warc_date(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _json_items(stream: BinaryIO, now: datetime, zone: str | None) -> Iterator[ImportItem | BadItem]:
    for number, line in enumerate(read_lines(stream), start=1):
        place = f"line {number}"
        if isinstance(line, BadLine):
            yield BadItem(place, line.error.removeprefix(f"{place} "))
            continue
        try:
            yield _from_json(place, line, now, zone)
        except ValueError as error:
            yield BadItem(place, str(error))


def _from_json(place: str, record: dict[str, Any], now: datetime, zone: str | None) -> ImportItem | BadItem:
    """The item of a JSON object. Raises ValueError."""
    address = text_field(record, "url", required=True) or ""
    seen_at = time_field(record, "seen_at")
    if record.get("html") is not None or record.get("html_base64") is not None:
        page, _ = page_from_json({**record, "url": None})
        text = isinstance(page, str)
        body = page.encode("utf-8", "replace") if isinstance(page, str) else page
        kind = "text/html; charset=utf-8" if text else "text/html"
        return _page(place, address, body, seen_at, (("Content-Type", kind),))
    written = text_field(record, "published_at")
    text_given = text_field(record, "text")
    authors = record.get("authors") or []
    if not isinstance(authors, list) or not all(isinstance(author, str) for author in authors):
        raise ValueError("authors must be a list of texts")
    return ImportItem(
        place,
        clean_url(address),
        seen_at,
        title=clean_text(" ".join((text_field(record, "title") or "").split())),
        content=_paragraphs(text_given) if text_given else None,
        authors=tuple(map(clean_text, authors)),
        language=text_field(record, "language"),
        dates=(dates.candidate("feed:published", written, now=now, zone=zone),) if written else (),
    )


def _paragraphs(text: str) -> str:
    return clean_text("".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip()))


def _listed(stream: BinaryIO) -> Iterator[ImportItem | BadItem]:
    """One address a line; empty lines and those that begin with # are passed over."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip()
        if text and not text.startswith("#"):
            yield _addressed(f"line {number}", text)


def _addressed(place: str, address: str) -> ImportItem | BadItem:
    try:
        return ImportItem(place, clean_url(address), None)
    except ValueError as error:
        return BadItem(place, str(error))


def _page(
    place: str, address: str, body: bytes, seen_at: datetime | None, headers: tuple[tuple[str, str], ...]
) -> ImportItem | BadItem:
    found = _addressed(place, address)
    if isinstance(found, BadItem):
        return found
    if not body.strip():
        return BadItem(place, f"{address}: an empty page")
    if len(body) > _LARGEST:
        return BadItem(place, f"{address}: a page of more than {_LARGEST:,} bytes")
    kept = tuple((clean_text(name), clean_text(value)) for name, value in headers)
    page = Response(
        url=found.url,
        final_url=found.url,
        status=200,
        headers=kept,
        body=body,
        fetched_at=seen_at or datetime.min.replace(tzinfo=UTC),
        elapsed_s=0.0,
    )
    return ImportItem(place, found.url, seen_at, page=page)
