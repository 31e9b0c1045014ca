"""Names of states, peoples, places, organisations and statesmen in many languages. Pure but for its own data file.

States, cities of the time zones and the languages of peoples come from CLDR, by Babel; what CLDR does not have (large
cities, waters, organisations, statesmen) is in gazetteer.tsv, in English, Spanish and Chinese. Each has one
identity in all languages, so that a text and its translation hold the same names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind
from babel import Locale, UnknownLocaleError

from wirewatch.text.folding import fold

_FILE = Path(__file__).with_name("gazetteer.tsv")
_COLUMNS = ("en", "es", "zh")

_WRITTEN_AS = {"zh": ("zh", "zh_Hant", "zh_Hant_HK")}
"""Locales whose names are read for a language, where one is not enough: states have other names in Taiwan."""

_PEOPLE = {
    "fr": "FR", "de": "DE", "it": "IT", "es": "ES", "pt": "PT", "ru": "RU", "zh": "CN", "ja": "JP", "ko": "KR",
    "tr": "TR", "pl": "PL", "uk": "UA", "el": "GR", "sv": "SE", "da": "DK", "fi": "FI", "hu": "HU", "cs": "CZ",
    "nl": "NL", "fa": "IR", "vi": "VN", "th": "TH", "ro": "RO", "bg": "BG", "sr": "RS", "hr": "HR", "ka": "GE",
    "hy": "AM", "km": "KH", "lo": "LA", "my": "MM", "id": "ID", "ms": "MY", "mn": "MN",
}  # fmt: skip
"""The state of the people that a language is named after: in Latin letters the two adjectives are one word."""

_CAPITALS = frozenset(
    ["moscow", "london", "paris", "berlin", "tokyo", "taipei", "seoul", "pyongyang", "brussels", "madrid", "rome",
     "kiev", "manila", "singapore", "jerusalem", "baghdad", "damascus", "riyadh", "kabul", "cairo", "havana", "caracas",
     "mexico_city", "vienna", "warsaw", "jakarta", "kuala_lumpur", "bangkok"]
)  # fmt: skip
"""Cities of time zones whose names stand for governments."""

_SPACELESS = frozenset({"zh", "ja", "th"})
_SHORTEST = 4
"""Letters of a form that may be inflected."""

_ENDING = 3
"""Letters that inflection may add."""

_VOWELS = "aeiouyаеиоуыэюяйь"


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or something that has a name."""

    id: str
    kind: str
    """actor, place, unit or person, as in the topic files."""


@dataclass(frozen=True, slots=True)
class NameMention:
    """Where a text names it."""

    entry: Name
    start: int
    end: int


class Gazetteer:
    """A lexicon (`facts.Lexicon`) of the world."""

    def find(self, text: str, language: str | None) -> Iterator[NameMention]:
        """What is in `text`, in order, the longest where names overlap. An unknown language is read as English."""
        forms = _forms(language or "en")
        folded = fold(text)
        free = 0
        for found, start, end in forms.automaton.find_matches_as_indexes(folded, overlapping=False):
            form = forms.forms[found]
            end = end if forms.spaceless else form.word_end(text, folded, start, end)
            if end and start >= free:
                free = end
                yield NameMention(form.name, start, end)


@dataclass(frozen=True, slots=True)
class _Form:
    name: Name
    capital: bool
    """Must begin with a capital letter."""
    acronym: bool
    inflected: bool
    """May have another ending."""

    def word_end(self, text: str, folded: str, start: int, end: int) -> int:
        """Where the word or the words end; 0 when it is another word."""
        if start and folded[start - 1].isalnum():
            return 0
        if self.capital and not text[start].isupper():
            return 0
        if self.acronym and not text[start:end].isupper():
            return 0
        word = end
        while word < len(folded) and folded[word].isalpha():
            word += 1
        longest = _ENDING if self.inflected else 0
        return word if word - end <= longest else 0


@dataclass(frozen=True, slots=True)
class _Forms:
    automaton: AhoCorasick
    forms: tuple[_Form, ...]
    spaceless: bool


# Most names are written alike in most languages.
_folded = cache(fold)


@cache
def _forms(language: str) -> _Forms:
    """All names as they are written in `language`."""
    spaceless = language in _SPACELESS
    forms: dict[str, _Form] = {}
    for name, written, common in _written(language):
        acronym = written.isupper() and not spaceless
        inflected = not (acronym or spaceless or language == "en") and len(written) >= _SHORTEST
        stem = _folded(written)
        if inflected and name.kind != "person" and len(stem) > _SHORTEST and stem[-1] in _VOWELS:
            stem = stem[:-1]
        if len(stem) > 1:
            capital = not (common or spaceless) and written[0].isupper()
            forms.setdefault(stem, _Form(name, capital, acronym, inflected))
    return _Forms(AhoCorasick(list(forms), matchkind=MatchKind.LeftmostLongest), tuple(forms.values()), spaceless)


def _written(language: str) -> Iterator[tuple[Name, str, bool]]:
    """(name, how it is written, whether it may begin with a small letter), the surest first."""
    for name, by_language in _own_names():
        for written in _spelled(by_language, language):
            yield name, written, name.id.startswith("country") and language != "en"
    for locale in _locales(language):
        for code, written in locale.territories.items():
            if len(code) == 2:
                yield Name(f"country {code}", "actor"), written.partition(" (")[0], False
        for zone, names in Locale.parse("zh").time_zones.items():
            city = zone.rpartition("/")[2]
            own = locale.time_zones.get(zone, names).get("city") if language in _SPACELESS else None
            written = own or locale.time_zones.get(zone, {}).get("city") or city.replace("_", " ")
            yield _place(city.lower(), "capital" if city.lower() in _CAPITALS else "place"), written, False
        if language not in _SPACELESS:
            for spoken, code in _PEOPLE.items():
                yield Name(f"country {code}", "actor"), locale.languages.get(spoken, spoken), True


def _spelled(by_language: dict[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    if language in ("en", *_SPACELESS):
        return by_language.get(language, ())
    return (*by_language.get("es", ()), *(by_language["en"] if language != "es" or "es" not in by_language else ()))


def _locales(language: str) -> list[Locale]:
    found = []
    for name in _WRITTEN_AS.get(language, (language,)):
        try:
            found.append(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return found


@cache
def _own_names() -> tuple[tuple[Name, dict[str, tuple[str, ...]]], ...]:
    """(name, forms by language) of each line of the file."""
    names = []
    for line in _FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, identity, *columns = line.split("\t")
            forms = {
                language: tuple(forms.split("|")) for language, forms in zip(_COLUMNS, columns, strict=True) if forms
            }
            names.append((_name(kind, identity), forms))
    return tuple(names)


def _name(kind: str, identity: str) -> Name:
    match kind:
        case "people" | "state":
            return Name(f"country {identity}", "actor")
        case "place" | "capital":
            return _place(identity, kind)
        case _:
            return Name(f"{kind} {identity}", kind)


def _place(identity: str, kind: str) -> Name:
    """A capital's name mostly stands for the government, which weighs as little as the state's."""
    return Name(f"place {identity}", "actor" if kind == "capital" else kind)


GAZETTEER = Gazetteer()
