"""Which matches are what they seem: other people's surnames, and other countries' navies and parliaments (pure).

A surname alone is a person only where the text gives the full name or an office, or nothing speaks against it. A word
that every country has one of (*Navy*, *Congress*, *lawmakers*) names a side only where the side is named otherwise;
before that it only makes the side likely. After another country's name it is that country's, and no match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from wirewatch.text.folding import fold
from wirewatch.topics.matching import AliasMatch
from wirewatch.topics.rules import RuleEntry, Topic

_BEFORE = re.compile(r"([^\W\d_][\w.’'-]*)[\s,]+$")
_AFTER = re.compile(r"\s+([^\W\d_][\w’'-]*)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;“”\"\n—–-]|[.!?][”\"’'])\s*$")
_OFFICE_WORDS = """
president vice-president secretary minister premier chairman chairwoman chair chief director commander general gen
admiral adm lt lieutenant col colonel captain senator sen rep representative congressman congresswoman speaker
ambassador envoy adviser advisor spokesman spokeswoman spokesperson leader official counterpart boss diplomat candidate
mr mrs ms miss presidente secretario ministro almirante senador asesor portavoz president-elect ex-president former
"""
_OFFICE_BEFORE = re.compile(
    rf"\b({'|'.join(map(re.escape, _OFFICE_WORDS.split()))})\b\.?(?:\s+of\s+(?:the\s+)?\w+(?:\s+\w+)?)?[\s,]+$",
    re.IGNORECASE,
)
"""An office directly before a surname, or what it is the office of between them: *secretary of defense Austin*."""
_BEARERS = frozenset({"person", "vessel"})
"""Kinds whose entries may stand under a bare name that others bear too."""
_CALLINGS = "judge justice coach professor prof chef sir dame lord lady prince detective sheriff saint st father"
_OTHER_CALLINGS = frozenset(_CALLINGS.split())
"""Words before a surname that say that somebody else is meant."""
_PLACING = frozenset({"in", "at", "near", "en", "cerca"})
"""Words before a surname that say that a place is meant."""
_GIVEN_NAME_ENDS = frozenset("·‧•・")
"""Signs between given name and surname in Chinese."""
_PLACES = frozenset("县縣郡市州镇鎮")
"""What follows a surname in Chinese that is the name of a place."""
_CHINESE_OFFICES = re.compile(
    "总统|部长|国务卿|议员|议长|司令|上将|将军|主席|局长|顾问|大使|国防|参谋|发言人|助卿|首相|总理"
)
_CHINESE_NEAR = 16
"""Characters before a given name in Chinese in which an office counts."""
_NEAR = 60
"""Characters before a surname in which an office counts."""
_TITLE_CASE = 0.6
"""Share of words with a capital from which capitals tell nothing."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A match, with the field and the sentence it is in."""

    match: AliasMatch
    field: str
    """`title` or `text`."""
    sentence: int
    """0 is the headline."""
    weak: bool = False
    """Whether it only makes its side likely, because any country has one."""


class Believer:
    """Sorts the matches of articles for one topic. Making one costs more than using it: keep it."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._generic = frozenset(fold(form) for form in topic.generic)
        self._surnames = {
            (entry.id, fold(alias.text))
            for entry in topic.entries
            if entry.kind in _BEARERS and not entry.with_name
            for alias in entry.aliases
            if alias.text.isascii() and alias.text.isalpha()
        }

    def sort(self, title: str, text: str, found: Sequence[Occurrence]) -> list[Occurrence]:
        """Those of `found` that are what they seem, the weak ones marked."""
        article = _Article(_Field(title), _Field(text))
        generic = [fold(article.words(one)) in self._generic for one in found]
        surname = [(one.match.entry.id, fold(article.words(one))) in self._surnames for one in found]
        sure = [one for one, bare, common in zip(found, surname, generic, strict=True) if not bare and not common]
        named = {side for one in sure for side in one.match.entry.stands_for}
        people = {one.match.entry.id for one in sure if one.match.entry.kind in _BEARERS}
        kept = []
        for number, one in enumerate(found):
            before = found[number - 1] if number else None
            if generic[number]:
                if not article.belongs_to_another(one, before, self._topic):
                    entry = one.match.entry
                    kept.append(one if entry.stands_for | entry.implies <= named else replace(one, weak=True))
            elif surname[number]:
                if article.is_person(one, before, known=people, named=named):
                    kept.append(one)
            elif one.match.entry.kind != "person" or not article.is_another_chinese_name(one):
                kept.append(one)
        return kept


class _Field:
    """A headline or a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def in_title_case(self) -> bool:
        """Whether most words have a capital, so that it tells nothing."""
        words = [word for word in self.text[:400].split() if word[0].isalpha()]
        return sum(word[0].isupper() for word in words) >= _TITLE_CASE * len(words)

    @cached_property
    def in_capitals(self) -> bool:
        """Whether most of it is in capitals."""
        letters = [char for char in self.text[:400] if char.isalpha()]
        return sum(char.isupper() for char in letters) > len(letters) / 2


