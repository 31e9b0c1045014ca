"""kill -9 in the middle of everything: nothing lost, nothing doubled, nothing fetched twice without need."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.articles.newsdesk import TEXT
from tests.web.site import article
from wirewatch.records import ArchiveLocation
from wirewatch.web.archive import Archive

ROOT = Path(__file__).resolve().parents[2]
PAGES = 30


def worker(database: str, home: Path) -> subprocess.Popen:
    """A process that collects as a task does."""
    script = (
        "import sys; from pathlib import Path;"
        "from wirewatch.articles.collecting import collect_shard; from wirewatch.settings import Settings;"
        "from wirewatch.warehouse import Warehouse;"
        "settings = Settings(home=Path(sys.argv[2]), allow_addresses='127.0.0.0/8', host_delay_s=0.02);"
        "collect_shard(Warehouse(sys.argv[1]), settings, 0, 1)"
    )
    return subprocess.Popen([sys.executable, "-c", script, database, str(home)], cwd=ROOT, stderr=subprocess.DEVNULL)


def test_workers_that_are_killed_at_any_moment_lose_and_double_nothing(database, settings, desk, sites):
    feed = desk.feed("gazette")
    opened = [sites.open(f"127.0.0.{n}") for n in range(2, 5)]
    for n in range(PAGES):
        site = opened[n % 3]
        site.pages[f"/{n}"] = article(f"Ship {n} sails", *TEXT, f"This was passage number {n} of the month.")
        desk.entry(feed, site.url(f"/{n}"))
    moments = random.Random(7)
    for _ in range(6):
        process = worker(database, settings.home)
        time.sleep(moments.uniform(1.0, 4.0))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        desk.leases_end()
        desk.cursor.execute("update ingest.host set busy_until = null, busy_by = null")
        assert desk.one("select count(*) from ingest.entry") == (PAGES,)
    finisher = worker(database, settings.home)
    assert finisher.wait(timeout=120) == 0
    assert desk.all("select state, count(*) from ingest.entry group by state") == [("extracted", PAGES)]
    assert desk.one("select count(*), count(distinct url_key) from news.article") == (PAGES, PAGES)
    assert desk.one("select count(*) from news.article_version") == (PAGES,)
    # What any row names can be read, whatever was being written when the worker died.
    archive = Archive(settings.archive_url)
    pages = desk.all("select archive_file, archive_offset, archive_length, digest from ingest.page")
    assert len(pages) >= PAGES
    for page in pages:
        assert archive.read(ArchiveLocation(*page))[1].startswith(b"<!doctype html>")
