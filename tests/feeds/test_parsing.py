"""From bytes to entries: dialects, identities, links, dates, encodings, texts, and what is no feed."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.feeds.filters import entry_json, feed_lines
from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.records import Entry

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
URL = "https://feeds.example/world/feed.xml"


def parse(body: str | bytes, **arguments) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, **{"url": URL, "now": NOW, **arguments})


def rss(*items: str, channel: str = "", attributes: str = "") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {attributes}><channel>{channel}{listed}</channel></rss>'


def one(body: str | bytes, **arguments) -> Entry:
    (entry,) = parse(body, **arguments).entries
    return entry


RSS_20 = rss(
    """
    <title>Destroyer sails through the strait</title>
    <link>https://harbour.example/2026/06/strait?utm_source=rss</link>
    <guid isPermaLink="false">hp-1</guid>
    <pubDate>Mon, 08 Jun 2026 09:30:00 +0800</pubDate>
    <dc:creator>Lin Mei</dc:creator><dc:creator>Tom Ode</dc:creator>
    <description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second &amp;amp; last.&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>The whole <b>text</b>.</p>]]></content:encoded>
    """,
    channel="<title>Harbour Post</title><language>en-us</language><ttl>30</ttl>",
    attributes='xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
)
RSS_10 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
  <channel rdf:about="https://harbour.example/"><title>Harbour</title>
    <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>
  <item rdf:about="https://harbour.example/a"><title>A</title><link>https://harbour.example/a</link>
    <dc:date>2026-06-08T01:30:00Z</dc:date></item></rdf:RDF>"""
