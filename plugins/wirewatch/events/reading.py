"""What an article tells of, as terms that two reports of one event share in any language. Pure but for
its own data file.

A term is a name that the gazetteer knows (one identity in all languages), a number, or a word cut to its first letters,
so that inflected forms are one term. In scripts without spaces a term is a pair of characters. The headline weighs
most: it says what is new; the beginning of the text says where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from wirewatch.records import ArticleText
from wirewatch.text.folding import fold
from wirewatch.text.headlines import Headline, headline_of
from wirewatch.text.html import text_of
from wirewatch.text.names import GAZETTEER

STEM_LETTERS = 5
"""So many letters tell a word: what follows is mostly inflection (`capture`, `captured`, `capturan`)."""

LEAD_WORDS = 22
"""Words of the text that are read: the lead."""

LEAD_CHARACTERS = 50
"""The same for scripts without spaces."""

HEADLINE_WEIGHT = 1.0
LEAD_WEIGHT = 0.3

_READ = 600
"""Characters of the text in which the lead is looked for."""

_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_FUNCTION_WORDS = frozenset(
    fold(word)
    for line in Path(__file__).with_name("function_words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
"""Words that tell nothing of what happened, in the languages whose articles write them between all others."""


@dataclass(frozen=True, slots=True)
class Report:
    """A story, as its event is looked for: its origin, read."""

    id: int | str
    time: datetime
    """Since when it stood there; its event is looked for among what stood there before."""
    outlet: str
    headline: Headline
    title_terms: tuple[str, ...]
    """Terms of the headline, in order."""
    terms: dict[str, float]
    """All of its terms with their weights."""
    hours: float
    """Its time in hours since 1970."""
    key: str
    """Its address, by which reports of one time are ordered."""

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Orders reports: never equal for two of them, and the same whatever came in first."""
        return self.time, self.key, str(self.id)


def read_report(article: ArticleText, time: datetime) -> Report:
    """What `article`, which stood there since `time`, tells of."""
    title_terms = tuple(_terms(article.title, article.language))
    lead = _lead(text_of(article.text[:_READ]))
    terms = dict.fromkeys(title_terms, HEADLINE_WEIGHT)
    for term in _terms(lead, article.language):
        terms[term] = min(HEADLINE_WEIGHT + LEAD_WEIGHT, terms.get(term, 0.0) + LEAD_WEIGHT)
    headline = headline_of(article.title, article.url, article.text)
    return Report(article.id, time, article.outlet, headline, title_terms, terms, _hours(time), article.url)


def _hours(time: datetime) -> float:
    return time.timestamp() / timedelta(hours=1).total_seconds()


def _lead(text: str) -> str:
    if len(_SPACELESS.findall(text[:LEAD_CHARACTERS])) * 2 > LEAD_CHARACTERS // 2:
        return text[:LEAD_CHARACTERS]
    return " ".join(text.split()[:LEAD_WORDS])


def _terms(text: str, language: str | None) -> Iterator[str]:
    """The terms of `text` in order, each once."""
    seen: set[str] = set()
    named = list(GAZETTEER.find(text, language))
    rest = list(text)
    found = [(name.start, name.entry.id) for name in named]
    for name in named:
        rest[name.start : name.end] = " " * (name.end - name.start)
    plain = "".join(rest)
    found.extend(_words(plain, fold(plain)))
    for _, term in sorted(found):
        if term not in seen:
            seen.add(term)
            yield term


def _words(text: str, folded: str) -> Iterator[tuple[int, str]]:
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", folded[match.start() : match.end()])
        if _SPACELESS.search(word):
            for at in range(len(word) - 1):
                yield match.start() + at, word[at : at + 2]
        elif len(word) > 1 and word not in _FUNCTION_WORDS:
            yield match.start(), word[:STEM_LETTERS]
