"""The page archive: every fetched document, kept raw in WARC/1.1 files, so that it can be read again without the web.

    archive = Archive(settings.archive_url)
    with archive.batch(task_name) as batch:
        location = batch.append(response)
        batch.flush()                        # only now may a row name the location
    headers, body = archive.read(location)

One file per batch and nobody else writes to it. Each record is a gzip member of its own, as the WARC standard asks, so
it is read by offset and length alone, and a batch that was killed in the middle of a record leaves all records before
it whole. The archive's root is a folder or any fsspec URL. Where files can't grow (object storage), each flush
uploads what was appended since the last one as a file of its own.

Bodies are stored as read, after decompression. The headers that no longer describe them are kept under the names that
crawlers use for it (`X-Crawler-Content-Encoding` …).
"""

from __future__ import annotations

import gzip
import io
import os
import re
import secrets
import shutil
import socket
import struct
import zlib
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from urllib.parse import quote, urlsplit

import fsspec
from fsspec.implementations.local import LocalFileSystem
from isal import igzip
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from wirewatch import __version__
from wirewatch.errors import ArchiveError, ArchiveUnavailable
from wirewatch.records import ArchiveLocation, Response

_COMPRESSION = 1
"""Level of isal's gzip. On news pages it takes a quarter of the time of zlib's level 1 for the same size."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110; another name could not be read back."""

_MOST_OF_REQUEST = 1 << 20
"""Bytes after a record in which the request that it answers ends."""

_NOT_OF_THE_BODY = frozenset({"content-encoding", "transfer-encoding", "content-length"})


def local_folder(url: str) -> Path | None:
    """The folder of an archive on a disk of this machine; None for one elsewhere. Raises ArchiveError as `Archive`."""
    files, root = _file_system(url)
    return Path(root) if isinstance(files, LocalFileSystem) else None


