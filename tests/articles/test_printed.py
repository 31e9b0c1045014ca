"""What is printed around a headline: the headline itself, and the date of the page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.articles import pages
from wirewatch.articles.extraction.extract import extract
from wirewatch.articles.extraction.page_dates import date_in

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def read(body: str, head: str = ""):
    return extract(pages.page(body, head=head), url="https://harbour.example/a", now=NOW)


@pytest.mark.parametrize(
    ("line", "writing"),
    [
        ("发布时间：2026-03-17 17:20　来源：海港报", "2026-03-17 17:20"),
        ("Posted on March 17, 2026 by Mara Lindqvist", "March 17, 2026"),
        ("17/03/2026 01:57 | Updated on 18/03/2026 19:20", "17/03/2026 01:57"),
        ("Do 25.04.24 | 14:07 Uhr | Von Mara Lindqvist", "25.04.24 14:07 Uhr"),
        ("3/III/2024 o 10:30", "3/III/2024 10:30"),
        ("Anna Nowak | 3 VI 2024, godz. 10:30", "3 VI 2024 10:30"),
        ("记者 王小明 2026年3月17日星期二下午2:05 来源：港湾报", "2026年3月17日 下午 2:05"),
        ("2026年3月17日（火） 午後2時5分", "2026年3月17日 午後 2時5分"),
        ("午後2時半 2026年3月17日", "2026年3月17日 午後2時半"),
        ("令和8年3月17日正午", "令和8年3月17日 正午"),
        ("2026년 3월 17일오후 2:05", "2026년 3월 17일 오후 2:05"),
        ("Updated: 3 June 2026", None),
        ("Eleven of 24 boats came back", None),
        ("© 2026 Harbour Press", None),
    ],
)
def test_the_date_of_a_line(line, writing):
    assert date_in(line) == writing


@pytest.mark.parametrize("line", ["<p>Manila, 17 March 2026</p>", "<div>Posted on 2026/03/17 | 4 comments</div>"])
def test_a_line_under_the_headline_dates_the_page(line):
    article = read(f"<article><h1>{pages.TITLE}</h1>{line}{pages.paragraphs()}</article>")
    assert article.published_at is not None
    assert article.published_at.date() == date(2026, 3, 17)
    assert article.published_source == "html:text"


def test_dates_in_comments_and_in_the_story_are_not_the_pages():
    told = "The ministry had announced the talks on 17 March 2026, after the second collision of the year."
    comments = '<div class="comments"><div class="comment"><span class="date">17 March 2026, 10:09</span></div></div>'
    article = read(f"<article><h1>{pages.TITLE}</h1>{pages.paragraphs(told, *pages.STORY)}</article>{comments}")
    assert article.published_at is None


def test_a_first_heading_in_a_path_of_links_is_not_the_headline():
    path = '<ul class="breadcrumb"><li><a href="/">Home</a></li><li><h1>Navy hotline: all you need</h1></li></ul>'
    printed = f"<h2><span>Navies</span><span>{pages.TITLE}</span></h2>"
    head = f'<meta property="og:title" content="{pages.TITLE}">{pages.json_ld(headline="Navy hotline: all you need")}'
    article = read(f"{path}<article>{printed}{pages.paragraphs()}</article>", head)
    assert (article.title, article.title_source) == (pages.TITLE, "html:heading")


def test_a_title_that_is_not_printed_says_where_it_stands():
    article = read(f"<article>{pages.paragraphs()}</article>", pages.json_ld(headline=pages.TITLE))
    assert (article.title, article.title_source) == (pages.TITLE, "html:json-ld")


OLD_PAGE = """<html><head><title>{title}</title></head><body><table>
<tr><td><font size=6>The Hill Gazette</font></td></tr><tr><td><font size=5><b>{headline}</b></font><br>
<font size=2>Tuesday 3 March 2026{more}</font><br><br><font>{text}</font></td></tr></table></body></html>"""
STORY = "<br><br>".join(
    f"The mayor said in part {n} of the speech that the bridge over the river would open again in the spring."
    for n in range(4)
)


def read_page(page: str, feed_title: str | None = None):
    return extract(page, url="https://harbour.example/a", now=NOW, feed_title=feed_title)


@pytest.mark.parametrize("title", ["Hill Gazette - {}", "{} | Hill Gazette", "{} – The Hill Gazette", "{}"])
@pytest.mark.parametrize("more", ["", " - Clive Oddy"])
def test_a_page_without_headings_is_headed_by_its_bold_line(title, more):
    headline = "Bridge opens again - at last"
    article = read_page(OLD_PAGE.format(title=title.format(headline), headline=headline, more=more, text=STORY))
    assert (article.title, article.title_source) == (headline, "html:heading")
    assert article.text.startswith("The mayor said in part 0")
    assert article.published_at.date().isoformat() == "2026-03-03"
    assert article.authors == (("Clive Oddy",) if more else ())


def test_a_bold_word_or_the_name_of_the_site_is_no_heading():
    title = "Bridge opens again after a winter of repairs | The Hill Gazette"
    body = "<b>The Hill Gazette</b><p><b>Bridge opens</b> " + STORY.replace("<br><br>", "<p>")
    article = read_page(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    assert article.title == "Bridge opens again after a winter of repairs"


@pytest.mark.parametrize("title", ["Hill Gazette - Bridge opens again", "Bridge opens again | Hill Gazette"])
def test_the_name_of_the_site_goes_where_the_feed_has_the_headline_alone(title):
    page = f"<html><head><title>{title}</title></head><body><p>{STORY.replace('<br><br>', '<p>')}</body></html>"
    assert read_page(page, "Bridge opens again").title == "Bridge opens again"
