"""The `wirewatch parse-feed` filter: a feed document in, one JSON record per entry out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.feeds.parsing import parse_feed
from wirewatch.records import DateCandidate, Entry


def feed_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The entries of the feed document in `file`, in its order; one record with an `error` when it is no feed.

    Raises FileProblems when the file can't be read.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        problem = FileProblem(str(file), 0, f"can't be read: {error.strerror}", "name a file with a feed document")
        raise FileProblems([problem]) from None
    parsed = parse_feed(body, url=str(file), now=datetime.now(UTC))
    if parsed.problem is not None:
        yield {"file": str(file), "error": parsed.problem}
    for entry in parsed.entries:
        yield {"file": str(file), **entry_json(entry)}


def entry_json(entry: Entry) -> dict[str, Any]:
    """`entry` as a JSON object, times in ISO 8601."""
    return {
        "identity": entry.identity,
        "identity_kind": entry.identity_kind,
        "title": entry.title,
        "url": entry.url,
        "published_at": entry.published_at.isoformat() if entry.published_at else None,
        "published_source": entry.published_source,
        "authors": list(entry.authors),
        "summary": entry.summary,
        "content": entry.content,
        "language": entry.language,
        "dates": [date_json(date) for date in entry.dates],
    }


def date_json(date: DateCandidate) -> dict[str, Any]:
    """`date` as a JSON object, as the `dates` columns of the warehouse hold it."""
    return {
        "source": date.source,
        "raw": date.raw,
        "value": date.value.isoformat() if date.value else None,
        "zone_assumed": date.zone_assumed,
        "rejected": date.rejected,
    }
