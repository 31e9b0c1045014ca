"""The names of months and weekdays in all languages that Babel knows, and the words for the halves of a day.

They are in `calendar_words.json`, generated from Babel by `python -m wirewatch.text.calendar_words`: Babel itself would
take 140 MB and a second to tell them. All are folded (`folding.fold`), without the dot of an abbreviation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from wirewatch.text.folding import fold

FILE = Path(__file__).with_suffix(".json")

PRESS: tuple[str, ...] = (
    *("de", "nl", "da", "nb", "sv", "fr", "es", "pt", "it", "ro", "ca", "pl", "cs", "sk", "sl", "hr", "sr", "bg", "ru"),
    *("uk", "hu", "fi", "et", "lv", "lt", "tr", "el", "ar", "fa", "he", "ur", "hi", "bn", "ta", "id", "ms", "vi", "th"),
    *("fil", "sw", "zh", "ja", "ko"),
)
"""Languages of the news beside English: a word of one of them is not taken for one of a smaller language."""


Words = dict[str, list[list[str]]]
"""Of one language: for each month (`months`, `short_months`; January first) and weekday (`weekdays`, `short_weekdays`;
Monday first) its names, and the words for the hours before and after noon (`halves`)."""

_KINDS = {"months": 12, "short_months": 12, "weekdays": 7, "short_weekdays": 7, "halves": 2}


@cache
def by_language() -> Mapping[str, Words]:
    """The words of each language, by its code."""
    words: Mapping[str, Words] = json.loads(FILE.read_text(encoding="utf-8"))
    return words


@cache
def months() -> Mapping[str, frozenset[int]]:
    """The months (1 to 12) that a word may name; `listopad` is October in Croatian and November in Polish."""
    return _numbers("months", "short_months", first=1)


@cache
def weekdays() -> Mapping[str, frozenset[int]]:
    """The weekdays (0 to 6, Monday first) that a word may name."""
    return _numbers("weekdays", "short_weekdays", first=0)


@cache
def halves() -> Mapping[str, bool]:
    """Whether a word of the press's languages says that a clock of twelve hours is after noon."""
    found: dict[str, bool] = {}
    for language in ("en", *PRESS):
        for afternoon, names in enumerate(by_language()[language]["halves"]):
            for name in names:
                found.setdefault(name, bool(afternoon))
    return found


def months_of(language: str) -> Mapping[str, int]:
    """The months (1 to 12) by the names that one language gives them."""
    return _of(language, "months", first=1)


def short_months_of(language: str) -> Mapping[str, int]:
    """The months (1 to 12) by the abbreviations of one language."""
    return _of(language, "short_months", first=1)


def weekdays_of(language: str) -> Mapping[str, int]:
    """The weekdays (0 to 6, Monday first) by the names that one language gives them."""
    return _of(language, "weekdays", first=0)


def _of(language: str, kind: str, *, first: int) -> dict[str, int]:
    return {name: number for number, names in enumerate(by_language()[language][kind], first) for name in names}


def _numbers(*kinds: str, first: int) -> dict[str, frozenset[int]]:
    """English has the first word, the languages of the press the next, all others the last."""
    tiers = (("en",), PRESS, tuple(by_language()))
    found: dict[str, frozenset[int]] = {}
    for languages in tiers:
        tier: dict[str, set[int]] = {}
        for language in languages:
            for kind in kinds:
                for name, number in _of(language, kind, first=first).items():
                    tier.setdefault(name, set()).add(number)
        found = {name: frozenset(numbers) for name, numbers in tier.items()} | found
    return found


_INVENTED = frozenset({"Dsrt", "Shaw"})
"""Scripts that somebody invented for English; no news is printed in them."""


def from_babel() -> dict[str, Words]:
    """What the file holds, as Babel has it now."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    found: dict[str, Words] = {}
    for identifier in sorted(locale_identifiers()):
        locale = Locale.parse(identifier)
        if locale.script in _INVENTED:
            continue
        words = found.setdefault(locale.language, {kind: [[] for _ in range(n)] for kind, n in _KINDS.items()})
        for context in ("format", "stand-alone"):
            for width, kind in (("wide", ""), ("abbreviated", "short_")):
                _add(words[f"{kind}months"], locale.months[context][width], first=1)
                _add(words[f"{kind}weekdays"], locale.days[context][width], first=0)
                periods = locale.day_periods.get(context, {}).get(width, {})
                halves = {n: periods[half] for n, half in enumerate(("am", "pm")) if half in periods}
                _add(words["halves"], halves, first=0)
    _drop_untranslated(found)
    return found


def _drop_untranslated(found: Mapping[str, Words]) -> None:
    """Drop the abbreviations of English weekdays elsewhere: Babel has them where a language has no word of its own."""
    english = [list(names) for names in found["en"]["short_weekdays"]]
    for language, words in found.items():
        for kind in ("weekdays",) if language == "en" else ("weekdays", "short_weekdays"):
            for names, untranslated in zip(words[kind], english, strict=True):
                names[:] = [name for name in names if name not in untranslated]


def _add(places: list[list[str]], names: Mapping[int, str], *, first: int) -> None:
    for number, name in names.items():
        word = _word(name)
        if word and word not in places[number - first]:
            places[number - first].append(word)


def _word(name: str) -> str | None:
    """A name as it is looked up, without `of` (`d’abril`, `de gener`); None for a number (`6月`)."""
    word = _OF.sub("", " ".join(fold(name).split())).strip(" .")
    return None if not word or any(character.isdigit() for character in word) else word


_OF = re.compile(r"^(?:d'|de )")


def main() -> None:
    """Write the file."""
    lines = (f"{json.dumps(key)}: {json.dumps(words, ensure_ascii=False)}" for key, words in from_babel().items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
