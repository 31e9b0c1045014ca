"""Each page holds its article, between the boilerplate, where an extractor can find it."""

from __future__ import annotations

import html

import pytest
import trafilatura

from tests.demo.test_stories import words
from wirewatch.demo.sample_web import pages
from wirewatch.demo.sample_web.outlets import outlets
from wirewatch.demo.sample_web.stories import WEEK_END, articles

READABLE = [article for article in articles().values() if article.layout in ("article", "live", "listing")]


@pytest.mark.parametrize("article", READABLE, ids=lambda article: article.id)
def test_the_text_can_be_extracted(article):
    body, _ = pages.render(article, 80)
    found = words(trafilatura.extract(body, include_comments=False) or "", article.outlet.chinese)
    wanted = words(article.text, article.outlet.chinese)
    assert len(found & wanted) >= 0.9 * len(wanted)
    page = html.unescape(body.decode(article.outlet.encoding))
    assert article.title in page
    assert all(author in page for author in article.authors)


def test_amp_pages_name_their_canonical_page():
    article = articles()["talks"]
    page, amp = (html.unescape(pages.render(article, 80, amp=amp)[0].decode()) for amp in (False, True))
    url = f"http://{article.outlet.address}:80{article.path}"
    assert f'rel="amphtml" href="{url}amp/"' in page
    assert f'rel="canonical" href="{url}"' in amp
    assert all(paragraph in amp for paragraph in article.paragraphs)


def test_encodings_are_those_declared():
    gbk, kind = pages.render(articles()["talks-jinghai"], 80)
    assert "charset=gbk" in kind
    assert "美军印太司令部" in gbk.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        gbk.decode("utf-8")
    western, _ = pages.render(articles()["porcelain"], 80)
    assert "£41,000" in western.decode("windows-1252")


def test_the_no_date_page_has_no_date():
    body, _ = pages.render(articles()["talks-courier"], 80)
    assert b"2026" not in body


def test_a_paywall_shows_its_first_paragraph_only():
    article = articles()["exclusive-paywall"]
    body = pages.render(article, 80)[0].decode()
    assert article.paragraphs[0] in body
    assert "Subscribe to continue reading" in body


def test_the_pdf_is_one():
    body, kind = pages.render(articles()["factsheet"], 80)
    assert kind == "application/pdf"
    assert body.startswith(b"%PDF-1.4")
    table = int(body.rsplit(b"startxref\n", 1)[1].split()[0])
    assert body[table:].startswith(b"xref")


@pytest.mark.parametrize("outlet", outlets().values(), ids=lambda outlet: outlet.key)
def test_front_pages_link_everything(outlet):
    body = pages.front(outlet, WEEK_END)[0].decode(outlet.encoding)
    for article in articles().values():
        assert (f'href="{article.path}"' in body) == (article.outlet == outlet)


CREDITS = {
    "AP": ("AP", "Associated Press", "美联社", "美聯社"),
    "AFP": ("AFP",),
    "CNA": ("中央社",),
    "Meridian Wire": ("Meridian",),
    "Reuters": ("Reuters",),
    "Xinhua": ("Xinhua",),
}


@pytest.mark.parametrize("article", [a for a in READABLE if a.credit], ids=lambda article: article.id)
def test_a_credited_agency_is_named_on_the_page(article):
    body = pages.render(article, 80)[0].decode(article.outlet.encoding)
    assert any(name in body for name in CREDITS[article.credit])


@pytest.mark.parametrize("article", [a for a in READABLE if a.of and not a.credit], ids=lambda article: article.id)
def test_a_copy_without_credit_names_none(article):
    """Where the truth says that no agency is credited, the head and the first paragraph name none."""
    shown = " ".join([*article.authors, article.paragraphs[0]])
    assert not any(name in shown for names in CREDITS.values() for name in names)
