"""The `wirewatch parse-feed` filter: feed documents in, one JSON record per entry out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wirewatch.feeds.reading import FeedReader
from wirewatch.records import DateCandidate, Entry


def feed_lines(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The entries of the feed documents in `files`, in their order.

    A file that can't be read or is not a feed gives one record with an `error`, also when it hangs its parser.
    """
    with asyncio.Runner() as runner:
        reader = FeedReader()
        try:
            for file in files:
                yield from _lines(file, reader, runner)
        finally:
            runner.run(reader.close())


def _lines(file: Path, reader: FeedReader, runner: asyncio.Runner) -> Iterator[dict[str, Any]]:
    try:
        body = file.read_bytes()
    except OSError as error:
        yield {"file": str(file), "error": f"can't be read: {error.strerror}"}
        return
    parsed = runner.run(reader.read(body, url=str(file), now=datetime.now(UTC)))
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
