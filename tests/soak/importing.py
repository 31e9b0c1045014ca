"""An import of the past that is killed again and again: every item exactly once, in bounded memory.

    python -m tests.soak importing --items 10000 --kills 3

Imports a WARC file, kills the import in the middle, and repeats it; then compares ledger, pages and archive with the
file. Prints its figures; exit 1 when an item is missing or there twice.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

from tests.articles.newsdesk import Newsdesk
from tests.conftest import free_port
from tests.intake.imports import killed_imports, story, write_warc
from wirewatch.local.postgres import Postgres
from wirewatch.records import ArchiveLocation
from wirewatch.warehouse.migrations import migrate
from wirewatch.web.archive import Archive

_PLACES = """
select substring(entry.url from '[0-9]+$')::int, archive_file, archive_offset, archive_length, page.digest
from ingest.entry join ingest.page using (page_id)
"""


def main() -> None:
    """Reads its options from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak importing")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wirewatch-import-") as folder:
        home = Path(folder)
        server = Postgres(home / "postgres", free_port(), durable=False)
        server.start()
        try:
            wrong = _run(server, home, asked.items, asked.kills, asked.seed)
        finally:
            server.stop()
    sys.exit(1 if wrong else 0)


def _run(server: Postgres, home: Path, items: int, kills: int, seed: int) -> int:
    """Import `items` pages with `kills`; returns the number of items that are not there exactly once."""
    database, file = server.dsn("postgres"), home / "old.warc.gz"
    migrate(database)
    write_warc(file, [(f"https://gazette.example/{n}", story(n)) for n in range(items)])
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        Newsdesk(cursor).feed("gazette", homepage="https://gazette.example/")
        began = time.monotonic()
        assert killed_imports(database, home / "home", file, kills=kills, seed=seed) == 0
        cursor.execute(_PLACES)
        rows = cursor.fetchall()
        cursor.execute("select count(*) from ingest.page")
        (pages,) = cursor.fetchone()
    archive = Archive(str(home / "home" / "archive"))
    right = {n for n, *place in rows if archive.read(ArchiveLocation(*place))[1] == story(n)}
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seconds = time.monotonic() - began
    print(f"{items} items, {kills} kills: {len(rows)} entries, {pages} pages, {len(right)} right; "
          f"{seconds:.0f} s, at most {memory:.0f} MB")  # fmt: skip
    return abs(len(rows) - items) + abs(pages - items) + items - len(right)
