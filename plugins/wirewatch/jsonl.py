"""Input and output of the filters: one JSON object per line, in the same order, no line lost.

A line that can't be used gives `{"id": …, "error": …}` and never stops the stream.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, BinaryIO, TextIO

from wirewatch.text.language import language_code

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not a usable record."""

    id: Any
    error: str

    def as_record(self) -> Record:
        """What is written in its place."""
        return {"id": self.id, "error": self.error}


def read_lines(stream: BinaryIO) -> Iterator[Record | BadLine]:
    """Each line of `stream` as a record, or as what is wrong with it. Empty lines count: one line out for each in."""
    for number, line in enumerate(stream, start=1):
        try:
            record = json.loads(line, parse_float=_finite, parse_constant=_finite)
        except json.JSONDecodeError as error:
            yield BadLine(None, f"line {number} is not JSON: {error.msg} (character {error.pos + 1})")
            continue
        except (ValueError, RecursionError) as error:  # not UTF-8, not a number, nested too deeply
            yield BadLine(None, f"line {number} is not JSON: {error}")
            continue
        if not isinstance(record, dict):
            yield BadLine(None, f"line {number} is not a JSON object but {type(record).__name__}")
        else:
            yield record


def _finite(number: str) -> float:
    """Raises ValueError for NaN and infinity: JSON can't express them."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is not a number")
    return value


_ESCAPED = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""Characters that some programs take for the end of a line, and lone surrogates, which can't be encoded."""


def write_line(stream: TextIO, record: Record) -> None:
    """Writes one record as one line that can be encoded in UTF-8."""
    line = json.dumps(record, ensure_ascii=False, default=str)
    stream.write(_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", line) + "\n")


def each(lines: Iterable[Record | BadLine], function: Callable[[Record], Record]) -> Iterator[Record]:
    """`function` of each record; a ValueError becomes the record's error."""
    for line in lines:
        if isinstance(line, BadLine):
            yield line.as_record()
            continue
        try:
            yield function(line)
        except ValueError as error:
            yield BadLine(line.get("id"), str(error)).as_record()


def text_field(record: Record, name: str, *, required: bool = False) -> str | None:
    """The record's text under `name`; None when it is missing or null.

    Raises ValueError when it is required and missing, or is not a text.
    """
    value = record.get(name)
    if value is None:
        if required:
            raise ValueError(f"{name} is missing")
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, not {type(value).__name__}")
    return value


def time_field(record: Record, name: str) -> datetime | None:
    """The time under `name`: ISO 8601 or the form of RSS (RFC 5322), without a zone UTC.

    None for what is neither: an unreadable time is an unknown one. Raises ValueError when it is not a text.
    """
    text = (text_field(record, name) or "").strip()
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = parse(text)
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def language_field(record: Record) -> str | None:
    """The language under `language`, as ISO 639-1 where it has such a code: `en` of `en-US` and of `eng`.

    None when it is missing or empty. Raises ValueError when it is not a language tag.
    """
    tag = (text_field(record, "language") or "").strip()
    if not tag:
        return None
    code = language_code(tag)
    if code is None:
        raise ValueError(f"language must be a tag such as en or zh-Hant, not {tag[:40]!r}")
    return code
