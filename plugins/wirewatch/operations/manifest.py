"""What a backup holds, in `manifest.json`: with it a restore can tell that everything is there and whole.

The manifest is written last. A folder without one is a backup that was broken off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pydantic import TypeAdapter, ValidationError

from wirewatch.errors import WirewatchError
from wirewatch.warehouse import Transaction

DUMP = "warehouse.dump"
ARCHIVE = "archive"
_FILE = "manifest.json"
_FORMAT = 1
_CHUNK = 1 << 20


class BackupError(WirewatchError):
    """A backup can't be made, or is not whole; the message names the file and the fix."""


@dataclass(frozen=True, slots=True)
class TableDigest:
    """One table: how many rows, and the sum of their hashes, which tells equal contents in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class FileDigest:
    """One file: its size in bytes, and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of a backup."""

    made_at: str
    version: str
    """Of Wirewatch."""
    schema: str
    """The newest migration."""
    tables: Mapping[str, TableDigest]
    dump: FileDigest
    archive_copied: bool
    """False when the archive's files are only named."""
    archive: Mapping[str, FileDigest]
    """By name below the archive's root."""

    def write(self, folder: Path) -> None:
        """Writes the manifest, whole or not at all."""
        fresh = folder / f"{_FILE}.new"
        fresh.write_text(json.dumps({"format": _FORMAT, **asdict(self)}, indent=1))
        fresh.rename(folder / _FILE)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of the backup in `folder`.

        Raises BackupError when there is none, or one that this version does not know.
        """
        try:
            content = json.loads((folder / _FILE).read_text())
        except FileNotFoundError:
            raise BackupError(
                f"{folder}: no {_FILE}: this is no backup, or one that was broken off; name another folder"
            ) from None
        except (OSError, ValueError) as error:
            raise BackupError(f"{folder}/{_FILE}: can't be read ({error}); use another backup") from None
        if not isinstance(content, dict) or "format" not in content:
            raise BackupError(f"{folder}/{_FILE}: not the manifest of a backup; use another backup")
        if content.pop("format") != _FORMAT:
            raise BackupError(f"{folder}/{_FILE}: made by another version of Wirewatch; restore it with that one")
        try:
            manifest = TypeAdapter(cls).validate_python(content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BackupError(f"{folder}/{_FILE}: `{place}`: {first['msg']}; use another backup") from None
        for name in manifest.archive:
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise BackupError(f"{folder}/{_FILE}: the file {name!r} would lie outside the archive")
        return manifest


def table_digests(rows: Transaction) -> dict[str, TableDigest]:
    """The digest of every table of ours, by name."""
    found = {}
    for table in rows.table_digest_statements():
        (row,) = rows.select(table.statement)
        found[table.name] = TableDigest(row.rows, row.digest)
    return found


class SupportsRead(Protocol):
    """What can be read in pieces."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


def copy_file(source: SupportsRead, target: BinaryIO | None = None) -> FileDigest:
    """Reads `source` to its end, into `target` when there is one; returns what was read."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return FileDigest(size, digest.hexdigest())


def digest_of(file: Path) -> FileDigest:
    """Size and SHA-256 of a file, read again."""
    with file.open("rb") as opened:
        return copy_file(opened)
