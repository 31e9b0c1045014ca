"""A feed speaks for its own outlet's sites: elsewhere it neither makes nor dates another outlet's articles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.articles.newsdesk import TEXT
from tests.web.site import article
from wirewatch.feeds import schedule
from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.recording import PollVisit, record_visit
from wirewatch.records import DateCandidate, Entry

STORY = "".join(
    f"<p>{line} In sentence {n} the feed goes on at some length about what it claims.</p>"
    for n, line in enumerate(TEXT * 3)
)
EARLY = DateCandidate("feed:published", "Mon, 01 Jun 2026 01:00:00 GMT", datetime(2026, 6, 1, 1, tzinfo=UTC))
TRUE = DateCandidate("feed:published", "Wed, 03 Jun 2026 01:00:00 GMT", datetime(2026, 6, 3, 1, tzinfo=UTC))


@pytest.fixture
def paper(desk, site):
    """A feed of the outlet whose home page is the site."""
    return desk.feed("paper", homepage=site.url("/"))


@pytest.fixture
def stranger(desk):
    return desk.feed("stranger", homepage="https://stranger.example/")


@pytest.mark.parametrize(
    "answer", [(410, {}, b""), (402, {}, b""), (200, {"Content-Type": "application/pdf"}, b"%PDF")]
)
def test_text_about_another_outlets_page_is_as_told_by_its_feed(desk, site, paper, stranger, collect, answer):
    site.pages["/gone"] = answer
    claimed = desk.entry(stranger, site.url("/gone"), content=STORY, dates=json.dumps([EARLY.as_json()]))
    collect()
    assert desk.state(claimed) == ("extracted", None)
    assert desk.all("select outlet, told_by from news.articles") == [("stranger", "https://feeds.example/stranger")]
    # The outlet itself tells of it later, and has an article of its own.
    own = desk.entry(paper, site.url("/gone"), content=STORY)
    collect()
    assert desk.state(own) == ("extracted", None)
    assert sorted(desk.all("select outlet, told_by is null from news.articles")) == [
        ("paper", True),
        ("stranger", False),
    ]
    # Told again, it is the same article.
    again = desk.entry(stranger, site.url("/gone"), content=STORY, identity="again")
    collect()
    assert desk.state(again) == ("extracted", None)
    assert desk.one("select count(*) from news.article") == (2,)


def test_what_a_robots_txt_forbids_is_told_and_not_published(desk, site, paper, stranger, collect):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private")
    desk.entry(stranger, site.url("/private"), content=STORY)
    collect()
    assert desk.all("select outlet, told_by is null from news.articles") == [("stranger", False)]


@pytest.mark.parametrize("path", ["/a", "/to-a"])
def test_a_stranger_that_lists_a_page_first_gives_it_neither_date_nor_author(
    desk, sites, site, paper, stranger, collect, path
):
    site.pages["/a"] = article("Ship sails", *TEXT)
    own = sites.open("127.0.0.2")
    own.pages["/to-a"] = (302, {"Location": site.url("/a")}, b"")
    address = site.url("/a") if path == "/a" else own.url("/to-a")
    desk.entry(
        stranger, address, dates=json.dumps([EARLY.as_json()]), authors=["A. Stranger"], title="Not the headline"
    )
    collect()
    assert desk.all("select outlet, title, authors, published_at, told_by from news.articles") == [
        ("paper", "Ship sails", [], None, None)
    ]
    assert desk.one("select dates->0->>'rejected' from news.article_version") == ("stranger",)


def test_the_words_of_the_outlets_own_feed_count_whoever_listed_the_page_first(desk, site, paper, stranger, collect):
    site.pages["/a"] = article("Ship sails", *TEXT)
    desk.entry(stranger, site.url("/a"), dates=json.dumps([EARLY.as_json()]), authors=["A. Stranger"])
    desk.entry(paper, site.url("/a"), dates=json.dumps([TRUE.as_json()]), authors=["A. Writer"])
    collect()
    assert desk.all("select outlet, authors, published_at from news.articles") == [("paper", ["A. Writer"], TRUE.value)]


def test_a_site_is_learned_from_pages_that_say_what_the_feed_says(desk, site, collect):
    regular, stranger = desk.feed("regular"), desk.feed("stranger")
    for n in range(3):
        site.pages[f"/{n}"] = article(f"Ship {n} sails", *TEXT, f"It was passage {n}.")
        desk.entry(regular, site.url(f"/{n}"), title=f"Ship {n} sails")
    collect()
    assert desk.all("select outlet.key, pages from news.outlet_site join news.outlet using (outlet_id)") == [
        ("regular", 3)
    ]
    site.pages["/gone"] = (410, {}, b"")
    desk.entry(stranger, site.url("/gone"), content=STORY)
    site.pages["/new"] = article("Ship returns", *TEXT)
    desk.entry(stranger, site.url("/new"), authors=["A. Stranger"])
    collect()
    assert desk.all("select outlet, authors, told_by is null from news.articles where article_id > 3 order by 1") == [
        ("regular", [], True),
        ("stranger", [], False),
    ]


def test_a_configured_home_page_counts_more_than_what_was_learned(desk, site, collect):
    squatter = desk.feed("squatter")
    for n in range(3):
        site.pages[f"/{n}"] = article(f"Ship {n} sails", *TEXT, f"It was passage {n}.")
        desk.entry(squatter, site.url(f"/{n}"), title=f"Ship {n} sails")
    collect()
    desk.feed("paper", homepage=site.url("/"))
    site.pages["/new"] = article("Ship returns", *TEXT)
    desk.entry(squatter, site.url("/new"), authors=["A. Squatter"])
    collect()
    assert desk.one("select outlet, authors from news.articles order by article_id desc") == ("paper", [])


def test_an_item_whose_link_changes_at_every_poll_stays_one_article(warehouse, desk, site, collect):
    feed = desk.feed("restless")
    bounds = schedule.Bounds(300, 86400)
    for n in range(6):
        site.pages[f"/a?session={n}"] = article("Ship sails", *TEXT)
        entry = Entry("guid-1", "guid", site.url(f"/a?session={n}"), "Ship sails", None, None)
        parsed = ParsedFeed("rss20", None, None, (entry,))
        desk.cursor.execute("update ingest.feed set lease_by = 'me', lease_until = now() + interval '1 hour'")
        visit = PollVisit(feed, "me", warehouse.now(), 0.1, http_status=200, parsed=parsed)
        record_visit(warehouse, visit, bounds, now=warehouse.now())
        collect()
    assert desk.one("select count(*) from news.article") == (1,)
    assert desk.one("select state, moves from ingest.entry") == ("extracted", 3)
    assert sum(path.startswith("/a") for path in site.paths()) == 4


def test_an_item_that_moves_and_changes_its_text_makes_few_articles(warehouse, desk, site, collect):
    feed = desk.feed("restless")
    for n in range(8):
        site.pages[f"/{n}"] = article(f"Ship {n} sails", *TEXT, f"It was passage {n}.")
        entry = Entry("guid-1", "guid", site.url(f"/{n}"), f"Ship {n} sails", None, None)
        desk.cursor.execute("update ingest.feed set lease_by = 'me', lease_until = now() + interval '1 hour'")
        parsed = ParsedFeed("rss20", None, None, (entry,))
        visit = PollVisit(feed, "me", warehouse.now(), 0.1, http_status=200, parsed=parsed)
        record_visit(warehouse, visit, schedule.Bounds(300, 86400), now=warehouse.now())
        collect()
    assert desk.one("select count(*) from news.article") == (4,)