def _file_system(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        files, root = fsspec.core.url_to_fs(url)
        return files, str(root)
    except (ImportError, ValueError) as error:
        raise ArchiveError(
            f"the archive {url!r} can't be used: {error}; set WIREWATCH_ARCHIVE to a folder or a URL whose "
            "fsspec driver is installed"
        ) from error


class Archive:
    """The archive under one root: a folder, or a URL that fsspec understands (`file://`, `s3://` …).

    Raises ArchiveError when the root can't be used.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._files, self._root = _file_system(url)
        self._root = self._root.rstrip("/")

    def batch(self, name: str) -> Batch:
        """A new batch; `name` tells the operator who wrote it (the file's name also holds the time and is unique)."""
        now = datetime.now(UTC)
        plain = re.sub("[^A-Za-z0-9]+", "-", name).strip("-")[:60] or "batch"
        stem = f"{now:%Y/%m/%d}/wirewatch-{now:%Y%m%dT%H%M%SZ}-{plain}-{secrets.token_hex(4)}"
        if isinstance(self._files, LocalFileSystem):
            return Batch(_GrowingFile(Path(self._root), stem))
        return Batch(_Uploads(self._files, self._root, stem))

    def read(self, location: ArchiveLocation) -> tuple[tuple[tuple[str, str], ...], bytes]:
        """The HTTP headers and the body of one record.

        Raises ArchiveError when there is no such file or record, or when the body is not the one that was stored;
        ArchiveUnavailable when the archive as a whole can't be read.
        """
        where = f"{location.file}, offset {location.offset}, in the archive {self.url}"
        try:
            raw = self._bytes_at(location)
            # gzip's own length and checksum tell a record that was cut short or damaged.
            record = next(ArchiveIterator(io.BytesIO(gzip.decompress(raw))))
            body = record.content_stream().read()
        except (FileNotFoundError, gzip.BadGzipFile, EOFError, zlib.error, StopIteration, ArchiveLoadFailed) as error:
            raise ArchiveError(f"no whole record at {where} ({type(error).__name__})") from error
        stored = record.rec_headers.get_header("WARC-Payload-Digest")
        if stored != location.digest:
            raise ArchiveError(f"another page than expected at {where}: digest {stored}, not {location.digest}")
        return tuple(record.http_headers.headers), body

    def erase(self, location: ArchiveLocation) -> None:
        """Overwrites a record and the request that it answers with empty records of the same lengths.

        All other records keep their places. Safe to repeat. Raises ArchiveError when the file has no such record,
        ArchiveUnavailable when it can't be changed.
        """
        path = f"{self._root}/{location.file}"
        try:
            found = self._files.cat_file(
                path, start=location.offset, end=location.offset + location.length + _MOST_OF_REQUEST
            )
            members = [location.length, _request_length(found[location.length :])]
            empty = b"".join(_empty_member(length) for length in members if length)
            _overwrite(self._files, path, location.offset, empty)
        except FileNotFoundError as error:
            raise ArchiveError(f"no file {location.file} in the archive {self.url}") from error
        except ArchiveError:
            raise
        except Exception as error:  # the drivers of object storages raise errors of their own
            raise ArchiveUnavailable(_not_writable(error)) from error

    def _bytes_at(self, location: ArchiveLocation) -> bytes:
        try:
            found: bytes = self._files.cat_file(
                f"{self._root}/{location.file}", start=location.offset, end=location.offset + location.length
            )
            return found
        except Exception as error:  # the drivers of object storages raise errors of their own
            if isinstance(error, FileNotFoundError) and self._is_there():
                raise
            raise ArchiveUnavailable(
                f"the archive {self.url} can't be read: {error or type(error).__name__}"
            ) from error

    def _is_there(self) -> bool:
        try:
            return bool(self._files.exists(self._root))
        except Exception as error:
            raise ArchiveUnavailable(
                f"the archive {self.url} can't be read: {error or type(error).__name__}"
            ) from error

    def check_writable(self) -> None:
        """Write a small file and take it away again. Raises ArchiveUnavailable when that can't be done."""
        name = f".probe-{secrets.token_hex(4)}"
        try:
            self.add(name, io.BytesIO(b"wirewatch"))
            self.remove(name)
        except Exception as error:
            raise ArchiveUnavailable(_not_writable(error)) from error

    def files(self) -> list[str]:
        """The names of all files, in order; each as `ArchiveLocation.file` has it."""
        found = self._files.find(self._root) if self._files.exists(self._root) else []
        return sorted(name.removeprefix(f"{self._root}/") for name in found)

    def open(self, name: str) -> BinaryIO:
        """A file of the archive, to be read."""
        opened: BinaryIO = self._files.open(f"{self._root}/{name}", "rb")
        return opened

    def add(self, name: str, source: BinaryIO) -> None:
        """Puts a whole file of another archive under `name`."""
        path = f"{self._root}/{name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self._files.open(path, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def remove(self, name: str) -> None:
        """Takes a file away; for probes only, since nothing that a row names is ever removed."""
        self._files.rm_file(f"{self._root}/{name}")


class Batch:
    """Appends records to one archive file, for one writer. Use as a context manager; leaving it flushes."""

    def __init__(self, sink: _GrowingFile | _Uploads) -> None:
        self._sink = sink

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._sink.close()
        except Exception as closing:
            # Nothing is lost: what was not flushed, no row names.
            raise ArchiveUnavailable(_not_writable(closing)) from closing

    def append(self, response: Response) -> ArchiveLocation:
        """Append a response and the request that it answers.

        The location may be stored only after the next `flush`. Raises ArchiveUnavailable when the disk refuses.
        """
        record, request, digest = _members(response)
        try:
            file, offset = self._sink.append(record + request)
        except OSError as error:
            raise ArchiveUnavailable(_not_writable(error)) from error
        return ArchiveLocation(file=file, offset=offset, length=len(record), digest=digest)

    def flush(self) -> None:
        """Return when everything appended so far would survive a power cut. Raises ArchiveUnavailable."""
        try:
            self._sink.flush()
        except Exception as error:  # the drivers of object storages raise errors of their own
            raise ArchiveUnavailable(_not_writable(error)) from error


def _not_readable(url: str, error: Exception) -> str:
    return f"the archive {url} can't be read: {error or type(error).__name__}"


def _not_writable(error: Exception) -> str:
    return f"the archive can't be written: {error or type(error).__name__}"


class _GrowingFile:
    """A local file that grows by whole members; made when the first one comes."""

    def __init__(self, root: Path, stem: str) -> None:
        self._name = f"{stem}.warc.gz"
        self._path = root / self._name
        self._file: BinaryIO | None = None
        self._end = 0

    def append(self, members: bytes) -> tuple[str, int]:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("xb")
            self._write(self._file, _warcinfo(self._name))
            self._sync_folders()
        offset = self._end
        self._write(self._file, members)
        return self._name, offset

    def _write(self, file: BinaryIO, members: bytes) -> None:
        file.write(members)
        self._end += len(members)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def _sync_folders(self) -> None:
        """A new file survives a power cut only when the folders that name it do."""
        for folder in list(self._path.parents)[:4]:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def close(self) -> None:
        if self._file is not None:
            try:
                self.flush()
            finally:
                self._file.close()


class _Uploads:
    """Files on storage where they can't grow: one upload per flush, numbered."""

    def __init__(self, files: fsspec.AbstractFileSystem, root: str, stem: str) -> None:
        self._files = files
        self._root = root
        self._stem = stem
        self._part = 1
        self._waiting = bytearray()

    @property
    def _name(self) -> str:
        return f"{self._stem}-{self._part:04d}.warc.gz"

    def append(self, members: bytes) -> tuple[str, int]:
        if not self._waiting:
            self._waiting += _warcinfo(self._name)
        offset = len(self._waiting)
        self._waiting += members
        return self._name, offset

    def flush(self) -> None:
        if not self._waiting:
            return
        path = f"{self._root}/{self._name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(path, bytes(self._waiting))
        self._waiting.clear()
        self._part += 1

    def close(self) -> None:
        self.flush()


def _members(response: Response) -> tuple[bytes, bytes, str]:
    """A response record, its request record, and the payload digest of the first."""
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")
    about = {"WARC-Date": f"{response.fetched_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}
    if response.address:
        about["WARC-IP-Address"] = response.address
    # A record's own headers are lines too: an address must not break them.
    address = quote(response.final_url, safe="/%:@!$&'()*+,;=~?#[]")
    answer = writer.create_warc_record(
        address,
        "response",
        payload=io.BytesIO(response.body),
        length=len(response.body),
        http_headers=StatusAndHeaders(_status_line(response.status), _stored_headers(response), protocol="HTTP/1.1"),
        warc_headers_dict=about,
    )
    target = urlsplit(address)
    line = f"GET {target.path or '/'}{'?' + target.query if target.query else ''} HTTP/1.1"
    question = writer.create_warc_record(
        address,
        "request",
        http_headers=StatusAndHeaders(line, list(response.request_headers), is_http_request=True),
        warc_headers_dict={
            "WARC-Date": about["WARC-Date"],
            "WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID"),
        },
    )
    digest = answer.rec_headers.get_header("WARC-Payload-Digest")
    return _member(writer, answer), _member(writer, question), digest


def _member(writer: WARCWriter, record: object) -> bytes:
    writer.out = io.BytesIO()
    writer.write_record(record)
    member: bytes = igzip.compress(writer.out.getvalue(), _COMPRESSION, mtime=0)
    return member


def _overwrite(files: fsspec.AbstractFileSystem, path: str, offset: int, new: bytes) -> None:
    if isinstance(files, LocalFileSystem):
        with Path(path).open("r+b") as file:
            file.seek(offset)
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        return
    # Objects can't be changed in place.
    whole = bytearray(files.cat_file(path))
    whole[offset : offset + len(new)] = new
    files.pipe_file(path, bytes(whole))


def _request_length(after: bytes) -> int:
    """The length of the gzip member that `after` begins with, if it is a request or one that was erased; else 0."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        record = reader.decompress(after)
    except zlib.error:
        return 0
    ours = b"WARC-Type: request" in record[:400] or record.startswith(_EMPTY_RECORD[:32])
    return len(after) - len(reader.unused_data) if reader.eof and ours else 0


_EMPTY_RECORD = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:wirewatch:erased>\r\n"
    b"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
)


def _empty_member(length: int) -> bytes:
    """A gzip member of exactly `length` bytes that holds an empty record; its header's comment fills the rest.

    https://www.rfc-editor.org/rfc/rfc1952#section-2.3
    """
    body = zlib.compress(_EMPTY_RECORD, 9, wbits=-zlib.MAX_WBITS)
    ends = struct.pack("<II", zlib.crc32(_EMPTY_RECORD), len(_EMPTY_RECORD))
    comment = length - len(_GZIP_WITH_COMMENT) - 1 - len(body) - len(ends)
    if comment < 0:
        raise ArchiveError(f"a record of {length} bytes is too short to be erased in its place")
    return _GZIP_WITH_COMMENT + b" " * comment + b"\0" + body + ends


_GZIP_WITH_COMMENT = b"\x1f\x8b\x08\x10\0\0\0\0\0\xff"


def _warcinfo(name: str) -> bytes:
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")
    about = {
        "software": f"wirewatch/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "hostname": socket.gethostname(),
    }
    return _member(writer, writer.create_warcinfo_record(name.rpartition("/")[2], about))


def _status_line(status: int) -> str:
    known = status in HTTPStatus.__members__.values()
    return f"{status} {HTTPStatus(status).phrase}" if known else f"{status} Unnamed"


def _stored_headers(response: Response) -> list[tuple[str, str]]:
    headers = [
        (f"X-Crawler-{name}" if name.lower() in _NOT_OF_THE_BODY else name, " ".join(value.split()))
        for name, value in response.headers
        if _HEADER_NAME.fullmatch(name)
    ]
    return [*headers, ("Content-Length", str(len(response.body)))]
