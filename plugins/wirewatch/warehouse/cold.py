"""Old months in files: what weighs goes to Parquet, what the views count stays in Postgres.

    cool:  texts, fingerprints, evidence ─▶ Parquet ─▶ read back and compared ─▶ dropped from Postgres
    thaw:  Parquet ─▶ Postgres; search words are made anew from the texts

A month is that in which articles were first seen (UTC), and goes as a whole: in one transaction that sees one state of
the database. Its files are complete before that is committed, so a killed run loses nothing, and is repeated. The files
are plain Parquet, for DuckDB, Spark or pandas as well.
"""

from __future__ import annotations

import hashlib
import logging
import posixpath
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import partial
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from dateutil.relativedelta import relativedelta

from wirewatch.errors import WirewatchError
from wirewatch.settings import Settings
from wirewatch.warehouse.connection import Transaction, Warehouse, json_value
from wirewatch.warehouse.days import midnight

_ROWS = 1000
"""Rows of one batch, and of one row group: what is read to find one article."""

SHORTEST = 2
"""Whole months after a month before it may be moved: copies, events and checks read no older ones."""

_HASHES = pa.list_(pa.int64())
_TIME = pa.timestamp("us", tz="UTC")
_SCHEMAS = {
    "texts": pa.schema(
        [
            ("article_id", pa.int64()), ("version", pa.int32()), ("title", pa.string()), ("text", pa.string()),
            ("url", pa.string()), ("outlet", pa.string()), ("published_at", _TIME), ("language", pa.string()),
        ]
    ),
    "fingerprints": pa.schema(
        [
            ("article_id", pa.int64()), ("version", pa.int32()), ("method", pa.string()), ("seen_at", _TIME),
            ("language", pa.string()), ("digest", pa.int64()), ("sketch", _HASHES), ("facts", _HASHES),
            ("sentences", _HASHES), ("sentence_keys", _HASHES),
        ]
    ),
    "evidence": pa.schema(
        [
            ("article_id", pa.int64()), ("tag_id", pa.int64()), ("n", pa.int32()), ("rule", pa.string()),
            ("term", pa.string()), ("field", pa.string()), ("start_at", pa.int32()), ("end_at", pa.int32()),
            ("weight", pa.float64()),
        ]
    ),
}  # fmt: skip
"""The columns of the files, in the order of the queries `…_to_cool`."""

log = logging.getLogger(__name__)


class ColdStorageError(WirewatchError):
    """The files of a cold month can't be written or read."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of articles, in files or not."""

    month: date
    articles: int
    waiting: int = 0
    """Articles that are still to be linked, tagged or visited again: it can't be moved before that is done."""
    bytes: int = 0
    """Size of its files."""
    cold: bool = False


@dataclass(frozen=True, slots=True)
class CoolReport:
    """What `cool_old_months` did."""

    months: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    rows: int
    bytes: int
    sha256: str

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "rows": self.rows, "bytes": self.bytes, "sha256": self.sha256}


