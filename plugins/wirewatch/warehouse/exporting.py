"""Views as files: Parquet and CSV by date range, and an RSS feed.

    view ─ server-side cursor ─▶ batches of rows ─▶ file beside the target ─▶ target

Rows are streamed, so that a view of any size takes the memory of one batch. The target appears whole or not at all.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq

from wirewatch.errors import WirewatchError
from wirewatch.warehouse.connection import Transaction, Warehouse
from wirewatch.warehouse.days import midnight

_DATE_COLUMNS = (
    "day", "reported_at", "origin_reported_at", "edited_at", "reviewed_at", "changed_at", "found_at", "valid_from",
    "first_seen_at", "deleted_at",
)  # fmt: skip
"""Columns for the range of days: the first of these that the view has."""
_ARROW = {
    "boolean": pa.bool_(),
    "smallint": pa.int32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "numeric": pa.float64(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "interval": pa.duration("us"),
    "text[]": pa.list_(pa.string()),
}
"""Types of the database and of Parquet; any other is written as text, jsonb as JSON."""
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How cells begin that spreadsheets run: https://owasp.org/www-community/attacks/CSV_Injection"""
_BATCH = 5000
_FEED_ITEMS = 100
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ExportError(WirewatchError):
    """A view can't be exported as requested."""


class ExportFormat(StrEnum):
    """Kind of file."""

    PARQUET = "parquet"
    CSV = "csv"
    RSS = "rss"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str


def export(
    warehouse: Warehouse,
    view: str,
    target: Path,
    form: ExportFormat,
    *,
    since: date | None = None,
    until: date | None = None,
    by: str | None = None,
    raw: bool = False,
) -> int:
    """Writes the rows of `news.<view>` from the day `since` to the day before `until` (UTC); returns their number.

    `by` names the date or time column of the range. RSS takes the newest 100 rows of a view that has title, url and
    reported_at. In CSV, texts that a spreadsheet would run as formulas begin with an apostrophe, unless `raw`. Raises
    ExportError for an unknown view or column and for a target that is not a regular file, WarehouseError for errors of
    the database.
    """
    view = view.removeprefix("news.")
    target = target.resolve()  # a symbolic link is kept
    if target.exists() and not target.is_file():
        raise ExportError(f"{target}: not a regular file; give a file path")
    with warehouse.transaction() as rows:
        columns = _columns(rows, view)
        range_column = _range_column(view, columns, by, needed=since is not None or until is not None)
        if form is ExportFormat.RSS:
            _need_feed_columns(view, columns)
        batches = rows.stream(
            "export_newest" if form is ExportFormat.RSS else "export_range" if range_column else "export_all",
            names={"view": view, "by": range_column or ""},
            size=_BATCH,
            since=since and midnight(since),
            until=until and midnight(until),
            most=_FEED_ITEMS,
        )
        with _whole(target) as part:
            if form is ExportFormat.CSV:
                return _write_csv(part, columns, batches, plain_cell if raw else harmless_cell)
            write = _write_parquet if form is ExportFormat.PARQUET else _write_rss
            return write(part, view, columns, batches)


def _columns(rows: Transaction, view: str) -> list[_Column]:
    found = [_Column(row.name, row.kind) for row in rows.view_columns(view=view)]
    if not found:
        names = ", ".join(row.name for row in rows.view_names())
        raise ExportError(f"there is no view {view!r}; the views are {names}")
    return found


def _range_column(view: str, columns: Sequence[_Column], by: str | None, *, needed: bool) -> str | None:
    kinds = {column.name: column.kind for column in columns}
    times = [name for name, kind in kinds.items() if kind in ("date", "timestamp with time zone")]
    if by is not None and by not in times:
        raise ExportError(f"{view} has no time column {by!r}; use --by with one of {', '.join(times) or 'none'}")
    found = by or next((name for name in _DATE_COLUMNS if name in kinds), None)
    if found is None and needed:
        raise ExportError(f"{view} has no default date column; use --by with one of {', '.join(times)}")
    return found


def _need_feed_columns(view: str, columns: Sequence[_Column]) -> None:
    missing = {"title", "url", "reported_at"} - {column.name for column in columns}
    if missing:
        raise ExportError(f"{view} can't be written as RSS: it has no {', '.join(sorted(missing))}; use tagged_stories")


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A temporary file beside `target` that replaces it on success."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise ExportError(f"can't write {target}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _write_parquet(part: Path, _view: str, columns: Sequence[_Column], batches: Iterator[list[tuple[Any, ...]]]) -> int:
    schema = pa.schema([(column.name, _ARROW.get(column.kind, pa.string())) for column in columns])
    count = 0
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [
                pa.array([_arrow_value(row[n], field.type) for row in batch], field.type)
                for n, field in enumerate(schema)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _arrow_value(value: Any, kind: pa.DataType) -> Any:
    if value is not None and pa.types.is_floating(kind):
        return float(value)
    return plain_cell(value) if pa.types.is_string(kind) else value


def _write_csv(
    part: Path,
    columns: Sequence[_Column],
    batches: Iterator[list[tuple[Any, ...]]],
    cell: Callable[[Any], Any],
) -> int:
    count = 0
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        for batch in batches:
            writer.writerows([cell(value) for value in row] for row in batch)
            count += len(batch)
    return count


def harmless_cell(value: Any) -> Any:
    """The same, where a text of ours or of the web is not a formula to a spreadsheet; numbers stay numbers."""
    text = plain_cell(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def plain_cell(value: Any) -> Any:
    """A value as one cell: times in ISO 8601, lists and objects as JSON, nothing for null."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value if value is None or isinstance(value, str) else str(value)


def _write_rss(part: Path, view: str, columns: Sequence[_Column], batches: Iterator[list[tuple[Any, ...]]]) -> int:
    names = [column.name for column in columns]
    items = [dict(zip(names, row, strict=True)) for batch in batches for row in batch]
    home = "https://github.com/wirewatch/wirewatch"
    part.write_bytes(rss_document(f"Wirewatch: {view}", home, f"The newest {_FEED_ITEMS} of news.{view}", items))
    return len(items)


def rss_document(title: str, link: str, description: str, items: Iterable[Mapping[str, Any]]) -> bytes:
    """An RSS document of `items`: title, url, reported_at; where they are: guid, summary, event, relevance, outlet."""
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    _add(channel, "title", title)
    _add(channel, "link", link)
    _add(channel, "description", description)
    for item in items:
        _add_item(channel, item)
    ElementTree.indent(rss)
    written: bytes = ElementTree.tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _add_item(channel: ElementTree.Element, row: Mapping[str, Any]) -> None:
    item = ElementTree.SubElement(channel, "item")
    _add(item, "title", row["title"])
    _add(item, "link", row["url"])
    _add(item, "guid", row.get("guid") or row["url"])
    _add(item, "pubDate", format_datetime(row["reported_at"]))
    for column in ("event", "relevance", "outlet_name", "outlet"):
        if row.get(column):
            _add(item, "category", row[column])
    if row.get("summary"):
        _add(item, "description", row["summary"])


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    """Adds an element with plain text; characters that are not allowed in XML are left out."""
    ElementTree.SubElement(parent, name).text = _NOT_IN_XML.sub("", text)
