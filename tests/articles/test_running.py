"""The paragraphs that run on, and the story of a plainly built page."""

from lxml import html

from tests.articles.pages import STORY, paragraphs
from wirewatch.articles.running import plain_story, running_paragraphs

LONG = [f"{text} {text}" for text in STORY]


def page(*parts):
    return html.fromstring(f"<html><body>{''.join(parts)}</body></html>")


def story_of(tree):
    return plain_story(running_paragraphs(tree))


def test_a_plain_story_is_what_stands_beside_its_paragraphs():
    tree = page(
        "<div><h1>Headline</h1><p>By Jane Roe</p>",
        paragraphs(*LONG[:2]),
        "<div>Image</div><h2>Autumn</h2>",
        paragraphs(*LONG[2:]),
        "<ul><li>short item</li></ul><h3>More news</h3></div>",
    )
    assert story_of(tree) == ["Headline", "By Jane Roe", *LONG[:2], "Autumn", *LONG[2:], "short item"]


def test_links_in_the_story_stay_and_what_is_only_links_goes():
    linked = LONG[1].replace("fleet commands", "<a href='/f'>fleet commands</a>")
    tree = page("<div>", paragraphs(LONG[0], linked, "<a href='/x'>Also of interest</a>", *LONG[2:]), "</div>")
    assert story_of(tree) == LONG


def test_a_linked_heading_stays_only_above_what_runs_on():
    heading = "<h2><a href='/n'>{}</a></h2>".format
    tree = page(
        "<div>", heading("First"), paragraphs(*LONG), heading("Second"), paragraphs("Short."), "<p>Ends.</p></div>"
    )
    assert story_of(tree) == ["First", *LONG, "Short.", "Ends."]


def test_the_home_is_the_element_that_holds_most():
    running = running_paragraphs(page("<div id='a'>", paragraphs(*LONG), "</div><div>", paragraphs(LONG[0]), "</div>"))
    assert running.home.get("id") == "a"
    assert running.paragraphs == tuple(LONG)
    assert round(running.share, 1) == 0.8


def test_a_page_is_not_plain_when_half_of_what_runs_on_stands_elsewhere():
    parts = (f"<div><div>{paragraphs(*LONG[n : n + 2])}</div></div>" for n in (0, 2))
    assert story_of(page("<div>", *parts, "</div>")) is None


def test_a_page_is_not_plain_when_much_of_the_home_is_no_paragraph():
    assert story_of(page("<div>", paragraphs(*LONG), "<div>", " ".join(LONG[:2]), "</div></div>")) is None


def test_little_text_and_few_paragraphs_are_no_plain_story():
    assert story_of(page("<div>", paragraphs(*LONG[:2]), "</div>")) is None
    assert story_of(page("<div>", paragraphs(*(text[:100] for text in STORY)), "</div>")) is None
    assert story_of(page("<div>Nothing here.</div>")) is None
