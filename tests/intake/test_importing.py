"""Pages of the past: which files are understood, that each item is taken once, and what becomes of it."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime

import pytest

from tests.articles.newsdesk import Newsdesk, Sites
from tests.intake.imports import killed_imports, story, write_warc
from tests.web.site import article
from wirewatch.articles.collecting import collect_shard
from wirewatch.errors import WirewatchError
from wirewatch.intake.importing import ImportReport, import_file
from wirewatch.records import ArchiveLocation
from wirewatch.web.archive import Archive

SEEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def desk(cursor):
    made = Newsdesk(cursor)
    made.feed("gazette", homepage="https://gazette.example/", timezone="America/New_York")
    return made


@pytest.fixture
def take(warehouse, settings, desk, tmp_path):
    said: list[str] = []

    def run(name: str, data: bytes | None = None, outlet: str = "gazette") -> ImportReport:
        file = tmp_path / name
        if data is not None:
            file.write_bytes(data)
        return import_file(warehouse, settings, file, outlet, said.append)

    run.said = said
    return run


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.taken, report.known, report.bad


@pytest.mark.parametrize("name", ["old.warc", "old.warc.gz"])
def test_a_warc_file_goes_through_the_ledger(take, desk, warehouse, settings, tmp_path, name):
    write_warc(tmp_path / name, [(f"https://gazette.example/{n}", story(n)) for n in range(3)])
    before = warehouse.now()
    assert counts(take(name)) == (3, 0, 0)
    assert counts(take(name)) == (0, 3, 0)
    rows = desk.all("select state, first_seen_at, imported_at >= %s from ingest.entry", before)
    assert rows == [("fetched", SEEN, True)] * 3
    collect_shard(warehouse, settings, 0, 1)
    assert desk.all("select distinct state from ingest.entry") == [("extracted",)]
    assert desk.all("select distinct first_seen_at from news.article") == [(SEEN,)]
    found = desk.one("select title, text from news.article_version order by article_id limit 1")
    assert found[0] == "Ship 0 sails"
    assert "passage number 0" in found[1]


def test_only_whole_pages_of_a_warc_file_are_items(take, tmp_path):
    write_warc(tmp_path / "a.warc", [("https://gazette.example/a.png", b"x")], kind="image/png")
    write_warc(tmp_path / "b.warc", [("https://gazette.example/gone", story(1))], status="404 Not Found")
    assert counts(take("a.warc")) == counts(take("b.warc")) == (0, 0, 0)
    write_warc(tmp_path / "c.warc", [("https://gazette.example/", b""), ("ftp://gazette.example/", story(1))])
    assert counts(take("c.warc")) == (0, 0, 1)


def test_a_warc_file_that_was_cut_short_gives_what_it_has(take, desk, tmp_path):
    write_warc(tmp_path / "a.warc.gz", [(f"https://gazette.example/{n}", story(n)) for n in range(9)])
    whole = (tmp_path / "a.warc.gz").read_bytes()
    with pytest.raises(WirewatchError, match=r"a\.warc\.gz: can't be read on"):
        take("a.warc.gz", whole[: len(whole) // 2])
    assert 0 < desk.one("select count(*) from ingest.entry")[0] < 9
    report = take("a.warc.gz", whole)
    assert report.items == 9
    assert desk.one("select count(*) from ingest.entry") == (9,)


def test_json_lines_bring_pages_texts_or_addresses(take, desk, warehouse, settings):
    sites = Sites()
    site = sites.open()
    site.pages["/4"] = article(
        "Ship 4 sails", *["Nothing but the page itself tells what was said there on that day."] * 3
    )
    lines = [
        {"url": "https://gazette.example/1", "html": story(1).decode(), "seen_at": "2024-05-06T07:08:09Z"},
        {"url": "https://gazette.example/2", "html_base64": base64.b64encode(story(2)).decode()},
        {"url": "https://gazette.example/2?utm_source=x", "html": story(2).decode()},
        {
            "url": site.url("/4"),
            "published_at": "2019-03-04 10:00",
            "title": "Ship 4",
            "seen_at": "2019-03-04T20:00:00Z",
        },
        {"url": "nowhere"},
        {"title": "no address"},
        {"url": "https://gazette.example/5", "authors": "A"},
    ]
    data = "\n".join(map(json.dumps, lines)) + "\nnot JSON\n"
    assert counts(take("old.jsonl.gz", gzip.compress(data.encode()))) == (3, 1, 4)
    assert [line.partition(": ")[0][-6:] for line in take.said] == ["line 5", "line 6", "line 7", "line 8"]
    collect_shard(warehouse, settings.model_copy(update={"max_age_days": 30}), 0, 1)
    sites.stop()
    assert desk.all("select distinct state from ingest.entry") == [("extracted",)]
    dated = desk.one("select published_at, zone_assumed from (select published_at, (dates->0->>'zone_assumed')::boolean"
                     " as zone_assumed from ingest.entry where title = 'Ship 4') as entry")  # fmt: skip
    assert dated == (datetime(2019, 3, 4, 15, tzinfo=UTC), True)


def test_a_text_is_taken_where_its_page_can_not_be_had(take, desk, warehouse, settings):
    text = "\n".join(
        f"The fleet said in statement {n} that the ship had kept to international waters." for n in range(9)
    )
    line = {"url": "http://127.0.0.1:1/story", "title": "Ship sails", "text": text}
    assert counts(take("a.jsonl", json.dumps(line).encode())) == (1, 0, 0)
    assert desk.one("select content like '<p>The fleet%%' from ingest.entry") == (True,)


def test_a_list_of_addresses_is_collected_by_the_pipeline(take, desk, warehouse, settings):
    sites = Sites()
    site = sites.open()
    site.pages["/1"] = story(1).decode()
    report = take("urls.txt", f"# from the old system\n{site.url('/1')}\n\nnonsense\n{site.url('/gone')}\n".encode())
    assert counts(report) == (2, 0, 1)
    collect_shard(warehouse, settings, 0, 1)
    sites.stop()
    assert desk.all("select state, reason from ingest.entry order by url") == [("extracted", None), ("new", None)]


def test_what_a_feed_lists_now_goes_first(take, desk, warehouse, settings, tmp_path):
    """Imported pages wait for the visits; one that a feed lists too becomes one article."""
    write_warc(tmp_path / "a.warc", [("https://gazette.example/1", story(1))])
    feed = desk.feed("other")
    desk.entry(feed, "https://gazette.example/1")
    take("a.warc")
    collect_shard(warehouse, settings, 0, 1)
    assert desk.one("select count(*) from news.article") == (1,)


def test_an_outlet_is_needed_and_a_file(take, tmp_path):
    with pytest.raises(WirewatchError, match="--outlet nobody: there is no such outlet"):
        take("a.txt", b"https://gazette.example/1", outlet="nobody")
    with pytest.raises(WirewatchError, match=r"nothing\.txt: can't be read: No such file"):
        take("nothing.txt")
    assert counts(take("empty", b"")) == (0, 0, 0)


def test_an_import_that_is_killed_three_times_takes_each_item_once(desk, database, settings, tmp_path):
    n = 2000
    write_warc(tmp_path / "old.warc.gz", [(f"https://gazette.example/{k}", story(k)) for k in range(n)])
    assert killed_imports(database, settings.home, tmp_path / "old.warc.gz", kills=3, seed=5) == 0
    assert desk.one("select count(*), count(distinct url_key), count(distinct page_id) from ingest.entry") == (n, n, n)
    assert desk.one("select count(*) from ingest.page") == (n,)
    archive = Archive(settings.archive_url)
    for k, *place in desk.all(
        "select substring(entry.url from '[0-9]+$')::int, archive_file, archive_offset, archive_length, page.digest"
        " from ingest.entry join ingest.page using (page_id) where entry_id %% 50 = 0"
    ):
        assert archive.read(ArchiveLocation(*place))[1] == story(k)
