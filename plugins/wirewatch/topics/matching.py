"""Finds every alias of a topic in a text, in one pass however many aliases there are (pure).

An Aho–Corasick automaton finds all places of all folded forms; then those are kept that stand as words of their own,
have their capital letters, and are in the text's language; of overlapping ones the leftmost and longest stays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from wirewatch.topics.folding import fold, joins_words, without_markup
from wirewatch.topics.rules import Entry, Topic
from wirewatch.topics.topic_file import capitals

WORKING_LANGUAGE = "en"
"""What a text is taken for when its language is unknown."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found in a text, at `start:end` in characters."""

    entry: Entry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    entry: Entry
    capitals: tuple[int, ...]
    language: str | None
    """Only in texts of this language; None in all."""


class Matcher:
    """The automaton of a topic. Making one costs much more than using it: keep it."""

    def __init__(self, topic: Topic) -> None:
        forms: dict[str, list[_Form]] = defaultdict(list)
        for entry in topic.entries:
            for alias in entry.aliases:
                capital = capitals(alias.text)
                common = alias.text.islower()
                form = _Form(entry, capital, alias.language if common else None)
                forms[fold(alias.text)].append(form)
        patterns = list(forms)
        # The most capitals first: of two forms that differ in nothing else, the stricter is meant.
        self._forms = [sorted(forms[pattern], key=lambda form: -len(form.capitals)) for pattern in patterns]
        self._word_start = [joins_words(pattern[0]) for pattern in patterns]
        self._word_end = [joins_words(pattern[-1]) for pattern in patterns]
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard)

    def find(self, text: str, language: str | None = None) -> list[Match]:
        """What stands in `text`, in order, without overlaps. `language` is an ISO 639-1 code."""
        folded = fold(without_markup(text))
        language = language or WORKING_LANGUAGE
        found = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if self._word_start[pattern] and start and joins_words(folded[start - 1]):
                continue
            if self._word_end[pattern] and end < len(folded) and joins_words(folded[end]):
                continue
            for form in self._forms[pattern]:
                if form.language is not None and form.language != language:
                    continue
                if all(text[start + place].isupper() for place in form.capitals):
                    found.append((start, -end, form.entry))
                    break
        found.sort(key=lambda match: match[:2])
        matches, free = [], 0
        for start, negative_end, entry in found:
            if start >= free:
                free = -negative_end
                matches.append(Match(entry, start, free))
        return matches
