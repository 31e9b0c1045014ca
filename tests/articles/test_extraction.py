"""A page to an article, on pages of our own writing."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.articles import pages
from wirewatch.articles.extraction.boilerplate import line_hash
from wirewatch.articles.extraction.extract import EXTRACTOR, extract
from wirewatch.errors import ExtractionError
from wirewatch.records import DropReason
from wirewatch.text.dates import candidate

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
URL = "https://www.harbour.example/2026/06/03/emergency-line/"


def read(page, **arguments):
    return extract(page, **{"url": URL, "now": NOW, **arguments})


def test_a_blog_page_gives_its_story_and_nothing_else():
    article = read(pages.WORDPRESS)
    assert article.text.split("\n") == list(pages.STORY)
    assert article.title == pages.TITLE
    assert article.authors == ("Jane Roe",)
    assert article.canonical_url == "https://www.harbour.example/2026/06/03/emergency-line/"
    assert article.published_at == datetime(2026, 6, 3, 7, 15, tzinfo=UTC)
    assert article.published_source == "html:time"
    assert article.language == "en"
    assert article.extractor == EXTRACTOR


def test_json_ld_tells_the_story_from_an_appeal_and_the_standfirst_is_kept():
    article = read(pages.JSON_LD)
    assert article.text.split("\n") == [pages.STANDFIRST, *pages.STORY]
    assert article.authors == ("Jane Roe", "John Doe")
    assert article.published_source == "html:json-ld"
    assert article.modified_at == datetime(2026, 6, 3, 9, tzinfo=UTC)
    assert article.section == "World"
    assert article.canonical_url == URL


def test_a_body_that_is_only_a_teaser_cuts_nothing():
    page = pages.page(
        f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs()}</article>",
        head=pages.json_ld(headline=pages.TITLE, articleBody=pages.STORY[0]),
    )
    assert read(page).text.split("\n") == list(pages.STORY)


def test_a_body_that_the_page_does_not_show_is_taken_from_json_ld():
    page = pages.page(
        f"<article><h1>{pages.TITLE}</h1><p>{pages.STORY[0]}</p><div id='app'></div></article>",
        head=pages.json_ld(headline=pages.TITLE, articleBody="<p>" + "</p><p>".join(pages.STORY) + "</p>"),
    )
    assert read(page).text.split("\n") == list(pages.STORY)


def test_a_paragraph_that_repeats_the_one_before_is_kept():
    page = pages.page(f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs(*pages.STORY, pages.STORY[-1])}</article>")
    assert read(page).text.split("\n") == [*pages.STORY, pages.STORY[-1]]


def test_a_gallery_in_a_story_is_left_out_and_a_gallery_alone_is_read():
    captions = pages.paragraphs(*(f"Caption {n}: {text}" for n, text in enumerate(pages.STORY)))
    gallery = f"<div class='full-gallery'><ul>{captions}</ul></div>"
    story = pages.page(f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs()}{gallery}</article>")
    assert read(story).text.split("\n") == list(pages.STORY)
    alone = pages.page(f"<article><h1>{pages.TITLE}</h1>{gallery}</article>")
    assert "Caption 3" in read(alone).text


@pytest.mark.parametrize(
    ("json_ld", "social", "title", "heading", "expected"),
    [
        (f"Naval talks: {pages.TITLE}", pages.TITLE, "x", f"Naval talks: {pages.TITLE}", pages.TITLE),
        (f"{pages.TITLE} at sea", pages.TITLE, "x", f"{pages.TITLE} at sea", pages.TITLE),
        (f"{pages.TITLE} at sea", f"{pages.TITLE}…", "x", "", f"{pages.TITLE} at sea"),
        (f"{pages.TITLE} at sea", f"{pages.TITLE} at se", "x", "", f"{pages.TITLE} at sea"),
        ("Navy hotline explained", pages.TITLE, "Navy hotline explained | Post", pages.TITLE, pages.TITLE),
        ("Navies agree on hotline", pages.TITLE, pages.TITLE, pages.TITLE, pages.TITLE),
        ("Navies agree on hotline", pages.TITLE, pages.TITLE, "Navies agree on hotline", "Navies agree on hotline"),
        (f"{pages.TITLE} at sea", "Two navies", "x", "", f"{pages.TITLE} at sea"),
    ],
)
def test_the_headline_is_the_one_that_readers_see(json_ld, social, title, heading, expected):
    head = f'<meta property="og:title" content="{social}">{pages.json_ld(headline=json_ld)}'
    page = pages.page(f"<article><h1>{heading}</h1>{pages.paragraphs()}</article>", head=head)
    assert read(page.replace("<title>x<", f"<title>{title}<")).title == expected


@pytest.mark.parametrize(
    ("declared", "byline", "expected"),
    [
        ({"@type": "Organization", "name": "Harbour Press"}, "By Jane Roe", ("Jane Roe",)),
        ({"@type": "Person", "name": "harbour.example"}, "Jane Roe and John Doe", ("Jane Roe", "John Doe")),
        ({"@type": "Organization", "name": "Harbour Press"}, "Share on Twitter", ("Harbour Press",)),
        ({"@type": "Organization", "name": "Harbour Press"}, "HARBOUR NEWSROOM", ("Harbour Press",)),
        ({"@type": "Person", "name": "Ana Torres"}, "By Jane Roe", ("Ana Torres",)),
    ],
)
def test_a_printed_byline_counts_where_only_the_house_is_declared(declared, byline, expected):
    page = pages.page(
        f"<article><h1>{pages.TITLE}</h1><div class='byline'>{byline}</div>{pages.paragraphs()}</article>",
        head=pages.json_ld(headline=pages.TITLE, author=declared),
    )
    assert read(page).authors == expected


def test_a_live_blog_keeps_all_posts():
    text = read(pages.LIVE_BLOG).text
    assert all(part in text for part in pages.STORY)


def test_a_flash_is_kept():
    article = read(pages.FLASH)
    assert article.text == "URGENT: Two navies agree on emergency line, ministry says."


def test_a_chinese_page_in_its_old_encoding():
    article = read(pages.CHINESE, zone="Asia/Shanghai")
    assert article.title == "两国海军同意设立紧急热线"
    assert article.text.startswith("新华社首都6月3日电 两国海军军官")
    assert "责任编辑" not in article.text
    assert article.language == "zh"
    assert article.wire == "Xinhua"
    assert article.published_at.isoformat() == "2026-06-03T00:00:00+08:00"


def test_a_wire_credit_is_read_from_a_line_that_is_dropped():
    page = pages.page(f"<h1>x</h1>{pages.paragraphs()}<p>© 2026 The Associated Press. All rights reserved.</p>")
    article = read(page)
    assert article.wire == "AP"
    assert "rights reserved" not in article.text


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"", DropReason.NOT_HTML),
        (b"\x00\x01\x02", DropReason.NOT_HTML),
        ("<html><body></body></html>", DropReason.NO_TEXT),
        ("<html><body><div id='root'></div><p>Loading…</p></body></html>", DropReason.NO_TEXT),
        (pages.CHALLENGE, DropReason.BOT_WALL),
        (pages.STUB, DropReason.PAYWALL),
        (pages.INDEX, DropReason.NOT_ARTICLE),
        (pages.VIDEO, DropReason.NOT_ARTICLE),
    ],
)
def test_what_is_no_article_is_said_so(page, reason):
    with pytest.raises(ExtractionError) as refused:
        read(page)
    assert refused.value.reason == reason
    assert URL in str(refused.value)


def test_a_story_about_captchas_or_behind_a_meter_is_an_article():
    page = pages.page(
        f"<h1>Captcha: are you a robot?</h1>{pages.paragraphs()}<p>Subscribe to continue reading</p>",
        head=pages.json_ld(headline="Captcha: are you a robot?", isAccessibleForFree=False),
    )
    assert read(page).title == "Captcha: are you a robot?"


def test_lines_that_the_host_repeats_go():
    line = "The Harbour Press has been written in the old pilots' house since 1907."
    page = pages.page(f"<h1>{pages.TITLE}</h1>{pages.paragraphs(*pages.STORY, line)}")
    assert line in read(page).text
    assert line not in read(page, repeated_lines=frozenset({line_hash(line)})).text


def test_the_feed_fills_what_the_page_lacks():
    page = pages.page(pages.paragraphs(), lang="").replace("<title>x</title>", "")
    said = candidate("feed:published", "Wed, 03 Jun 2026 08:00:00 GMT", now=NOW)
    article = read(page, url="https://harbour.example/a", feed_title="Two navies agree", feed_dates=[said])
    assert article.title == "Two navies agree"
    assert (article.published_at, article.published_source) == (said.value, "feed:published")


def test_a_page_without_a_date_has_none():
    article = read(
        pages.page(pages.paragraphs()), url="https://harbour.example/a", last_modified="Wed, 03 Jun 2026 11:00:00 GMT"
    )
    assert (article.published_at, article.published_source) == (None, None)
    assert [date.source for date in article.dates] == ["http:last-modified"]


def test_dates_of_the_future_are_recorded_and_not_believed():
    page = pages.page(pages.paragraphs(), head='<meta name="date" content="2026-09-01T00:00:00Z">')
    article = read(page)
    assert article.published_source == "url"
    assert [(date.source, date.rejected) for date in article.dates] == [("html:meta", "future"), ("url", None)]


@pytest.mark.parametrize(
    ("declared", "feed", "text", "language"),
    [
        ("en", None, " ".join(pages.STORY), "en"),
        ("de-DE", None, " ".join(pages.STORY), "en"),
        (None, "fr", "Accord.", "fr"),
        ("zh-Hant-TW", "en", "兩國海軍同意", "zh"),
        ("nb-NO", None, "Marinen og forsvaret sier at skipene skal møtes igjen til høsten. " * 5, "no"),
    ],
)
def test_language_is_reconciled(declared, feed, text, language):
    from wirewatch.text.language import article_language

    assert article_language(text, declared, feed) == language


def test_nothing_in_an_article_is_unstorable():
    page = pages.page(f"<h1>{pages.TITLE}\x00</h1>{pages.paragraphs()}<p>{pages.STORY[0]} \ud800 and \x00 more.</p>")
    article = read(page)
    for value in dataclasses.asdict(article).values():
        assert "\x00" not in str(value)
        str(value).encode()


def test_extraction_does_not_depend_on_what_was_read_before():
    first = read(pages.WORDPRESS)
    for page in (pages.JSON_LD, pages.LIVE_BLOG, pages.CHINESE):
        read(page)
    assert read(pages.WORDPRESS) == first


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=600), st.text(max_size=600)))
def test_any_page_is_an_article_or_refused(page):
    try:
        article = read(b"<html><body>" + page if isinstance(page, bytes) else "<html><body>" + page)
    except ExtractionError:
        return
    assert article.text.strip()


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda parts: (
            st.lists(parts, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "@graph",
                        "headline",
                        "author",
                        "name",
                        "datePublished",
                        "articleBody",
                        "url",
                        "description",
                        "mainEntityOfPage",
                        "articleSection",
                        "isAccessibleForFree",
                        "publisher",
                    ]
                ),
                parts,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_ld_is_read(content):
    import json

    script = f'<script type="application/ld+json">{json.dumps(content)}</script>'
    assert read(pages.page(pages.paragraphs(), head=script)).text