@dataclass(frozen=True, slots=True)
class _Article:
    title: _Field
    text: _Field

    def field(self, one: Occurrence) -> _Field:
        """The field that a match is in."""
        return self.title if one.field == "title" else self.text

    def words(self, one: Occurrence) -> str:
        """The words of a match as the article has them."""
        return self.field(one).text[one.match.start : one.match.end]

    def belongs_to_another(self, one: Occurrence, before: Occurrence | None, topic: Topic) -> bool:
        """Whether the words follow another country's name: *Philippine Navy*."""
        if before is None or before.field != one.field or not _names_another_state(topic, before.match.entry):
            return False
        return not self.field(one).text[before.match.end : one.match.start].strip("’'s \u00a0")

    def is_person(self, one: Occurrence, before: Occurrence | None, *, known: set[str], named: set[str]) -> bool:
        """Whether a surname alone is the person of the topic: by the full name, an office, or for want of a doubt."""
        field, start, end = self.field(one), one.match.start, one.match.end
        words = field.text[start:end]
        if words.isupper() and len(words) > 1 and not field.in_capitals:
            return False
        near = _BEFORE.search(field.text, max(0, start - _NEAR), start)
        word = near[1].rstrip(".").lower() if near else ""
        if word in _OTHER_CALLINGS or word in _PLACING:
            return False
        if _OFFICE_BEFORE.search(field.text, max(0, start - _NEAR), start):
            return True
        if not field.in_title_case and not _follows(one, before) and self._has_another_name(field.text, near, one):
            return False
        return one.match.entry.id in known or one.match.entry.stands_for <= named

    def is_another_chinese_name(self, one: Occurrence) -> bool:
        """Whether Chinese signs around a surname make it a place, or somebody else's: after a given name, no office."""
        text, start, end = self.field(one).text, one.match.start, one.match.end
        if text[end : end + 1] in _PLACES and not text[start:end].isascii():
            return True
        if text[start - 1 : start] not in _GIVEN_NAME_ENDS or not start:
            return False
        return not _CHINESE_OFFICES.search(fold(text[max(0, start - _CHINESE_NEAR) : start]))

    def _has_another_name(self, text: str, near: re.Match[str] | None, one: Occurrence) -> bool:
        """Whether a capital before or after the surname makes it another name: *Ed Sullivan*, *Bolton Wanderers*.

        At the start of a sentence one before it tells nothing of a person, for *Yesterday* has one too.
        """
        if (
            near
            and near[1][0].isupper()
            and near[1].isalpha()
            and (one.match.entry.kind == "vessel" or not _SENTENCE_START.search(text, 0, near.start()))
        ):
            return True
        after = _AFTER.match(text, one.match.end)
        return bool(after and after[1][0].isupper() and after[1].isalpha() and after[1] not in _AFTER_PRESIDENTS)


_AFTER_PRESIDENTS = frozenset(
    {"Administration", "White", "Republicans", "Democrats", "Cabinet", "Republican", "Democrat"}
)
"""What follows a president's surname and is not a name of his."""


def _follows(one: Occurrence, before: Occurrence | None) -> bool:
    """Whether another match stands directly before: *Republican Trump*."""
    return before is not None and before.field == one.field and one.match.start - before.match.end <= 3


def _names_another_state(topic: Topic, entry: RuleEntry) -> bool:
    """Whether the entry names a state that is not a side."""
    if entry.stands_for or entry.implies:
        return False
    return entry.context in topic.parties or (entry.country is not None and entry.country not in topic.countries)


def names_after(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Where the capitalised words after `end` are that belong to a ship's or an exercise's name."""
    for found in _NAME.finditer(text, end):
        if found.start() != end or found[1] in _NO_NAMES:
            return
        yield found.span(1)
        end = found.end()


_NAME = re.compile(r"\s([A-Z][\w’'-]*\.?|[IVX]+)")
_CALENDAR = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
October November December The A An In On At And
"""
_NO_NAMES = frozenset(_CALENDAR.split())
