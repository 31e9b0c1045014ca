"""Finds every alias of a topic in a text, in one pass however many aliases there are (pure).

An Aho–Corasick automaton finds all places of all folded forms; then those are kept that stand as words of their own,
have their capital letters, and are in the text's language; of overlapping ones the leftmost and longest stays.

Arabic writes *and*, *by*, *to* and *the* together with the next word. An alias is therefore looked for without its
article, and stands as a word behind such particles too; the match is the word as it is written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from wirewatch.text.folding import fold, is_arabic, joins_words, plain, without_article
from wirewatch.topics.rules import RuleEntry, Topic
from wirewatch.topics.topic_file import capitals

WORKING_LANGUAGE = "en"
"""What a text is taken for when its language is unknown."""
_PARTICLES = re.compile(r"[وف]?(?:[بكل]?(?:ال)?|لل)")
"""And, so; by, as, to; the; to the. As in light stemming (Larkey, Ballesteros and Connell 2002)."""
_LONGEST_PARTICLES = 4


@dataclass(frozen=True, slots=True)
class AliasMatch:
    """An entry found in a text, at `start:end` in characters."""

    entry: RuleEntry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _AliasForm:
    entry: RuleEntry
    capitals: tuple[int, ...]
    language: str
    common: bool
    """Whether it is looked for only in texts of its language."""

    def rank(self, language: str) -> tuple[int, bool, bool, str]:
        """Which of two forms that differ in nothing else is meant: the stricter one, then that of the language."""
        return len(self.capitals), self.language == language, self.language == WORKING_LANGUAGE, self.language


class Matcher:
    """The automaton of a topic. Making one costs much more than using it: keep it."""

    def __init__(self, topic: Topic) -> None:
        forms: dict[str, list[_AliasForm]] = defaultdict(list)
        for entry in topic.entries:
            for alias in entry.aliases:
                capital = capitals(alias.text)
                form = _AliasForm(entry, capital, alias.language, alias.text.islower())
                forms[without_article(fold(alias.text))].append(form)
        patterns = list(forms)
        self._forms = [forms[pattern] for pattern in patterns]
        self._word_start = [joins_words(pattern[0]) for pattern in patterns]
        self._word_end = [joins_words(pattern[-1]) for pattern in patterns]
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard)

    def find(self, text: str, language: str | None = None, *, names_in_terms: bool = False) -> list[AliasMatch]:
        """What is in `text`, in order, without overlaps. `language` is an ISO 639-1 code.

        With `names_in_terms`, what a term's words name is found too, after the term: the United States and its Navy
        in *confronts US Navy plane*, and the strait in *sails through Taiwan Strait*.
        """
        seen = plain(text)
        folded = fold(seen.text)
        language = language or WORKING_LANGUAGE
        found = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if self._word_start[pattern] and start and joins_words(folded[start - 1]):
                word = _word_start(folded, start)
                if word is None:
                    continue
                start = word
            if self._word_end[pattern] and end < len(folded) and joins_words(folded[end]):
                continue
            meant = [
                form
                for form in self._forms[pattern]
                if (not form.common or form.language == language)
                and all(seen.text[start + place].isupper() for place in form.capitals)
            ]
            if meant:
                form = meant[0] if len(meant) == 1 else max(meant, key=lambda form: form.rank(language))
                found.append((start, -end, form.entry))
        found.sort(key=lambda match: match[:2])
        matches, free, named = [], 0, 0
        in_term = False
        for start, negative_end, entry in found:
            end = -negative_end
            if start >= free:
                in_term, free, named = names_in_terms and entry.kind == "term", end, start
                matches.append(AliasMatch(entry, *seen.stored(start, end)))
            elif in_term and entry.is_entity and named <= start:
                named, free = end, max(free, end)
                matches.append(AliasMatch(entry, *seen.stored(start, end)))
        return matches


def _word_start(folded: str, start: int) -> int | None:
    """Where the Arabic word begins whose particles end at `start`; None when other letters stand before it."""
    if not is_arabic(folded[start]):
        return None
    word = start
    while word and start - word <= _LONGEST_PARTICLES and joins_words(folded[word - 1]):
        word -= 1
    return word if _PARTICLES.fullmatch(folded, word, start) else None
