"""Files of the past for tests, and an import that is killed."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.articles.newsdesk import TEXT
from tests.conftest import ROOT
from tests.web.site import article


def story(n: int) -> bytes:
    return article(f"Ship {n} sails", *TEXT, f"This was passage number {n} of the month.").encode()


def write_warc(file: Path, pages: list[tuple[str, bytes]], *, status: str = "200 OK", kind: str = "text/html") -> None:
    """A WARC file with a response for each page, as crawlers write it."""
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=file.suffix == ".gz")
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "a crawler"}))
        for url, body in pages:
            answer = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            about = {"WARC-Date": "2024-05-06T07:08:09Z"}
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=answer, warc_headers_dict=about
            )
            writer.write_record(record)


def killed_imports(database: str, home: Path, file: Path, *, kills: int, seed: int) -> int:
    """Import `file` and kill it `kills` times in the middle, then once to its end; returns the exit code."""
    moments = random.Random(seed)
    command = [sys.executable, "-m", "wirewatch.cli", "import", file, "--outlet", "gazette", "--warehouse", database]
    environment = {**os.environ, "WIREWATCH_HOME": str(home), "WIREWATCH_MIN_FREE_MB": "0"}
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        _wait_for_rows(database, process)
        time.sleep(moments.uniform(0.0, 0.05))
        assert process.poll() is None, "it had ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, timeout=600).returncode


def _wait_for_rows(database: str, process: subprocess.Popen) -> None:
    """Until the import has added rows."""
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        deadline, before = time.monotonic() + 60, None
        while process.poll() is None and time.monotonic() < deadline:
            cursor.execute("select count(*) from ingest.entry")
            (rows,) = cursor.fetchone()
            before = rows if before is None else before
            if rows > before:
                return
            time.sleep(0.01)