class _Folder:
    """Where files are: a folder, or a URL that fsspec understands."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self.files, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise ColdStorageError(f"cold files can't be kept in {url!r}: {error}; set WIREWATCH_COLD") from error
        self._root = str(root).rstrip("/")

    def path(self, name: str) -> str:
        return posixpath.join(self._root, name)

    def parquet(self, name: str) -> pq.ParquetFile:
        return pq.ParquetFile(self.path(name), filesystem=self.files)

    def sha256(self, name: str) -> tuple[str, int]:
        """(digest, size) of a file, read back from where it is kept."""
        digest, size = hashlib.sha256(), 0
        with self.files.open(self.path(name), "rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
                size += len(part)
        return digest.hexdigest(), size

    def remove(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        for file in files.values():
            if self.files.exists(self.path(file["name"])):
                self.files.rm_file(self.path(file["name"]))


def list_months(warehouse: Warehouse, settings: Settings) -> list[Month]:
    """The cold months, then those that are old enough to be moved by WIREWATCH_COLD_MONTHS."""
    with warehouse.transaction() as rows:
        cold = [Month(row.month, row.articles, bytes=row.bytes, cold=True) for row in rows.cold_months()]
        return cold + _due(rows, settings)


def _due(rows: Transaction, settings: Settings) -> list[Month]:
    if not settings.cold_months:
        return []
    first = rows.database_time().astimezone(UTC).date().replace(day=1)
    before = midnight(first - relativedelta(months=settings.cold_months))
    return [Month(row.month, row.articles, row.waiting) for row in rows.months_of_articles(before=before)]


def cool_old_months(warehouse: Warehouse, settings: Settings) -> CoolReport:
    """Moves the months that are older than WIREWATCH_COLD_MONTHS to files; none when that is 0. Safe to kill."""
    with warehouse.transaction() as rows:
        due = _due(rows, settings)
    report = CoolReport()
    for month in due:
        if month.waiting:
            log.warning("%s stays: %d of its articles are still to be done", month.month, month.waiting)
            continue
        moved = cool(warehouse, settings, month.month)
        report = CoolReport(report.months + 1, report.articles + moved.articles)
    return report


def cool(warehouse: Warehouse, settings: Settings, month: date) -> Month:
    """Moves a month to files. Raises ColdStorageError when it can't be moved, WarehouseError when others changed it."""
    folder = _Folder(settings.cold_url)
    since, until = midnight(month), midnight(month + relativedelta(months=1))
    with warehouse.transaction() as rows:
        rows.read_and_write_one_snapshot()
        if month > rows.database_time().date() - relativedelta(months=SHORTEST + 1):
            raise ColdStorageError(f"{month:%Y-%m} is too young: copies, events and checks read {SHORTEST} months")
        found = next((row for row in rows.months_of_articles(before=until) if row.month == month), None)
        if found is None:
            raise ColdStorageError(f"{month:%Y-%m} has no articles, or is cold already")
        if found.waiting:
            raise ColdStorageError(f"{month:%Y-%m}: {found.waiting} articles are still to be linked, tagged or visited")
        files = {}
        for name in _SCHEMAS:
            batches = rows.stream(f"{name}_to_cool", names={}, size=_ROWS, since=since, until=until)
            files[name] = _write(folder, month, name, batches)
        rows.drop_texts(since=since, until=until)
        rows.drop_fingerprints(since=since, until=until)
        rows.drop_evidence(since=since, until=until)
        size = sum(file.bytes for file in files.values())
        rows.save_cold_month(
            month=month,
            folder=folder.url,
            files=json_value({name: file.as_json() for name, file in files.items()}),
            articles=found.articles,
            bytes=size,
            now=rows.database_time(),
        )
    return Month(month, found.articles, bytes=size, cold=True)


def thaw(warehouse: Warehouse, month: date) -> Month:
    """Brings a month back from its files, and removes them. Raises ColdStorageError when they are not what was kept."""
    with warehouse.transaction() as rows:
        kept = next((row for row in rows.cold_months() if row.month == month), None)
        if kept is None:
            raise ColdStorageError(f"{month:%Y-%m} is not cold; news.cold_months lists those that are")
        folder = _Folder(kept.folder)
        for file in kept.files.values():
            _check(folder, _File(**file))
        for batch in _read(folder, kept.files["texts"]["name"]):
            rows.restore_texts([(row["article_id"], row["version"], row["text"]) for row in batch])
        for batch in _read(folder, kept.files["fingerprints"]["name"]):
            rows.restore_fingerprints([tuple(row.values()) for row in batch])
        for batch in _read(folder, kept.files["evidence"]["name"]):
            rows.restore_evidence([tuple(row.values())[1:] for row in batch])
        rows.forget_cold_month(month=month)
    folder.remove(kept.files)
    return Month(month, kept.articles, bytes=kept.bytes)


