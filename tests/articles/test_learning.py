"""Repeated lines, and the guards against taking a story for them."""

from __future__ import annotations

from wirewatch.articles.site_boilerplate import repeated_lines

BACKGROUND = (
    "The island has governed itself since 1949, while the mainland claims it and has never renounced force to take it."
)
BOX = "Sign up for the morning letter"


def stories(n: int, *lines: str, every: int = 1) -> list[str]:
    return [
        "\n".join((f"Lead of story {k}.", *(lines if k % every == 0 else ()), f"End of story {k}.")) for k in range(n)
    ]


def test_a_box_on_every_page_is_found_and_nothing_else():
    assert repeated_lines(stories(10, BOX)) == {BOX: 10}


def test_the_same_box_in_another_spelling_is_the_same_line():
    texts = [*stories(5, BOX), *(text.replace("story", "tale") for text in stories(5, BOX.upper() + "!"))]
    assert list(repeated_lines(texts).values()) == [10]


def test_few_articles_teach_nothing():
    assert repeated_lines(stories(5, BOX)) == {}


def test_copies_of_one_report_teach_nothing():
    assert repeated_lines(stories(1, BOX) * 40) == {}


def test_a_background_paragraph_of_an_agency_is_no_box():
    assert repeated_lines(stories(30, BACKGROUND, every=3)) == {}


def test_a_long_line_on_most_pages_is_one():
    assert repeated_lines(stories(30, BACKGROUND)) == {BACKGROUND: 30}


def test_a_line_that_a_few_stories_share_is_none():
    assert repeated_lines(stories(40, "What we know so far", every=10)) == {}
