"""`wirewatch feed …` on ten sites of its own, and on a feeds.yaml, as a new user would."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.intake.conftest import REGISTRY
from tests.web.site import article
from wirewatch.errors import WirewatchError
from wirewatch.feeds.registry import parse_registry

KNOWN = ("--country", "TW", "--language", "en", "--kind", "newspaper", "--ownership", "private")
PARAGRAPHS = [
    "The navy said on Tuesday that two frigates had left the harbour for a week of exercises off the eastern coast.",
    "Fishermen were asked to stay away from four areas until Sunday, and most of them agreed to the request at once.",
    "A spokesman for the port said the exercise had been planned for months and would not change the ferries' times.",
]


def page(head: str = "", body: str = "") -> str:
    return f"<!doctype html><html lang=en><head><title>Strait Daily</title>{head}</head><body>{body}</body></html>"


def link(path: str, title: str = "") -> str:
    return f'<link rel=alternate type="application/rss+xml" href="{path}" title="{title}">'


def serve_feed(site, path: str = "/feed.rss", title: str = "Strait Daily", stories: int = 2) -> None:
    items = []
    for n in range(stories):
        name = f"Frigates leave the harbour, part {n}"
        site.pages[f"/story/{n}"] = article(name, *PARAGRAPHS)
        items.append(
            f"<item><title>{name}</title><link>{site.url(f'/story/{n}')}</link><guid>{path}{n}</guid>"
            f"<pubDate>Mon, 0{n + 1} Jun 2026 08:00:00 GMT</pubDate></item>"
        )
    text = f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>"
    site.pages[path] = (200, {"Content-Type": "application/rss+xml"}, text.encode())


def add(run, site, database, *more, path="/"):
    return run("feed", "add", site.url(path), "--warehouse", database, "--items", "0", *KNOWN, *more)


def feeds_of(registry) -> list[str]:
    return [feed.url for feed in parse_registry(registry.read_bytes(), file="f").outlets[-1].feeds]


def test_a_site_with_a_link_tag(run, site, database, registry):
    site.pages["/"] = page('<meta property="og:site_name" content="The Strait Daily">' + link("feed.rss"))
    serve_feed(site)
    result = run("feed", "add", site.url("/"), "--warehouse", database, *KNOWN)
    assert result.exit_code == 0, result.output
    outlet = parse_registry(registry.read_bytes(), file="f").outlets[-1]
    assert (outlet.name, outlet.perspective, outlet.press) == ("The Strait Daily", "taiwan", "unknown")
    assert [feed.url for feed in outlet.feeds] == [site.url("/feed.rss")]
    assert registry.read_text().startswith(REGISTRY)
    assert result.output.index("part 1") < result.output.index("part 0")
    assert "read as: Frigates leave the harbour, part 1" in result.output
    assert "/robots.txt" in site.paths()


def test_a_site_without_link_tags_whose_text_links_to_its_feed(run, site, database, registry):
    site.pages["/"] = page(body="<a href='/rss/news.xml'>RSS</a><a href='/about'>About</a>")
    serve_feed(site, "/rss/news.xml")
    assert add(run, site, database).exit_code == 0
    assert feeds_of(registry) == [site.url("/rss/news.xml")]


def test_of_several_feeds_the_user_chooses(run, site, database, registry):
    site.pages["/"] = page(link("/a.rss", "World") + link("/b.rss", "Asia") + link("/comments.rss", "Comments"))
    serve_feed(site, "/a.rss")
    serve_feed(site, "/b.rss")
    refused = add(run, site, database)
    assert refused.exit_code == 1
    assert "--choose" in str(refused.exception)
    assert registry.read_text() == REGISTRY
    assert "1 to 2" in str(add(run, site, database, "--choose", "3").exception)
    assert add(run, site, database, "--choose", "2,1").exit_code == 0
    assert feeds_of(registry) == [site.url("/b.rss"), site.url("/a.rss")]
    assert "/comments.rss" not in site.paths()


def test_a_feed_itself_can_be_given(run, site, database, registry):
    serve_feed(site)
    assert add(run, site, database, path="/feed.rss").exit_code == 0
    assert feeds_of(registry) == [site.url("/feed.rss")]


def test_an_article_leads_to_the_front_page(run, site, database, registry):
    site.pages["/"] = page(link("/feed.rss"))
    serve_feed(site)
    assert add(run, site, database, path="/story/0").exit_code == 0
    assert feeds_of(registry) == [site.url("/feed.rss")]


def test_the_usual_places_are_tried_last(run, site, database, registry):
    site.pages["/"] = page(body="<p>Welcome.</p>")
    serve_feed(site, "/rss.xml")
    assert add(run, site, database).exit_code == 0
    assert feeds_of(registry) == [site.url("/rss.xml")]


def test_a_site_with_nothing_but_pages(run, site, database, registry):
    site.pages["/"] = page(body="<p>Welcome.</p>")
    result = add(run, site, database)
    assert result.exit_code == 1
    assert "no feed found" in str(result.exception)
    assert registry.read_text() == REGISTRY


def test_a_wall_is_said(run, site, database):
    wall = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
    site.pages["/"] = (403, {"Content-Type": "text/html", "cf-mitigated": "challenge"}, wall.encode())
    result = add(run, site, database)
    assert result.exit_code == 1
    assert "anti-bot" in str(result.exception) or "403" in str(result.exception)
    assert "\n" not in str(result.exception)


def test_robots_txt_is_obeyed(run, site, database):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /feed.rss\n")
    site.pages["/"] = page(link("/feed.rss"))
    serve_feed(site)
    result = add(run, site, database)
    assert result.exit_code == 1
    assert "robots.txt" in str(result.exception)
    assert "/feed.rss" not in site.paths()


@pytest.mark.parametrize("index", [False, True])
def test_a_news_sitemap_that_robots_txt_names(run, site, database, registry, index):
    named = "/sitemap-index.xml" if index else "/sitemap-news.xml"
    site.pages["/robots.txt"] = (200, {}, f"Sitemap: {site.url('/pages.xml')}\nSitemap: {site.url(named)}".encode())
    site.pages["/"] = page(body="<p>Welcome.</p>")
    site.pages["/pages.xml"] = (200, {}, b"<urlset><url><loc>https://a.example/</loc></url></urlset>")
    listed = f"<sitemapindex><sitemap><loc>{site.url('/sitemap-news.xml')}</loc></sitemap></sitemapindex>"
    site.pages["/sitemap-index.xml"] = (200, {}, listed.encode())
    news = "<news:news><news:title>Frigates leave</news:title></news:news>"
    text = f"<urlset xmlns:news='n'><url><loc>{site.url('/story/0')}</loc>{news}</url></urlset>"
    site.pages["/sitemap-news.xml"] = (200, {}, text.encode())
    result = add(run, site, database)
    assert result.exit_code == 0, (result.output, result.exception)
    assert feeds_of(registry) == [site.url("/sitemap-news.xml")]


def test_a_site_that_does_not_answer(run, site, database):
    result = run("feed", "add", "http://127.0.0.1:1/", "--warehouse", database, *KNOWN)
    assert result.exit_code == 1
    assert "127.0.0.1:1" in str(result.exception)


def test_what_the_site_does_not_say_is_asked_for(run, site, database, registry):
    serve_feed(site)
    result = run("feed", "add", site.url("/feed.rss"), "--warehouse", database, "--items", "0")
    assert result.exit_code == 1
    assert str(result.exception).endswith("give --country, --language, --kind, --ownership, --perspective")
    assert registry.read_text() == REGISTRY


def test_a_second_feed_joins_its_outlet_and_a_known_one_is_refused(run, site, database, registry):
    serve_feed(site, "/a.rss")
    serve_feed(site, "/b.rss")
    assert add(run, site, database, path="/a.rss").exit_code == 0
    assert add(run, site, database, "--dry-run", path="/b.rss").exit_code == 0
    assert feeds_of(registry) == [site.url("/a.rss")]
    assert add(run, site, database, path="/b.rss").exit_code == 0
    assert feeds_of(registry) == [site.url("/a.rss"), site.url("/b.rss")]
    assert "already" in str(add(run, site, database, path="/b.rss").exception)


def test_try_changes_nothing(run, site, database, registry):
    site.pages["/"] = page(link("/feed.rss"))
    serve_feed(site)
    site.pages["/story/1"] = "<html><head><title>Subscribe</title></head><body></body></html>"
    result = run("feed", "try", site.url("/"), "--warehouse", database)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "not read: no_text" in result.output
    assert registry.read_text() == REGISTRY


def test_pause_list_and_resume(run, registry):
    assert "new" in run("feed", "list").stdout
    assert run("feed", "pause", "harbour").exit_code == 0
    assert registry.read_text() == REGISTRY + "    enabled: false\n"
    assert "paused" in run("feed", "list", "paused").stdout
    assert "nothing to do" in run("feed", "pause", "https://harbour.example/rss").output
    assert run("feed", "resume", "https://harbour.example/rss").exit_code == 0
    assert "paused" not in run("feed", "list").stdout
    assert "there is no feed" in str(run("feed", "pause", "https://nobody.example/rss").exception)


def test_list_shows_the_health(run, registry, database):
    assert "harbour" in run("feed", "list", "--warehouse", database).output


def test_opml_goes_out_and_comes_in(run, registry, tmp_path):
    file = tmp_path / "feeds.opml"
    assert run("feed", "export", "-o", file).exit_code == 0
    assert [node.get("xmlUrl") for node in ElementTree.parse(file).iter() if node.get("xmlUrl")] == [
        "https://harbour.example/rss"
    ]
    before = registry.read_bytes()
    assert "0 feeds new" in run("feed", "import", file).output
    assert registry.read_bytes() == before


OPML = """<opml version="1.0"><body><outline text="Asia">
<outline type="rss" text="Strait Daily" xmlUrl="https://www.strait.example.tw/rss"/>
<outline type="rss" text="Strait Daily – World" xmlUrl="https://www.strait.example.tw/world.rss"/>
<outline type="rss" text="Harbour World" xmlUrl="https://harbour.example/world"/>
<outline type="rss" text="Harbour" xmlUrl="http://harbour.example/rss/"/></outline></body></opml>"""


def test_a_readers_list_is_imported(run, registry, tmp_path):
    file = tmp_path / "reader.opml"
    file.write_text(OPML)
    refused = run("feed", "import", file)
    assert "give --language, --kind, --ownership" in str(refused.exception)
    result = run("feed", "import", file, "--language", "en", "--kind", "newspaper", "--ownership", "unknown")
    assert result.exit_code == 0, (result.output, result.exception)
    harbour, strait = parse_registry(registry.read_bytes(), file="f").outlets
    assert [feed.url for feed in harbour.feeds] == ["https://harbour.example/rss", "https://harbour.example/world"]
    assert (strait.key, strait.country, strait.perspective, strait.timezone) == (
        "strait_example", "TW", "taiwan", "Asia/Taipei",
    )  # fmt: skip
    assert len(strait.feeds) == 2
    assert "1 are in" in result.output


@pytest.mark.parametrize("data", [b"", b"no list", b"<opml><body/></opml>", b"\xff\xfe<", b"<!DOCTYPE x ["])
def test_what_is_no_list_of_feeds_is_said(run, registry, tmp_path, data):
    file = tmp_path / "broken.opml"
    file.write_bytes(data)
    result = run("feed", "import", file)
    assert result.exit_code == 1
    assert "no list of feeds" in str(result.exception)
    assert "can't be read" in str(run("feed", "import", tmp_path / "nothing").exception)


@pytest.mark.parametrize("arguments", [["list"], ["pause", "harbour"], ["export"], ["import", "OPML"]])
def test_a_registry_that_is_missing_or_broken_is_said(run, registry, tmp_path, arguments):
    (tmp_path / "list.opml").write_text(OPML)
    arguments = [str(tmp_path / "list.opml") if one == "OPML" else one for one in arguments]
    registry.write_text("outlets: nothing")
    assert "feeds.yaml:1" in str(run("feed", *arguments).exception)
    registry.unlink()
    result = run("feed", *arguments)
    assert isinstance(result.exception, WirewatchError)
    assert "feeds.yaml" in str(result.exception)
