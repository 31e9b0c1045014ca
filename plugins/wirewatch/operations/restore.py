"""`wirewatch restore`: a backup into an empty warehouse, verified before and after.

check every file ─▶ refuse a warehouse that is not empty ─▶ pg_restore, one transaction ─▶ archive ─▶ compare tables
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

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


@dataclass(frozen=True, slots=True)
class Restored:
    """One table, as it was backed up and as it is now."""

    name: str
    was: TableDigest
    now: TableDigest | None

    @property
    def equal(self) -> bool:
        """Counts and digests are the same."""
        return self.was == self.now


def check_backup(settings: Settings, folder: Path) -> Manifest:
    """Reads every file of the backup in `folder`, touching nothing; returns its manifest.

    Raises BackupError when a file is missing or damaged, ArchiveError.
    """
    manifest = Manifest.read(folder)
    _check_backup(folder, manifest, Archive(settings.archive_url))
    return manifest


def restore(dsn: str, settings: Settings, folder: Path) -> list[Restored]:
    """Restores the backup in `folder` into the empty database at `dsn` and the archive of `settings`.

    Nothing is touched before every file of the backup was read and found whole. Returns every table, compared.
    Raises BackupError (also when a table differs afterwards), WarehouseError, ArchiveError.
    """
    manifest = check_backup(settings, folder)
    archive = Archive(settings.archive_url)
    with Warehouse(dsn, application="wirewatch restore") as warehouse:
        with warehouse.transaction() as rows:
            if rows.relations_of_ours():
                raise BackupError("the warehouse is not empty: a restore never overwrites; name an empty database")
        run_tool(settings, "pg_restore", dsn, "--no-owner", "--exit-on-error", "--single-transaction", folder / DUMP)
        if manifest.archive_copied:
            _restore_archive(folder / ARCHIVE, manifest, archive)
        with warehouse.transaction() as rows:
            rows.read_one_snapshot()
            now = table_digests(rows)
    tables = [Restored(name, was, now.get(name)) for name, was in manifest.tables.items()]
    wrong = [table.name for table in tables if not table.equal]
    if wrong:
        raise BackupError(f"restored tables differ from the backup: {', '.join(wrong)}; use another backup")
    return tables


def _check_backup(folder: Path, manifest: Manifest, archive: Archive) -> None:
    _check(folder / DUMP, digest_of(folder / DUMP) if (folder / DUMP).exists() else None, manifest.dump)
    for name, expected in manifest.archive.items():
        if manifest.archive_copied:
            file = folder / ARCHIVE / name
            _check(file, digest_of(file) if file.exists() else None, expected)
        else:
            _check(f"{archive.url}/{name}", _named_digest(archive, name, expected), expected)


def _check(what: object, found: FileDigest | None, expected: FileDigest) -> None:
    if found is None:
        raise BackupError(f"{what}: missing; use another backup")
    if found != expected:
        raise BackupError(
            f"{what}: {found.size} bytes, SHA-256 {found.sha256[:12]}…, but the manifest says {expected.size} bytes, "
            f"{expected.sha256[:12]}…; use another backup"
        )


def _named_digest(archive: Archive, name: str, expected: FileDigest) -> FileDigest | None:
    """The digest of a file that the backup only names; it may have grown since."""
    if name not in archive.files():
        return None
    with archive.open(name) as source:
        return copy_file(_Beginning(source, expected.size))


class _Beginning:
    """The first bytes of an open file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int) -> bytes:
        chunk = self._file.read(min(size, self._left))
        self._left -= len(chunk)
        return chunk


def _restore_archive(source: Path, manifest: Manifest, archive: Archive) -> None:
    known = set(archive.files())
    for name, expected in manifest.archive.items():
        if name not in known:
            with (source / name).open("rb") as opened:
                archive.add(name, opened)
        with archive.open(name) as copy:
            _check(f"{archive.url}/{name}", copy_file(copy), expected)
