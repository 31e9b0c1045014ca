"""What kind of article a headline announces: news, or what is written around it. Pure but for its own data file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from wirewatch.text.folding import fold

_FILE = Path(__file__).with_name("headlines.tsv")


class Format(StrEnum):
    """What an article is, by its headline and address."""

    NEWS = "news"
    BACKGROUND = "background"
    """Explains, shows or gathers what belongs to an event: `What we know about …`, `In pictures: …`."""
    OPINION = "opinion"
    """Belongs to the event that it speaks of, where there is one."""
    STANDING = "standing"
    """Of many things, or of none: round-ups, newsletters, quizzes, daily lists."""


_FORMATS = (Format.STANDING, Format.OPINION, Format.BACKGROUND)
"""The first that matches counts."""

_OPINION_ADDRESS = re.compile(
    r"/(?:opinions?|commentisfree|comment|editorials?|columnists?|op-ed|opiniones|tribuna|idees)/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Headline:
    """What a headline says about its article."""

    format: Format
    statement: bool
    """Somebody says or does something about what happened."""
    follows: bool
    """It names an earlier happening only as its background (`… after the raid`)."""


def headline_of(title: str, url: str = "") -> Headline:
    """What the headline `title` of the article at `url` announces."""
    folded = fold(title).strip()
    patterns = _patterns()
    found = next((kind for kind in _FORMATS if patterns[kind].search(folded)), Format.NEWS)
    if found is not Format.STANDING and _OPINION_ADDRESS.search(url):
        found = Format.OPINION
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
