"""`wirewatch backup`: warehouse and archive, as they stood at one moment, into a folder; work goes on meanwhile.

    snapshot ─┬─ digest of every table ─┐
              └─ pg_dump ───────────────┼─▶ manifest.json
    archive's files, after the dump ────┘

The archive only grows, and a page's row is committed after its record is on disk. So files that are copied after the
dump hold every page that the dump names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from wirewatch import __version__
from wirewatch.operations.manifest import (
    ARCHIVE,
    DUMP,
    BackupError,
    FileDigest,
    Manifest,
    TableDigest,
    copy_file,
    digest_of,
    table_digests,
)
from wirewatch.operations.postgres_tools import run_tool
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive


def back_up(dsn: str, settings: Settings, folder: Path, *, copy_archive: bool = True) -> Manifest:
    """Writes a backup of the warehouse at `dsn` into `folder`, which must be empty or new; returns its manifest.

    Without `copy_archive` the archive's files stay where they are, and are named with size and SHA-256.
    Raises BackupError, WarehouseError, ArchiveError.
    """
    if folder.exists() and not folder.is_dir():
        raise BackupError(f"{folder}: that is a file; name a new folder for each backup")
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder}: not empty; name a new folder for each backup")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"{folder}: {error.strerror}; name a folder that you may write to") from None
    schema, tables = _dump(dsn, settings, folder / DUMP)
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        schema=schema,
        tables=tables,
        dump=digest_of(folder / DUMP),
        archive_copied=copy_archive,
        archive=_archive_files(Archive(settings.archive_url), folder / ARCHIVE if copy_archive else None),
    )
    manifest.write(folder)
    return manifest


def _dump(dsn: str, settings: Settings, file: Path) -> tuple[str, dict[str, TableDigest]]:
    """Dumps the warehouse; returns its schema's version and the digests of the very state that was dumped."""
    with Warehouse(dsn, application="wirewatch backup") as warehouse, warehouse.transaction() as rows:
        rows.read_one_snapshot()
        snapshot = rows.export_snapshot()
        run_tool(settings, "pg_dump", dsn, "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
        return rows.latest_migration() or "", table_digests(rows)


def _archive_files(archive: Archive, target: Path | None) -> dict[str, FileDigest]:
    """Names every file of the archive, and copies it where `target` says so; copies are read again."""
    found = {}
    for name in archive.files():
        with archive.open(name) as source:
            if target is None:
                found[name] = copy_file(source)
                continue
            copy = target / name
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with copy.open("xb") as opened:
                found[name] = copy_file(source, opened)
        if digest_of(copy) != found[name]:
            raise BackupError(f"{copy}: reads back other bytes than were written; the disk is broken")
    return found
