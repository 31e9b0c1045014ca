"""Whose names become authors, and whose don't."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.articles import pages
from wirewatch.articles.extraction.extract import extract
from wirewatch.articles.extraction.person_names import names_in

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def authors(body: str = "", head: str = "") -> tuple[str, ...]:
    page = pages.page(f"<article><h1>{pages.TITLE}</h1>{body}{pages.paragraphs()}</article>", head=head)
    return extract(page, url="https://harbour.example/a", now=NOW).authors


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Mara Lindqvist, Staff Writer", ["Mara Lindqvist"]),
        ("Mara Lindqvist 20931", ["Mara Lindqvist"]),
        ("Mara Lindqvist (Reuters), Tomas Okafor", ["Mara Lindqvist", "Tomas Okafor"]),
        ("Tomas Okafor, Jr. and Ines Halvorsen, Ph.D.", ["Tomas Okafor, Jr.", "Ines Halvorsen, Ph.D."]),
        ("Mara Lindqvist in Manila and Tomas Okafor", ["Mara Lindqvist", "Tomas Okafor"]),
        ("Mara Lindqvist/Tomas Okafor", ["Mara Lindqvist", "Tomas Okafor"]),
        ("Abby Goodwill; Bya Toft", ["Abby Goodwill", "Bya Toft"]),
        ("Lindqvist, Mara", ["Lindqvist, Mara"]),
        ("dpa", ["dpa"]),
        ("mara@harbour.example", []),
        ("https://harbour.example/mara", []),
    ],
)
def test_names_in_a_byline(byline, names):
    assert names_in(byline) == names


@pytest.mark.parametrize(
    "json_ld",
    [
        '{"@type": "NewsArticle", "headline": "H", "author": {"name": "Mara Lindqvist"}};',
        '/* page */ {"@type": "NewsArticle", "headline": "H", "author": [{"name": "Mara Lindqvist"},]}',
        '{"@type": "NewsArticle", "headline": "H", "description": "He said "no" to it", "author": "Mara Lindqvist"}',
        '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "H", "author": "Mara Lindqvist"}',
        json.dumps(
            {"@type": "NewsArticle", "headline": "H", "author": {"givenName": "Mara", "familyName": "Lindqvist"}}
        ),
        json.dumps(
            {
                "@graph": [
                    {"@type": "Article", "headline": "H", "author": [{"@id": "#mara"}]},
                    {"@type": "Person", "@id": "#mara", "name": "Mara Lindqvist"},
                ]
            }
        ),
    ],
    ids=[
        "a semicolon",
        "a comment and a comma",
        "quotes in a string",
        "two objects",
        "given and family name",
        "a graph",
    ],
)
def test_json_ld_names_the_author(json_ld):
    assert authors(head=f'<script type="application/ld+json">{json_ld}</script>') == ("Mara Lindqvist",)


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="byline">By <a href="/m">Mara Lindqvist</a> | March 17, 2026 | <a href="/p">Print this</a></div>',
        '<div class="byline">Tuesday March 17, 2026 10:05 am PDT by Mara Lindqvist</div>',
        "<p>By Mara Lindqvist, Manila, March 17, 2026</p>",
        "<p>Mara Lindqvist | 17.03.2026</p>",
        '<div class="articleAuthors"><a href="/m">Mara Lindqvist</a></div>',
    ],
)
def test_a_printed_byline_is_read_without_its_date(byline):
    assert authors(byline) == ("Mara Lindqvist",)


@pytest.mark.parametrize(
    "stranger",
    [
        '<div class="teaser"><a href="/o">How the harbour lost its pilots</a>'
        '<span class="author">Tomas Okafor</span></div>',
        "<aside><h3>More</h3><p>What the pilots say, and what the harbour board makes of it, in eleven letters and two"
        ' meetings that nobody else was asked to.</p><span class="byline">By Tomas Okafor</span></aside>',
        '<div class="comments"><div class="comment"><span class="comment-author">Tomas Okafor</span>'
        "<p>No.</p></div></div>",
        '<section><p><a href="/o">Pilots of the harbour on strike again</a></p>'
        '<p class="author">Tomas Okafor</p></section>',
    ],
    ids=["teaser", "sidebar", "comment", "a link to another story"],
)
def test_a_stranger_is_no_author(stranger):
    agency = pages.json_ld(headline=pages.TITLE, author={"@type": "Organization", "name": "dpa"})
    page = pages.page(f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs()}</article>{stranger}", head=agency)
    assert extract(page, url="https://harbour.example/a", now=NOW).authors == ("dpa",)
    page = pages.page(f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs()}</article>{stranger}")
    assert extract(page, url="https://harbour.example/a", now=NOW).authors == ()


def test_names_that_run_together_are_parted_as_they_are_printed():
    printed = '<div class="authors"><a href="/m">Mara Lindqvist</a> <a href="/t">Tomas Okafor</a></div>'
    head = pages.json_ld(headline=pages.TITLE, author={"@type": "Person", "name": "Mara Lindqvist Tomas Okafor"})
    assert authors(printed, head) == ("Mara Lindqvist", "Tomas Okafor")


@pytest.mark.parametrize("name", ["Martin Oberndorfer", "Julia Decker", "Kumar Satish", "Monica Mayer"])
def test_names_that_begin_as_months_do_are_no_dates(name):
    byline = f"By {name} | Manila | March 17, 2026"
    page = pages.page(f"<article><h1>{pages.TITLE}</h1><p>{byline}</p>{pages.paragraphs()}</article>")
    article = extract(page, url="https://harbour.example/a", now=NOW)
    assert article.authors == (name,)
    assert article.text.split("\n") == list(pages.STORY)


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Escrito por"])
def test_the_writer_on_a_card_of_social_networks(label):
    head = f'<meta name="twitter:label1" content="{label}"><meta name="twitter:data1" content="Mara Lindqvist">'
    assert authors(head=head) == ("Mara Lindqvist",)
    other = '<meta name="twitter:label1" content="Reading time"><meta name="twitter:data1" content="Three Minutes">'
    assert authors(head=other) == ()


@pytest.mark.parametrize(
    "lines",
    [
        "<p>June 3, 2026</p><p>Mara Lindqvist</p>",
        "<div>Mara Lindqvist</div><div>3 June 2026 10:21</div><div>Three people were hurt</div>",
        "<p>Three people were hurt</p><p><strong>Mara Lindqvist</strong></p>",
    ],
)
def test_a_line_of_names_beside_the_date_or_above_the_story(lines):
    assert authors(lines) == ("Mara Lindqvist",)


@pytest.mark.parametrize(
    "lines",
    [
        "<p>June 3, 2026</p><p><a href='/local'>Local Affairs</a></p>",
        "<p>June 3, 2026</p><p>Local Affairs</p><aside><p>Local Affairs</p></aside>",
        "<p>June 3, 2026</p><p>Harbour Ferries Sail Again</p>",
        "<p>June 3, 2026</p><p>(left) Mara Lindqvist</p>",
        "<p>Mara Lindqvist</p><p>Three people were hurt</p><p>The ferries sail again</p>",
        "<p>June 3, 2026</p><p>Anadolu Ajansı</p>",
    ],
)
def test_other_short_lines_are_no_byline(lines):
    assert authors(lines) == ()


def test_a_line_of_the_page_that_says_author():
    assert authors("", "") == ()
    body = (
        f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs()}<ul><li><b>Author</b> Mara Lindqvist</li></ul></article>"
    )
    assert extract(pages.page(body), url="https://harbour.example/a", now=NOW).authors == ("Mara Lindqvist",)
