"""Faults that people who extract news reported of other tools, made into small pages: each is read as it should be.

A case is a folder: `page.html`, and `case.json` with the symptom, the address and what should be read.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wirewatch.articles.extraction.extract import extract
from wirewatch.errors import ExtractionError
from wirewatch.records import ExtractedArticle

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def cases():
    return [pytest.param(folder, id=folder.name) for folder in sorted(CASES.iterdir())]


@pytest.mark.parametrize("folder", cases())
def test_case(folder: Path):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    page, expected = (folder / "page.html").read_bytes(), case["expected"]
    if reason := expected["reason"]:
        with pytest.raises(ExtractionError) as refused:
            extract(page, url=case["url"], now=NOW)
        assert refused.value.reason == reason
        return
    article = extract(page, url=case["url"], now=NOW)
    assert squeezed(article.title) == squeezed(expected["title"])
    assert list(article.authors) == expected["authors"]
    assert is_dated(article, expected["date"])
    assert missing_and_extra(article.text, expected["text"]) == ([], [])
    assert in_order(article.text, expected["text"])


def squeezed(text: str) -> str:
    return " ".join(text.split())


def is_dated(article: ExtractedArticle, date: str | None) -> bool:
    """A date alone is right when the day is, whatever the zone."""
    if date is None or article.published_at is None:
        return article.published_at is None and date is None
    if len(date) == len("2026-03-17"):
        return article.published_at.date().isoformat() == date
    return article.published_at == datetime.fromisoformat(date)


def missing_and_extra(text: str, paragraphs: list[str]) -> tuple[list[str], list[str]]:
    """The paragraphs that `text` lacks, and what it holds beside them."""
    whole = rest = squeezed(text)
    missing = [paragraph for paragraph in paragraphs if squeezed(paragraph) not in whole]
    for paragraph in sorted(paragraphs, key=len, reverse=True):
        rest = rest.replace(squeezed(paragraph), "\0", 1)
    return missing, [part for part in rest.split("\0") if len(re.sub(r"\W+", "", part)) > 2]


def in_order(text: str, paragraphs: list[str]) -> bool:
    whole = squeezed(text)
    places = [whole.find(squeezed(paragraph)) for paragraph in paragraphs if len(paragraph) > 25]
    return places == sorted(places)
