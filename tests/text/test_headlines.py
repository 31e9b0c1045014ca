"""What kind of article a headline announces."""

from __future__ import annotations

import pytest

from wirewatch.text.headlines import HeadlineFormat, headline_of, rows


@pytest.mark.parametrize(("kind", "example"), [(kind, example) for kind, _, example in rows()])
def test_each_line_of_the_file_matches_its_example(kind, example):
    found = headline_of(example)
    marks = {"statement": found.statement, "follows": found.follows}
    assert marks.get(kind, found.format == kind)


@pytest.mark.parametrize(
    "title",
    [
        "Norland sends two cutters to the Gull Shoals",
        "Council adopts its budget after a debate of nine hours",
        "Norlandia envía dos patrulleras al bajío",
        "诺兰派两艘巡逻船前往海鸥滩",
        "Three killed as ferry hits pier in Port Alma",
        "Watchdog fines bank over lost records",
        "Daily ferry service to resume in spring",
        "Minister opens quizzical exhibition",
    ],
)
def test_news_is_news(title):
    assert headline_of(title).format is HeadlineFormat.NEWS


def test_an_opinion_page_is_known_by_its_address():
    assert (
        headline_of("The treaty was a mistake", "https://a.example/opinion/2026/treaty").format
        is HeadlineFormat.OPINION
    )
    assert headline_of("The treaty was signed", "https://a.example/world/2026/treaty").format is HeadlineFormat.NEWS
    assert headline_of("Morning briefing: the treaty", "https://a.example/opinion/1").format is HeadlineFormat.STANDING
