"""Writes a release from the warehouse into a folder, which appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wirewatch import __version__
from wirewatch.errors import WirewatchError
from wirewatch.release.describing import Field, Release, Resource, checksums, citation, codebook, croissant, datapackage
from wirewatch.release.tables import TABLES, Table
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.days import midnight
from wirewatch.warehouse.exporting import plain_cell

_BATCH = 5000
_STARTERS = Path(__file__).parent / "starters"
_ARROW = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "array": pa.list_(pa.string()),
    "string": pa.string(),
}


def write_release(warehouse: Warehouse, folder: Path, since: date, until: date) -> Release:
    """Writes what was reported from the day `since` to the day before `until` (UTC) into `folder`, which must be new.

    Raises WirewatchError for a folder that exists or an empty range, WarehouseError.
    """
    if since >= until:
        raise WirewatchError("empty range: --since must be before --until")
    if folder.exists():
        raise WirewatchError(f"{folder} exists; name a new folder")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "data").mkdir(parents=True)
    try:
        with warehouse.transaction() as rows:
            begin, end = midnight(since), midnight(until)
            resources = tuple(_write_table(rows, table, part, begin, end) for table in TABLES)
            rules = tuple((r.topic, r.rules_version, r.tags) for r in rows.rules_of_release(since=begin, until=end))
        release = Release(since, until, __version__, rules, resources)
        _describe(part, release)
        part.rename(folder)
    except OSError as error:
        raise WirewatchError(f"can't write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return release


def _describe(folder: Path, release: Release) -> None:
    (folder / "datapackage.json").write_text(_json(datapackage(release)), encoding="utf-8")
    (folder / "croissant.json").write_text(_json(croissant(release)), encoding="utf-8")
    (folder / "CODEBOOK.md").write_text(codebook(release), encoding="utf-8")
    (folder / "CITATION.cff").write_text(citation(release), encoding="utf-8")
    for starter in sorted(_STARTERS.glob("start.*")):
        shutil.copyfile(starter, folder / starter.name)
    files = [(path.relative_to(folder).as_posix(), _digest(path)) for path in folder.rglob("*") if path.is_file()]
    (folder / "SHA256SUMS").write_text(checksums(files), encoding="utf-8")


def _write_table(rows: Transaction, table: Table, folder: Path, begin: datetime, end: datetime) -> Resource:
    comments = {row.name: row.comment or "" for row in rows.view_comments(view=table.view)}
    columns = [(row.name, row.kind) for row in rows.view_columns(view=table.view)]
    kept = [n for n, (name, _) in enumerate(columns) if name not in table.left_out]
    fields = tuple(_field(table, *columns[n], comments) for n in kept)
    hashed = {n for n in kept if columns[n][0] in table.hashed}
    schema = pa.schema([(field.name, _ARROW[field.type]) for field in fields])
    batches = []
    for batch in _read(rows, table, begin, end):
        columns_of = ([_value(row[n], hashed=n in hashed) for row in batch] for n in kept)
        arrays = [pa.array(values, of.type) for values, of in zip(columns_of, schema, strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    found = pa.Table.from_batches(batches, schema).sort_by([(name, "ascending") for name in table.key])
    path = folder / "data" / f"{table.view}.parquet"
    pq.write_table(found, path, compression="zstd")
    return Resource(
        table.view, comments[None], table.key, fields, found.num_rows, path.stat().st_size, _digest(path)
    )  # fmt: skip


def _read(rows: Transaction, table: Table, begin: datetime, end: datetime) -> Iterator[list[tuple[Any, ...]]]:
    return rows.stream("export_range", names={"view": table.view, "by": table.by}, size=_BATCH, since=begin, until=end)


def _field(table: Table, name: str, kind: str, comments: dict[str | None, str]) -> Field:
    if name in table.hashed:
        return Field(f"{name}_sha256", "text", f"SHA-256 of: {comments[name]}")
    return Field(name, kind, comments[name])


def _value(value: Any, *, hashed: bool) -> Any:
    if hashed:
        return hashlib.sha256(value.encode()).hexdigest() if value else None
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain_cell(one) for one in value]
    return plain_cell(value) if isinstance(value, dict) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
