"""What kind of article a headline announces: news, or what is written around it. Pure but for its own data file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from wirewatch.text.folding import fold

_FILE = Path(__file__).with_name("headlines.tsv")


class HeadlineFormat(StrEnum):
    """What an article is, by its headline and address."""

    NEWS = "news"
    BACKGROUND = "background"
    """Explains, shows or gathers what belongs to an event: `What we know about …`, `In pictures: …`."""
    OPINION = "opinion"
    """Belongs to the event that it speaks of, where there is one."""
    STANDING = "standing"
    """Of many things, or of none: round-ups, newsletters, quizzes, daily lists."""


_FORMATS = (HeadlineFormat.STANDING, HeadlineFormat.OPINION, HeadlineFormat.BACKGROUND)
"""The first that matches counts."""

_OPINION_ADDRESS = re.compile(
    r"/(?:opinions?|commentisfree|comment|editorials?|columnists?|op-ed|opiniones|tribuna|idees)/", re.IGNORECASE
)


_OF_MANY = re.compile(
    r"^(?:\W*\w+\W+){0,12}?(?:(?:newsletter|round-?up)\b|\{beacon\})"
    r"|\bis a (?:weekly|daily) (?:podcast|newsletter|show)\b"
    r"|\b(?:welcome to|this is|stay up to date with|you're reading) .{0,60}\b(?:newsletter|briefing|podcast)\b"
)
"""How newsletters and programmes begin; the pattern meets folded text."""

_BEGINNING = 300
"""Characters of a text in which they say so."""

_PHOTO_CREDIT = re.compile(r"\b(?:AP|AFP|Reuters|EPA|Getty|Xinhua)(?:/| )(?:Photo|Images)\b|via (?:AP|Getty)|\(Photo")
_CREDITS = 4
_CREDIT_EVERY = 400
"""Characters: a text with so many photo credits and so little between them is a gallery."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a headline says about its article."""

    format: HeadlineFormat
    statement: bool
    """Somebody says or does something about what happened."""
    follows: bool
    """It names an earlier happening only as its background (`… after the raid`)."""


def headline_of(title: str, url: str = "", text: str = "") -> Headline:
    """What the headline `title` of the article at `url` announces; how its `text` begins may tell a newsletter."""
    folded = fold(title).strip()
    patterns = _patterns()
    found = next((kind for kind in _FORMATS if patterns[kind].search(folded)), HeadlineFormat.NEWS)
    credits_ = len(_PHOTO_CREDIT.findall(text))
    gallery = credits_ >= _CREDITS and len(text) <= credits_ * _CREDIT_EVERY
    if gallery or _OF_MANY.search(fold(text[:_BEGINNING])):
        found = HeadlineFormat.STANDING
    if found is not HeadlineFormat.STANDING and _OPINION_ADDRESS.search(url):
        found = HeadlineFormat.OPINION
    return Headline(found, bool(patterns["statement"].search(folded)), bool(patterns["follows"].search(folded)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    by_kind: dict[str, list[str]] = {}
    for kind, pattern, _ in rows():
        by_kind.setdefault(kind, []).append(pattern)
    return {kind: re.compile("|".join(patterns)) for kind, patterns in by_kind.items()}


def rows() -> list[tuple[str, str, str]]:
    """(kind, pattern, example) of each line of the file."""
    found = []
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, pattern, example = line.split("\t")
            found.append((kind, pattern, example))
    return found
