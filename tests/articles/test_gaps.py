"""Paragraphs that were lost inside of a story."""

import pytest
from lxml import html

from tests.articles.pages import STORY
from wirewatch.articles.extraction.gaps import with_lost_paragraphs
from wirewatch.text.html import blocks

ONE, TWO, THREE, FOUR = STORY


def tree(*parts):
    return html.fromstring(f"<html><body><div>{''.join(parts)}</div></body></html>")


def paragraph(text):
    return f"<p>{text}</p>"


def test_blocks_break_where_a_browser_does():
    page = tree(
        "loose <b>and</b> bold<p>one <a href='/x'>link</a></p>tail<br>next", "<ul><li>item<ul><li>in</li></ul></ul>"
    )
    assert [(block.element.tag, block.text, block.linked) for block in blocks(page)] == [
        ("div", "loose and bold", 0),
        ("p", "one link", 4),
        ("div", "tail", 0),
        ("div", "next", 0),
        ("li", "item", 0),
        ("li", "in", 0),
    ]


def test_deep_pages_are_walked():
    deep = html.Element("div")
    inner = deep
    for _ in range(5000):
        inner = html.etree.SubElement(inner, "div")
    inner.text = "bottom"
    assert [block.text for block in blocks(deep)] == ["bottom"]


@pytest.mark.parametrize(
    ("page", "lines", "expected"),
    [
        ((paragraph(ONE), paragraph(TWO), paragraph(THREE)), (ONE, THREE), (ONE, TWO, THREE)),
        ((paragraph(ONE), TWO, paragraph(THREE)), (ONE, THREE), (ONE, TWO, THREE)),
        ((paragraph(ONE), f"<ul><li>{TWO}</li></ul>", paragraph(THREE)), (ONE, THREE), (ONE, TWO, THREE)),
        ((paragraph(ONE), paragraph(ONE), paragraph(ONE)), (ONE,), (ONE, ONE, ONE)),
        ((paragraph(ONE), paragraph(ONE)), (ONE, ONE), (ONE, ONE)),
        ((paragraph(ONE.replace(" ", "\n", 1)), paragraph(TWO)), (*ONE.split(" ", 1), TWO), (ONE, TWO)),
    ],
    ids=["paragraph", "loose", "list", "repeated", "repeated and found", "cut by the page's own line breaks"],
)
def test_what_was_lost_is_put_back_in_its_place(page, lines, expected):
    assert with_lost_paragraphs(tree(*page), lines) == list(expected)


@pytest.mark.parametrize(
    "page",
    [
        (paragraph(FOUR), paragraph(ONE), paragraph(THREE)),
        (paragraph(ONE), paragraph(THREE), paragraph(FOUR)),
        (paragraph(ONE), paragraph("A short caption."), paragraph(THREE)),
        (paragraph(ONE), paragraph(f"<a href='/x'>{TWO.removesuffix('.')}</a>"), paragraph(THREE)),
        (paragraph(ONE), f"<section>{paragraph(TWO)}</section>", paragraph(THREE)),
        (f"<section>{paragraph(ONE)}</section>", paragraph(TWO), f"<section>{paragraph(THREE)}</section>"),
    ],
    ids=["before the story", "after it", "short", "a link", "in a box", "between boxes"],
)
def test_what_is_not_between_paragraphs_of_the_story_stays_out(page):
    assert with_lost_paragraphs(tree(*page), (ONE, THREE)) == [ONE, THREE]


def test_a_sentence_that_is_all_a_link_is_text_between_paragraphs():
    page = tree(paragraph(ONE), paragraph(f"<a href='/x'>{TWO}</a>"), paragraph(THREE))
    assert with_lost_paragraphs(page, (ONE, THREE)) == [ONE, TWO, THREE]


def test_places_of_the_kind_that_holds_the_story_are_the_story():
    columns = [f"<section class='row'><div class='body'>{paragraph(text)}</div></section>" for text in STORY]
    other = f"<section class='row'><div class='rail'>{paragraph('An offer of ours that runs on. ' * 4)}</div></section>"
    page = tree(columns[0], columns[1], other, columns[2], columns[3])
    assert with_lost_paragraphs(page, (ONE, TWO)) == list(STORY)


def test_another_article_of_the_page_is_no_column():
    articles = [
        f"<article><div class='body'>{paragraph(one)}{paragraph(two)}</div></article>"
        for one, two in ((ONE, TWO), (THREE, FOUR))
    ]
    assert with_lost_paragraphs(tree(*articles), (ONE, TWO)) == [ONE, TWO]


def test_lines_stand_in_the_order_of_the_page():
    assert with_lost_paragraphs(tree(*map(paragraph, STORY)), (THREE, ONE, "a line", TWO, FOUR)) == [
        ONE, "a line", TWO, THREE, FOUR,
    ]  # fmt: skip
