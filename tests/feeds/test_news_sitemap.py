"""News sitemaps: which addresses are items, what they say, and what is no feed."""

from __future__ import annotations

from datetime import UTC, datetime

from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.parser.news_sitemap import sitemaps_of_index
from wirewatch.feeds.parser.parsing import parse_feed

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)

NEWS = """<news:news><news:publication><news:name>Harbour Post</news:name><news:language>zh-cn</news:language>
</news:publication><news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"""


def sitemap(*pages: str) -> str:
    listed = "".join(f"<url>{page}</url>" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{listed}</urlset>'
    )


def page(n: int, date: str = "2026-06-09T08:30:00+08:00", title: str = "Carrier leaves port") -> str:
    return f"<loc>https://harbour.example/{n}?a=1&amp;b=2</loc>" + NEWS.format(date=date, title=title)


def parse(text: str) -> ParsedFeed:
    return parse_feed(text.encode(), url="https://harbour.example/news.xml", now=NOW, zone="Asia/Shanghai")


def test_an_item_has_address_title_date_and_language():
    parsed = parse(sitemap(page(1)))
    (entry,) = parsed.entries
    assert (parsed.kind, parsed.title, parsed.problem) == ("sitemap-news", "Harbour Post", None)
    assert (entry.url, entry.title, entry.language) == (
        "https://harbour.example/1?a=1&b=2",
        "Carrier leaves port",
        "zh-CN",
    )
    assert entry.published_at == datetime(2026, 6, 9, 0, 30, tzinfo=UTC)
    assert (entry.identity_kind, entry.published_source) == ("link", "feed:published")


def test_only_addresses_with_news_are_items():
    plain = "<loc>https://harbour.example/about</loc><lastmod>2026-06-01</lastmod>"
    assert [entry.title for entry in parse(sitemap(plain, page(1))).entries] == ["Carrier leaves port"]
    assert "without news" in parse(sitemap(plain)).problem


def test_an_empty_news_sitemap_is_an_empty_feed():
    parsed = parse(sitemap())
    assert (parsed.entries, parsed.problem) == ((), None)


def test_a_day_without_a_time_and_a_date_without_a_zone_are_marked():
    day, zoneless = parse(sitemap(page(1, "2026-06-09"), page(2, "2026-06-09T08:30:00"))).entries
    assert day.published_at.date().isoformat() in ("2026-06-08", "2026-06-09")
    assert zoneless.published_at == datetime(2026, 6, 9, 0, 30, tzinfo=UTC)
    assert zoneless.dates[0].zone_assumed


def test_an_index_names_its_sitemaps():
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://harbour.example/news-1.xml</loc></sitemap></sitemapindex>"
    )
    assert sitemaps_of_index(index) == ["https://harbour.example/news-1.xml"]
    problem = parse(index).problem
    assert "an index of 1 sitemaps" in problem
    assert "https://harbour.example/news-1.xml" in problem


def test_a_sitemap_that_was_cut_short_loses_its_last_item():
    whole = sitemap(page(1), page(2), page(3))
    parsed = parse(whole[: whole.index("harbour.example/3") + 60])
    assert [entry.url[24:25] for entry in parsed.entries] == ["1", "2"]
    assert not parsed.complete


def test_prefixes_bare_ampersands_and_leading_lines_do_not_matter():
    text = sitemap(page(1, title="Ships & planes")).replace("<urlset", "<s:urlset").replace("</urlset", "</s:urlset")
    text = text.replace("<urlset xmlns=", "<urlset xmlns:s=").replace("xmlns=", "xmlns:s=")
    assert [entry.title for entry in parse("notice: cache miss\n" + text).entries] == ["Ships & planes"]


def test_an_attack_is_named():
    assert "nested" in parse(sitemap("<a>" * 600)).problem


def test_entities_are_not_expanded():
    text = sitemap(page(1, title="&big;")).replace(
        "<urlset", '<!DOCTYPE urlset [<!ENTITY big SYSTEM "file:///etc/passwd">]><urlset', 1
    )
    (entry,) = parse(text).entries
    assert "root:" not in entry.title


def test_html_and_other_feeds_are_read_as_before():
    assert parse("<html><head><title>x</title></head></html>").problem.startswith("an HTML page")
    assert parse("<rss version='2.0'><channel><item><title>a</title></item></channel></rss>").kind == "rss20"