def cold_texts(rows: Transaction, article_id: int) -> dict[int, str]:
    """The texts of an article's versions, from its month's file; empty when they are not in files.

    Raises ColdStorageError when the file can't be read.
    """
    kept = rows.cold_month_of(article_id=article_id)
    if kept is None:
        return {}
    folder, name = _Folder(kept.folder), kept.files["texts"]["name"]
    try:
        table = pq.read_table(
            folder.path(name),
            filesystem=folder.files,
            columns=["version", "text"],
            filters=[("article_id", "=", article_id)],
        )
    except Exception as error:  # the drivers of object storages raise errors of their own
        raise ColdStorageError(f"the text of article {article_id} can't be read from {name}: {error}") from error
    return {row["version"]: row["text"] for row in table.to_pylist()}


def forget_article(rows: Transaction, article_id: int) -> Callable[[], None]:
    """Writes the files of an article's cold month again, without it, for its deletion.

    What it gives removes the old files. Call it when the transaction is committed: until then they are the month's.
    """
    kept = rows.cold_month_of(article_id=article_id)
    if kept is None:
        return lambda: None
    folder = _Folder(kept.folder)
    files = {}
    for name, file in kept.files.items():
        others = (
            [tuple(row.values()) for row in batch if row["article_id"] != article_id]
            for batch in _read(folder, file["name"])
        )
        files[name] = _write(folder, kept.month, name, others)
    before = next(row for row in rows.cold_months() if row.month == kept.month)
    if before.articles == 1:
        rows.forget_cold_month(month=kept.month)
        folder.remove({name: file.as_json() for name, file in files.items()})
    else:
        rows.save_cold_month(
            month=kept.month,
            folder=kept.folder,
            files=json_value({name: file.as_json() for name, file in files.items()}),
            articles=before.articles - 1,
            bytes=sum(file.bytes for file in files.values()),
            now=before.moved_at,
        )
    return partial(folder.remove, kept.files)


def _write(folder: _Folder, month: date, name: str, batches: Iterator[list[tuple[Any, ...]]]) -> _File:
    """Writes a file and compares what is read back with what was written."""
    schema = _SCHEMAS[name]
    file = f"{month:%Y-%m}/{name}-{secrets.token_hex(4)}.parquet"
    count, written = 0, hashlib.sha256()
    try:
        folder.files.makedirs(posixpath.dirname(folder.path(file)), exist_ok=True)
        with (
            folder.files.open(folder.path(file), "wb") as target,
            pq.ParquetWriter(target, schema, compression="zstd") as writer,
        ):
            for batch in batches:
                columns = [pa.array([row[n] for row in batch], field.type) for n, field in enumerate(schema)]
                table = pa.record_batch(columns, schema=schema)
                writer.write_batch(table, row_group_size=_ROWS)
                count += len(batch)
                _digest(written, table.to_pylist())
        read = hashlib.sha256()
        for rows in _read(folder, file):
            _digest(read, rows)
        sha256, size = folder.sha256(file)
    except (OSError, pa.ArrowException) as error:
        raise ColdStorageError(f"cold files can't be written to {folder.url}: {error}") from error
    if read.digest() != written.digest():
        raise ColdStorageError(f"{folder.url}/{file} is not what was written; nothing was dropped")
    return _File(file, count, size, sha256)


def _digest(into: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        into.update(repr(row).encode())


def _read(folder: _Folder, name: str) -> Iterator[list[dict[str, Any]]]:
    with folder.parquet(name) as file:
        for batch in file.iter_batches(_ROWS):
            yield batch.to_pylist()


def _check(folder: _Folder, file: _File) -> None:
    try:
        found = folder.sha256(file.name)
    except OSError as error:
        raise ColdStorageError(f"{folder.url}/{file.name} can't be read: {error}") from error
    if found != (file.sha256, file.bytes):
        raise ColdStorageError(f"{folder.url}/{file.name} is not the file that was kept; bring it back from a backup")
