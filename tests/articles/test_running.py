"""The paragraphs that run on, and pages that are plainly built of them."""

from lxml import html

from tests.articles.pages import STORY, paragraphs
from wirewatch.articles.extraction.main_text import find_main_text
from wirewatch.articles.extraction.running import alone, is_plain, running_paragraphs

LONG = [f"{text} {text}" for text in STORY]


def page(*parts):
    return html.fromstring(f"<html><body>{''.join(parts)}</body></html>")


def plain(tree):
    return is_plain(running_paragraphs(tree))


def test_a_page_with_its_story_in_one_element_is_plain():
    tree = page(
        "<div><h1>Headline</h1><p>By Jane Roe</p>",
        paragraphs(*LONG[:2]),
        "<div>Image</div><h2>Autumn</h2>",
        paragraphs(*LONG[2:]),
        "<ul><li>short item</li></ul></div>",
    )
    assert plain(tree)


def test_the_home_alone_is_an_article_and_the_page_stays_as_it_is():
    tree = page("<p>before</p><div class='sidebar'>", paragraphs(*LONG), "</div>after")
    before = html.tostring(tree, encoding="unicode")
    document = alone(running_paragraphs(tree).home)
    assert (
        html.tostring(document, encoding="unicode")
        == f"<html><body><article>{paragraphs(*LONG)}</article></body></html>"
    )
    assert html.tostring(tree, encoding="unicode") == before


def test_the_story_of_a_plain_page_is_what_its_home_holds():
    tree = page("<p>Read this first, it says.</p><div>", paragraphs(*LONG, "A short end."), "</div><div>more</div>")
    assert find_main_text(tree, (), "https://a.example/1").lines == (*LONG, "A short end.")


def test_the_home_is_the_element_that_holds_most():
    running = running_paragraphs(page("<div id='a'>", paragraphs(*LONG), "</div><div>", paragraphs(LONG[0]), "</div>"))
    assert running.home.get("id") == "a"
    assert running.paragraphs == tuple(LONG)
    assert round(running.share, 1) == 0.8


def test_a_page_is_not_plain_when_half_of_what_runs_on_stands_elsewhere():
    parts = (f"<div><div>{paragraphs(*LONG[n : n + 2])}</div></div>" for n in (0, 2))
    assert plain(page("<div>", *parts, "</div>")) is False


def test_a_page_is_not_plain_when_much_of_the_home_is_no_paragraph():
    assert plain(page("<div>", paragraphs(*LONG), "<div>", " ".join(LONG[:2]), "</div></div>")) is False


def test_little_text_and_few_paragraphs_are_no_plain_story():
    assert plain(page("<div>", paragraphs(*LONG[:2]), "</div>")) is False
    assert plain(page("<div>", paragraphs(*(text[:100] for text in STORY)), "</div>")) is False
    assert plain(page("<div>Nothing here.</div>")) is False
