"""Four workers at once on the loopback newsroom, judged by the newsroom's own access log."""

from __future__ import annotations

import threading
from collections import defaultdict
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from protego import Protego

from wirewatch.articles.collecting import collect_shard
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.feeds.polling import poll_shard, sync_feeds_file
from wirewatch.warehouse import Warehouse

DELAY_S = 0.3


@pytest.fixture
def newsroom():
    with SampleWeb.running() as opened:
        yield opened


def together(database: str, work) -> None:
    """Four workers do the same at once."""

    def run() -> None:
        with Warehouse(database) as warehouse:
            work(warehouse)

    workers = [threading.Thread(target=run) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()


@pytest.mark.timeout(600)
def test_four_workers_never_hurry_a_host_and_never_pass_its_robots_txt(
    database, warehouse, cursor, settings, newsroom, tmp_path
):
    newsroom.write_feeds(tmp_path / "feeds.yaml")
    polite = settings.model_copy(
        update={"feeds": tmp_path / "feeds.yaml", "host_delay_s": DELAY_S, "max_age_days": 3650}
    )
    sync_feeds_file(warehouse, polite)
    together(database, lambda house: poll_shard(house, polite, 0, 1))
    together(database, lambda house: collect_shard(house, polite, 0, 1))
    first = len(newsroom.visits)
    cursor.execute("update ingest.feed set next_poll_at = now()")
    together(database, lambda house: poll_shard(house, polite, 0, 1))

    robots = {}
    cursor.execute("select host, robots_text from ingest.host")
    for host, text in cursor.fetchall():
        robots[urlsplit(f"//{host}").hostname] = Protego.parse(text)
    by_host = defaultdict(list)
    for visit in newsroom.visits:
        by_host[visit.host].append(visit)
    assert by_host.keys() == robots.keys()
    for host, visits in by_host.items():
        delay_s = max(DELAY_S, robots[host].crawl_delay("Wirewatch") or 0)
        assert visits[0].path == "/robots.txt"
        assert min(later.at - earlier.at for earlier, later in pairwise(visits)) >= delay_s
        assert len([visit for visit in visits if visit.path == "/robots.txt"]) == 1
        assert all(
            robots[host].can_fetch(f"http://{host}:{newsroom.port}{visit.path}", "Wirewatch") for visit in visits
        )

    again = newsroom.visits[first:]
    cursor.execute("select count(*) from ingest.feed where etag is not null or last_modified is not null")
    assert len([visit for visit in again if visit.status == 304]) == cursor.fetchone()[0] > 0

    cursor.execute("select count(*) from ingest.entry where state in ('new', 'fetching', 'fetched')")
    assert cursor.fetchone() == (0,)
    cursor.execute("select count(*), count(distinct url_key) from news.article")
    articles, addresses = cursor.fetchone()
    assert articles == addresses > 100