RSS_091 = """<rss version="0.91"><channel><title>Old</title>
  <item><title>A</title><link>https://harbour.example/a</link><description>Short.</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://harbour.example/blog/">
  <title type="html">Harbour &amp;amp; Sea</title><author><name>The Editors</name></author>
  <entry><id>tag:harbour.example,2026:1</id><title type="text">1 &lt; 2</title>
    <link rel="alternate" type="text/html" href="posts/1"/><link rel="enclosure" href="https://cdn.example/a.mp3"/>
    <published>2026-06-08T09:30:00+08:00</published><updated>2026-06-09T00:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text.</p></div></content></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour",
        "home_page_url": "https://harbour.example/",
        "authors": [{"name": "The Editors"}],
        "items": [
            {
                "id": "1",
                "url": "/a",
                "title": "A",
                "content_html": "<p>Text.</p>",
                "date_published": "2026-06-08T09:30:00+08:00",
            }
        ],
    }
)


class TestDialects:
    def test_rss_20(self):
        parsed = parse(RSS_20)
        (entry,) = parsed.entries
        assert (parsed.kind, parsed.title, parsed.language, parsed.ttl_s) == ("rss20", "Harbour Post", "en-US", 1800)
        assert entry.title == "Destroyer sails through the strait"
        assert entry.url == "https://harbour.example/2026/06/strait"
        assert (entry.identity, entry.identity_kind) == ("hp-1", "guid")
        assert entry.published_at == datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
        assert entry.published_source == "feed:published"
        assert entry.authors == ("Lin Mei", "Tom Ode")
        assert entry.summary == "First.\nSecond & last."
        assert entry.content == "<p>The whole <b>text</b>.</p>"

    def test_rss_10(self):
        parsed = parse(RSS_10)
        (entry,) = parsed.entries
        assert (parsed.kind, parsed.ttl_s) == ("rss10", 21600)
        assert (entry.identity, entry.published_source) == ("https://harbour.example/a", "feed:dc")
        assert entry.published_at == datetime(2026, 6, 8, 1, 30, tzinfo=UTC)

    def test_rss_091(self):
        entry = one(RSS_091)
        assert (entry.identity, entry.identity_kind) == ("https://harbour.example/a", "link")
        assert (entry.summary, entry.published_at, entry.dates) == ("Short.", None, ())

    def test_atom(self):
        parsed = parse(ATOM)
        (entry,) = parsed.entries
        assert (parsed.kind, parsed.title, parsed.language) == ("atom10", "Harbour & Sea", "en")
        assert (entry.title, entry.url) == ("1 < 2", "https://harbour.example/blog/posts/1")
        assert entry.authors == ("The Editors",)
        assert [date.source for date in entry.dates] == ["feed:published", "feed:updated"]
        assert "Text." in (entry.content or "")

    def test_json_feed(self):
        parsed = parse(JSON_FEED)
        (entry,) = parsed.entries
        assert (parsed.kind, entry.identity, entry.url) == ("json", "1", "https://harbour.example/a")
        assert (entry.summary, entry.content, entry.authors) == ("Text.", "<p>Text.</p>", ("The Editors",))
        assert entry.published_at == datetime(2026, 6, 8, 1, 30, tzinfo=UTC)

    def test_three_hundred_items_are_read_whole_and_in_order(self):
        parsed = parse(rss(*(f"<guid>{n}</guid><link>https://a.example/{n}</link>" for n in range(300))))
        assert [entry.identity for entry in parsed.entries] == [str(n) for n in range(300)]


class TestIdentity:
    def test_without_guid_and_link_a_hash_that_does_not_change(self):
        body = rss("<title>A</title><description>x</description>", "<title>B</title>")
        first, second = (parse(body).entries for _ in range(2))
        assert [entry.identity for entry in first] == [entry.identity for entry in second]
        assert len({entry.identity for entry in first}) == 2
        assert {entry.identity_kind for entry in first} == {"hash"}

    def test_the_same_guid_on_every_item_names_none_of_them(self):
        parsed = parse(rss(*(f"<guid>feed</guid><link>https://a.example/{n}</link>" for n in range(3))))
        assert [(entry.identity, entry.identity_kind) for entry in parsed.entries] == [
            (f"https://a.example/{n}", "link") for n in range(3)
        ]

    def test_the_same_guid_and_link_on_every_item(self):
        item = "<guid>feed</guid><link>https://a.example/</link><title>{}</title>"
        parsed = parse(rss(*(item.format(n) for n in range(3))))
        assert len({entry.identity for entry in parsed.entries}) == 3

    def test_an_item_listed_twice_is_one(self):
        item = "<guid>1</guid><link>https://a.example/1</link>"
        parsed = parse(rss(item, item, "<guid>2</guid><link>https://a.example/2</link>"))
        assert [entry.identity for entry in parsed.entries] == ["1", "1", "2"]

    def test_a_guid_longer_than_an_index_can_hold_is_known_by_its_hash(self):
        entry = one(rss(f"<guid>{'x' * 5000}</guid>"))
        assert entry.identity.startswith("sha256:")
        assert entry.identity_kind == "guid"

    def test_an_aggregators_wrapper_in_the_guid_is_unwrapped(self):
        wrapper = "http://www.bing.com/news/apiclick.aspx?ref=x&amp;tid={}&amp;url=https%3a%2f%2fa.example%2f1"
        identities = {one(rss(f"<guid>{wrapper.format(tid)}</guid>")).identity for tid in ("11", "22")}
        assert identities == {"https://a.example/1"}

    def test_a_guid_is_kept_as_it_was_written(self):
        assert one(rss("<guid>t3_42</guid><link>https://a.example/1</link>")).identity == "t3_42"
        assert one(rss("<guid>t3_42</guid>")).url is None
        atom = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><entry><id>t3_42</id></entry></feed>'
        assert (one(atom).identity, one(atom).url) == ("t3_42", None)


class TestLinks:
    @pytest.mark.parametrize(
        ("link", "url"),
        [
            ("/2026/a", "https://site.example/2026/a"),
            ("a", "https://site.example/news/a"),
            ("//cdn.example/a", "https://cdn.example/a"),
            ("https://a.example/?id=7&amp;utm_medium=rss#top", "https://a.example/?id=7"),
            ("https://a.example/?id=7&utm_medium=rss", "https://a.example/?id=7"),
            ("<![CDATA[ https://a.example/b ]]>", "https://a.example/b"),
            ("\n  https://a.example/b\n", "https://a.example/b"),
            (
                "https://www.bing.com/news/apiclick.aspx?tid=1&amp;url=https%3A%2F%2Fa.example%2Fb",
                "https://a.example/b",
            ),
            ("https://news.google.com/rss/articles/CBMiabc", "https://news.google.com/rss/articles/CBMiabc"),
        ],
    )
    def test_links(self, link, url):
        body = rss(f"<link>{link}</link>", channel="<link>https://site.example/news/</link>")
        assert one(body).url == url

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:a@b.example", "http://", "https://a b/"])
    def test_a_link_that_is_no_address_is_told_from_none(self, link):
        entry = one(rss(f"<title>A</title><link>{link}</link>"))
        assert (entry.url, bool(entry.link)) == (None, True)
        assert one(rss("<title>A</title>")).link is None

    def test_feedburner_names_the_original(self):
        entry = one(
            rss(
                "<link>http://feedproxy.example/~r/a/~3/xyz</link>"
                "<feedburner:origLink>https://a.example/b</feedburner:origLink>",
                attributes='xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
            )
        )
        assert entry.url == "https://a.example/b"

    def test_the_base_without_a_site_is_the_document(self):
        assert one(rss("<link>/a</link>")).url == "https://feeds.example/a"
        assert one(rss("<link>/a</link>"), url="feed.xml").url is None


class TestDates:
    def test_every_date_is_kept_with_its_element(self):
        body = rss(
            "<pubDate>Mon, 08 Jun 2026 01:30:00 GMT</pubDate><dc:date>2026-06-08T01:29:00Z</dc:date>"
            "<atom:updated>2026-06-09T00:00:00Z</atom:updated>",
            attributes='xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"',
        )
        entry = one(body)
        assert [date.source for date in entry.dates] == ["feed:published", "feed:dc", "feed:updated"]
        assert entry.published_at == datetime(2026, 6, 8, 1, 30, tzinfo=UTC)

    def test_a_date_without_a_zone_is_read_in_the_outlets(self):
        entry = one(rss("<pubDate>2026-06-08 09:30:00</pubDate>"), zone="Asia/Shanghai")
        assert entry.published_at == datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
        assert entry.dates[0].zone_assumed

    @pytest.mark.parametrize(
        ("raw", "why"),
        [("Fri, 31 Dec 9999 23:59:59 GMT", "absurd"), ("2027-01-01T00:00:00Z", "future"), ("soon", "unreadable")],
    )
    def test_dates_that_can_not_be_are_kept_and_not_believed(self, raw, why):
        entry = one(rss(f"<pubDate>{raw}</pubDate>"))
        assert (entry.published_at, entry.dates[0].raw, entry.dates[0].rejected) == (None, raw, why)

    def test_dates_that_are_not_the_publishers(self):
        entry = one(RSS_20, trust_dates=False)
        assert (entry.published_at, entry.dates[0].rejected) == (None, "not_published")


class TestEncodings:
    TEXT = "解放军在台湾海峡举行演习，美国海军派出驱逐舰。"
    TRADITIONAL = "國防部今日說明海峽動態，美軍艦艇通過臺灣海峽。"
    RUSSIAN = "Корабли прошли через пролив, сообщает министерство обороны."

    @pytest.mark.parametrize(
        ("text", "sent", "declared", "header"),
        [
            (TEXT, "gbk", "gb2312", None),
            (TEXT, "gb18030", "GBK", "text/xml"),
            (TEXT, "gbk", "utf-8", None),
            (TEXT, "gbk", "iso-8859-1", None),
            (TEXT, "gbk", None, "text/xml; charset=gb2312"),
            (TEXT, "utf-8", "gb2312", None),
            (TEXT, "utf-8", None, "text/xml; charset=iso-8859-1"),
            (TEXT, "utf-16", "utf-16", None),
            (TEXT, "utf-16-le", None, None),
            (TEXT, "utf-8-sig", None, None),
            (TRADITIONAL, "big5", "big5", None),
            (TRADITIONAL, "big5", "utf-8", None),
            (RUSSIAN, "windows-1251", "windows-1251", None),
            (RUSSIAN, "windows-1251", "utf-8", None),
            (RUSSIAN, "koi8-r", "koi8-r", None),
            ("Un été à l’île", "windows-1252", "iso-8859-1", None),
            ("Un été à l’île", "windows-1252", "utf-8", None),
            ("台湾海峡で演習", "shift_jis", "Shift_JIS", None),
            ("台湾海峡で演習", "euc_jp", "EUC-JP", None),
            ("대만 해협에서 훈련", "euc_kr", "ks_c_5601-1987", None),
        ],
    )
    def test_the_title_arrives(self, text, sent, declared, header):
        declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
        items = "".join(f"<item><guid>{n}</guid><title>{text}</title></item>" for n in range(5))
        body = f"{declaration}<rss version='2.0'><channel>{items}</channel></rss>".encode(sent)
        assert parse(body, content_type=header).entries[0].title == text

    def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else(self):
        good = "".join(f"<item><guid>{n}</guid><title>{self.TEXT}</title></item>" for n in range(5))
        body = rss("<title>x</title>").encode().replace(b"<item>", good.encode() + b"<item><guid>\xe4</guid>")
        assert parse(body).entries[0].title == self.TEXT

    def test_gzip_that_nobody_announced(self):
        assert one(gzip.compress(RSS_20.encode())).identity == "hp-1"


class TestTexts:
    @pytest.mark.parametrize(
        ("written", "title"),
        [
            ("AT&amp;amp;T", "AT&T"),
            ("AT&amp;T", "AT&T"),
            ("5 &lt; 6", "5 < 6"),
            ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
            ("<![CDATA[China&#8217;s fleet]]>", "China’s fleet"),
            ("a\n   b", "a b"),
        ],
    )
    def test_titles_of_rss_are_plain_text(self, written, title):
        assert one(rss(f"<title>{written}</title>")).title == title

    @pytest.mark.parametrize(
        "mistake",
        ["AT&T & others", "tea&nbsp;time &copy;", "x &undefined; y", "a < b", "\x0b\x00 &#0; &#xD800;", "a & <b"],
    )
    def test_xml_that_is_not_well_formed_loses_no_item(self, mistake):
        body = rss(f"<guid>1</guid><title>{mistake}</title>", "<guid>2</guid><title>B</title>")
        assert [entry.identity for entry in parse(body).entries] == ["1", "2"]

    @pytest.mark.parametrize("before", ["\n\n", "\ufeff ", "<br />\nWarning: mysql_connect() in x.php\n", "junk "])
    def test_junk_before_the_document(self, before):
        assert len(parse(before + RSS_20).entries) == 1

    def test_nul_and_lone_surrogates_can_be_stored(self):
        for body in (rss("<title>a\x00b</title>").encode(), rss("<title>a&#xDC00;b</title>").encode()):
            one(body).title.encode()
        entry = one(
            json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"id": "\ud800", "title": "\x00"}]})
        )
        assert "\x00" not in entry.identity + entry.title
        (entry.identity + entry.title).encode()

    def test_a_description_that_is_the_article_is_its_content(self):
        text = "&lt;p&gt;" + "The fleet sailed. " * 80 + "&lt;/p&gt;"
        assert (one(rss(f"<description>{text}</description>")).content or "").startswith("<p>The fleet")
        assert one(rss("<description>&lt;p&gt;Short.&lt;/p&gt;</description>")).content is None


class TestCutShort:
    BODY = rss(*(f"<guid>{n}</guid><link>https://a.example/{n}</link><title>Title {n}</title>" for n in range(4)))

    def test_a_document_that_ends_within_an_item_loses_only_that(self):
        for end in range(self.BODY.index("<guid>2"), self.BODY.index("</item>", self.BODY.index("<guid>3"))):
            parsed = parse(self.BODY[:end])
            assert not parsed.complete
            assert [entry.identity for entry in parsed.entries] in (["0", "1"], ["0", "1", "2"])

    def test_a_whole_document_is_complete(self):
        assert parse(self.BODY).complete


class TestNoFeed:
    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ("", "an empty answer"),
            ("   \n", "an empty answer"),
            ("<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", '"Just a moment..."'),
            ("<html><body>No</body></html>", "an HTML page"),
            (
                '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
                "an HTML page",
            ),
            ('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "outermost element is <error>"),
            (
                '<?xml version="1.0"?><urlset><url><loc>https://a.example/</loc></url></urlset>',
                "a sitemap without news",
            ),
            ('<opml version="2.0"><body/></opml>', "<opml>"),
            ('{"articles": [{"url": "https://a.example/"}]}', "no list of items"),
            ('{"items": [{"price": 3}]}', "does not call itself a JSON Feed"),
            ("[1, 2]", "no list of items"),
            ('{"version": ', "can't be read"),
            ("plain words", "no feed; it begins with 'plain words'"),
            ("\x89PNG\r\n\x1a\n", "no feed"),
        ],
    )
    def test_it_is_said_what_it_is(self, body, problem):
        parsed = parse(body)
        assert problem in (parsed.problem or "")
        assert (parsed.kind, parsed.entries) == (None, ())

    def test_a_feed_without_items_is_a_feed(self):
        assert (parse(rss()).problem, parse(rss()).entries) == (None, ())


class TestHostile:
    def test_entities_are_not_expanded(self):
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        body = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>' + rss("<guid>1</guid><title>&l11;</title>")
        entry = one(body.replace('<?xml version="1.0"?>', ""))
        assert entry.identity == "1"
        assert len(entry.title) < 100

    def test_external_entities_are_not_read(self, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("s3cret")
        body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>' + rss("<guid>1</guid><title>&x;</title>")
        assert "s3cret" not in repr(parse(body.replace('<?xml version="1.0"?>', "")))

    def test_plain_entities_of_the_document_are_filled_in(self):
        body = '<!DOCTYPE rss [<!ENTITY name "Harbour">]>' + rss("<title>&name;</title>").replace(
            '<?xml version="1.0"?>', ""
        )
        assert one(body).title == "Harbour"

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ("<rss>" + "<a>" * 5000, "nested more than"),
            (rss("<x " + " ".join(f"a{n}='1'" for n in range(2000)) + "/>"), "attributes"),
            (rss("".join(f"<x{n}:y xmlns:x{n}='http://{n}'/>" for n in range(2000))), "namespaces"),
        ],
    )
    def test_what_is_an_attack_on_parsers_is_not_parsed(self, body, problem):
        assert problem in (parse(body).problem or "")

    def test_a_gzip_bomb_stops_early(self):
        assert parse(gzip.compress(b" " * 100_000_000)).entries == ()

    @given(st.binary(max_size=300))
    def test_no_bytes_raise(self, body):
        parse(body)

    @given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
    def test_no_item_raises_and_all_of_it_can_be_stored(self, guid, link, title, date):
        body = rss(f"<guid>{guid}</guid><link>{link}</link><title>{title}</title><pubDate>{date}</pubDate>")
        for entry in parse(body.encode("utf-8", "surrogatepass")).entries:
            text = json.dumps(entry_json(entry), ensure_ascii=False)
            assert "\\u0000" not in text
            text.encode()
            assert entry.identity


def test_the_filter_prints_one_record_for_each_entry_and_each_file_that_is_no_feed(tmp_path):
    feed, page, missing = tmp_path / "feed.xml", tmp_path / "page.html", tmp_path / "none.xml"
    feed.write_text(RSS_20)
    page.write_text("<html></html>")
    record, *problems, again = feed_lines([feed, page, missing, feed])
    assert record["identity"] == "hp-1"
    assert record["published_at"] == "2026-06-08T09:30:00+08:00"
    assert problems == [
        {"file": str(page), "error": "an HTML page, not a feed"},
        {"file": str(missing), "error": "can't be read: No such file or directory"},
    ]
    assert again == record


class TestOwnElements:
    """What an item says itself wins over what other vocabularies say inside it."""

    MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'

    @pytest.mark.parametrize("before", [True, False])
    @pytest.mark.parametrize(
        "other",
        [
            '<media:content url="https://a.example/i.jpg"><media:title>Photo</media:title></media:content>',
            "<media:description>A caption</media:description>",
            "<itunes:title>Photo</itunes:title><itunes:summary>Short</itunes:summary>",
            '<enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>',
            "<comments>https://a.example/1/comments</comments>",
        ],
    )
    def test_words_and_link(self, other, before):
        own = "<title>Own</title><link>https://a.example/1</link><description>Own words.</description>"
        entry = one(rss(other + own if before else own + other, attributes=self.MEDIA))
        assert (entry.title, entry.url, entry.summary) == ("Own", "https://a.example/1", "Own words.")

    def test_other_words_where_it_has_none(self):
        entry = one(rss("<media:description>A caption</media:description>", attributes=self.MEDIA))
        assert entry.summary == "A caption"

    def test_a_link_to_something_else_is_not_its_own(self):
        body = ATOM.replace(
            'rel="enclosure" href="https://cdn.example/a.mp3"', 'rel="related" href="https://b.example/"'
        )
        assert one(body).url == "https://harbour.example/blog/posts/1"

    @pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "application/json"])
    def test_a_page_before_other_alternates(self, kind):
        links = f'<link type="{kind}" href="https://a.example/1.x"/><link type="text/html" href="https://a.example/1"/>'
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{links}</entry></feed>'
        assert one(body).url == "https://a.example/1"

    def test_marks_of_cdata_that_were_escaped(self):
        entry = one(rss("<title>&lt;![CDATA[A &lt;b&gt;B&lt;/b&gt;]]&gt;</title><guid>&lt;![CDATA[g]]&gt;</guid>"))
        assert (entry.title, entry.identity) == ("A B", "g")
        assert one(rss("<title>&amp;lt;![CDATA[A]]&amp;gt;</title>")).title == "A"

    @pytest.mark.parametrize(
        "before", ["[2026-06-08 09:30:00] feed.INFO: built [] []\n", "{notice}\n", "<b>Notice</b>: x\n", "# log\n"]
    )
    def test_lines_before_the_document(self, before):
        assert one(before + RSS_20).identity == "hp-1"
        assert one(before + JSON_FEED).identity == "1"

    def test_json_with_entities_and_names_in_any_form(self):
        authors = [{"name": "Lin Mei"}, "Tom Ode", {"url": "https://a.example"}]
        item = {"id": 1, "url": "https://a.example/1", "title": "China&#8217;s &amp; x <b>", "authors": authors}
        entry = one(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}))
        assert (entry.title, entry.authors) == ("China’s & x <b>", ("Lin Mei", "Tom Ode"))
