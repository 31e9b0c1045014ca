"""What an article says about a topic, as numbers, each with the matches that it comes from (pure).

An article is read as sentences: the headline first, then those of the text. Three areas count: `title`, `head` (the
headline and the lead) and `body` (every sentence, the early ones most). In each, sides are present
(named, or only implied), terms have a strength, and a *relation* is where both sides and a term meet.

What an article is about is said in its beginning, and `body` is that of the beginning; for what it touches too, there
is a second one, of all of it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from wirewatch.text.language import written_length
from wirewatch.text.sentences import sentence_ends
from wirewatch.topics.believing import Believer, Occurrence
from wirewatch.topics.matching import Matcher
from wirewatch.topics.rules import RuleEntry, Topic, entries_of

LEAD = 700
"""Characters of text that belong to the head, which ends with the first sentence that ends after them.

Here and below a character of a dense script, such as Chinese, counts three times: it says about as much.
"""
BEGINNING = 2000
"""Characters by which an article is `core` or not, to the first sentence that ends after them: what it is about."""
FADING = 8
"""The sentence that counts half of the headline in the body's means."""
STRONG = 1.5
"""Strength of terms from which more of them add nothing."""
_SHORT, _LONG = 700.0, 4000.0
"""Lengths, in characters, up to which an item counts as a summary, and from which as an article."""
_MANY = 15
"""Sentences of the topic from which more of them add nothing."""
_SAMPLE = 700
"""Characters by which the density of the script is measured."""
LANGUAGES = ("zh", "es")
"""Languages with a feature of their own, `in_<language>`: news in them is another mix than English news."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about an article, and the matches it comes from: none when it speaks of the article as a whole."""

    name: str
    value: float
    causes: Sequence[Occurrence]


@dataclass(frozen=True, slots=True)
class FeatureReading:
    """An article, read for a topic."""

    found: tuple[Occurrence, ...]
    features: tuple[Feature, ...]
    """Those of the beginning that are not 0."""
    whole: tuple[Feature, ...]
    """The same features, where those of the body are measured in the whole text."""
    head_end: int
    """Where the head ends in the text."""


def values_of(features: Iterable[Feature]) -> dict[str, float]:
    """The features' values by name."""
    return {feature.name: feature.value for feature in features}


class FeatureReader:
    """Reads articles for one topic. Making one costs much more than using it: keep it."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._matcher = Matcher(topic)
        self._believer = Believer(topic)
        self._groups = {entry.id: tuple(_groups(topic, entry)) for entry in topic.entries}
        self._pairs = {area: pairs_of(topic.model.features, area) for area in PAIRS}
        sides = [f"side{number + 1}" for number in range(len(topic.sides))]
        measures = [
            ("relation", "parts"),
            ("named_relation", "parts"),
            ("loose_relation", "parts"),
            ("epitome", "epitome"),
            ("both", "sides"),
            ("named_both", "sides"),
            ("strength", "central"),
            ("support", "terms"),
            *((side, side) for side in sides),
            *((f"{side}_forces", f"{side}_forces") for side in sides),
            ("third", "third"),
            ("third_alone", "third"),
            *((family, family) for family in topic.families),
            *((context, context) for context in topic.contexts),
        ]
        self._measures = tuple(measures)
        """Name and group of causes of each number in `_Area.values`."""
        self._in_body = tuple(name not in topic.families for name, _ in measures)
        """Which of them are measured in the body too. Families are not: what an article is about is in its head."""

    def feature_names(self) -> tuple[str, ...]:
        """Every feature that an article can have, in order; but for pairs of entries, which only a model names."""
        measured = [f"{area}_{name}" for area in ("title", "head") for name, _ in self._measures]
        measured += [f"body_{name}" for (name, _), own in zip(self._measures, self._in_body, strict=True) if own]
        entries = [f"{area}:{entry.id}" for area in ("title", "head") for entry in self._topic.entries]
        return (*measured, *_WHOLE, *_ARTICLE, *entries)

    def read(self, title: str, text: str, language: str | None) -> FeatureReading:
        """The article with this `title` and `text`. `language` is an ISO 639-1 code, or None when unknown."""
        ends = sentence_ends(text)
        in_title = self._matcher.find(title, language, names_in_terms=True)
        in_text = self._matcher.find(text, language, names_in_terms=True)
        found = [Occurrence(match, "title", 0) for match in in_title]
        found += [Occurrence(match, "text", 1 + bisect_right(ends, match.start)) for match in in_text]
        found = self._believer.sort(title, text, [one for one in found if one.match.entry.kind != "shield"])
        density = _density(title, text)
        reaches = (LEAD / density, BEGINNING / density)
        in_head, in_beginning = (min(len(ends), 1 + bisect_right(ends, reach)) for reach in reaches)
        extents = _Extents(self._units(found), in_head, (len(title) + len(text)) * density)
        there = [one for one in found if one.sentence <= in_beginning]
        causes = self._causes(there)
        anywhere = [*self._of_places(there, causes, in_head), *_of_article(extents, language)]
        beginning = whole = (*anywhere, *self._of_extent(extents, causes, in_beginning))
        if in_beginning < len(ends):
            whole = (*anywhere, *self._of_extent(extents, self._causes(found), len(ends)))
        features, of_whole = (tuple(one for one in some if one.value) for some in (beginning, whole))
        return FeatureReading(tuple(found), features, of_whole, ends[in_head - 1] if ends else 0)

    def _units(self, found: Sequence[Occurrence]) -> dict[int, _Area]:
        """The sentences in which something was found."""
        return {number: _Area(self._topic, [*ones]) for number, ones in groupby(found, key=lambda one: one.sentence)}

    def _of_places(
        self, found: Sequence[Occurrence], causes: dict[str, list[Occurrence]], in_head: int
    ) -> Iterator[Feature]:
        """The features of the headline and of the head, of whose sentences `in_head` is the last."""
        for area, last in (("title", 0), ("head", in_head)):
            own = [one for one in found if one.sentence <= last]
            for (name, group), value in zip(self._measures, _Area(self._topic, own).values(), strict=True):
                if value:
                    yield Feature(f"{area}_{name}", value, _until(causes.get(group, ()), last))
            first = {one.match.entry.id: one for one in reversed(own)}
            for entry, one in first.items():
                yield Feature(f"{area}:{entry}", 1.0, (one,))
            for pair in combinations(sorted(first), 2):
                if feature := self._pairs[area].get(pair):
                    yield Feature(feature, 1.0, [first[entry] for entry in pair])

    def _of_extent(self, extents: _Extents, causes: dict[str, list[Occurrence]], last: int) -> Iterator[Feature]:
        """The features of all sentences as far as the `last`."""
        units = {number: area for number, area in extents.units.items() if number <= last}
        fade = 1 / (1 + np.arange(last + 1) / FADING)
        fade /= fade.sum()
        if units:
            body = (np.sqrt(fade[list(units)] @ extents.table[: len(units)]) * self._in_body).tolist()
            for (name, group), value in zip(self._measures, body, strict=True):
                if value:
                    yield Feature(f"body_{name}", value, causes.get(group, ()))
        parts = causes.get("parts", ())
        for name, value in _whole(units, fade, extents.in_head):
            if name == "off_topic":
                yield Feature(name, value, causes.get("against", ()))
            else:
                yield Feature(name, value, _until(parts, extents.in_head) if name.startswith("sentence_") else parts)

    def _causes(self, found: Sequence[Occurrence]) -> dict[str, list[Occurrence]]:
        """What was found, by the groups of measures that it speaks for."""
        causes: dict[str, list[Occurrence]] = {}
        for one in found:
            for group in self._groups[one.match.entry.id]:
                causes.setdefault(group, []).append(one)
        return causes


def _until(found: Sequence[Occurrence], last: int) -> Sequence[Occurrence]:
    """Those that are in sentences as far as the `last`."""
    return found[: bisect_right(found, last, key=lambda one: one.sentence)]


_WHOLE = (
    "sentence_relation",
    "sentence_named_relation",
    "many_relation",
    "many_named_relation",
    "near_relation",
    "near_loose_relation",
    "focus",
    "off_topic",
)
"""Features of how the sentences follow each other."""
MISSING_SIDE = "missing_side"
"""The feature that is 1 where a side is nowhere named or implied: such an article can't be of the topic."""
_ARTICLE = ("long", MISSING_SIDE, *(f"in_{language}" for language in LANGUAGES))
"""Features of the article, of no words in it."""


def _density(title: str, text: str) -> float:
    """What a character says: 1 in Latin letters, nearly 3 in Chinese ones."""
    sample = f"{title}\n{text[:_SAMPLE]}"
    return written_length(sample) / len(sample)


class _Area:
    """What is in some sentences."""

    def __init__(self, topic: Topic, found: Sequence[Occurrence]) -> None:
        sides = topic.sides
        self._topic = topic
        self._named = [0.0] * len(sides)
        self.meant = [0.0] * len(sides)
        self._forces = [0.0] * len(sides)
        self._contexts: set[str] = set()
        self._epitome = 0.0
        self._third = 0.0
        terms: dict[str, dict[str, float]] = {}
        for one in found:
            entry = one.match.entry
            for number, side in enumerate(sides):
                if side in entry.stands_for:
                    self.meant[number] = 1.0
                    if one.weak:
                        continue
                    self._named[number] = 1.0
                    if entry.family in topic.central:
                        self._forces[number] = 1.0
                elif side in entry.implies:
                    self.meant[number] = 1.0
            if is_epitome(topic, entry):
                self._epitome = max(self._epitome, entry.weight / STRONG)
            if entry.family:
                terms.setdefault(entry.family, {})[entry.id] = entry.weight
            if entry.context:
                self._contexts.add(entry.context)
            if is_third(topic, entry):
                self._third = 1.0
        self._families = {family: min(STRONG, sum(weights.values())) for family, weights in terms.items()}
        self.strength = min(STRONG, sum(self._families[family] for family in self._families if family in topic.central))
        self.support = min(STRONG, sum(self._families.values()))
        self.named_relation = min(self._named) * min(1.0, self.strength)
        self.relation = min(self.meant) * min(1.0, self.strength)
        self.elsewhere = bool(self._contexts & topic.against)

    def values(self) -> list[float]:
        """Numbers from 0 to 1, in the order of `Reader._measures`."""
        both = min(self.meant)
        families = [self._families.get(family, 0.0) / STRONG for family in self._topic.families]
        return [
            self.relation,
            self.named_relation,
            both * min(1.0, self.support),
            min(1.0, self._epitome),
            both,
            min(self._named),
            self.strength / STRONG,
            self.support / STRONG,
            *self._named,
            *self._forces,
            self._third,
            self._third * (1.0 - min(self._named)),
            *families,
            *(float(context in self._contexts) for context in self._topic.contexts),
        ]


class _Extents:
    """The sentences of an article in which something was found, as a table too, which has a row a sentence."""

    def __init__(self, units: dict[int, _Area], in_head: int, length: float) -> None:
        self.units = units
        self.table = np.array([area.values() for area in units.values()])
        self.in_head = in_head
        """The last sentence of the head."""
        self.length = length
        """In characters, as they are counted for LEAD."""


def _of_article(extents: _Extents, language: str | None) -> Iterator[Feature]:
    """The features of `_ARTICLE`."""
    there = [max(column) for column in zip(*(area.meant for area in extents.units.values()), strict=True)]
    yield Feature(MISSING_SIDE, 0.0 if there and all(there) else 1.0, ())
    long = math.log(max(1.0, extents.length) / _SHORT) / math.log(_LONG / _SHORT)
    yield Feature("long", min(1.0, max(0.0, long)), ())
    if language in LANGUAGES:
        yield Feature(f"in_{language}", 1.0, ())


def _whole(units: dict[int, _Area], fade: np.ndarray, in_head: int) -> Iterator[tuple[str, float]]:
    """The features of `_WHOLE`, without causes."""
    for name in ("relation", "named_relation"):
        yield f"sentence_{name}", max((getattr(units[n], name) for n in units if n <= in_head), default=0.0)
        count = sum(getattr(area, name) for area in units.values())
        yield f"many_{name}", min(1.0, math.log1p(count) / math.log1p(_MANY))
    near = loose = elsewhere = 0.0
    for number, weight in enumerate(fade.tolist()):
        window = [units[n] for n in (number - 1, number, number + 1) if n in units]
        if not window:
            continue
        both = min(map(max, zip(*(area.meant for area in window), strict=True)))
        relation = both * min(1.0, max(area.strength for area in window))
        near += weight * relation
        loose += weight * both * min(1.0, max(area.support for area in window))
        if number in units and units[number].elsewhere:
            elsewhere += weight * (1 - relation)
    yield "near_relation", math.sqrt(near)
    yield "near_loose_relation", math.sqrt(loose)
    yield "focus", near / (near + elsewhere + 0.1)
    yield "off_topic", math.sqrt(elsewhere)


PAIRS = {"title": "title_pair:", "head": "pair:"}
"""How the features of pairs of entries begin, for the areas in which both must stand."""


def pair_of(area: str, one: str, other: str) -> str:
    """The feature of two entries that are both in `area`; the first by the alphabet is first."""
    return f"{PAIRS[area]}{one}+{other}"


def pairs_of(features: Iterable[str], area: str) -> dict[tuple[str, str], str]:
    """The pairs of `area` among `features`, each with its name."""
    pairs = ((entries_of(name), name) for name in features if name.startswith(PAIRS[area]))
    return {(one, other): name for (one, other), name in pairs}


def is_third(topic: Topic, entry: RuleEntry) -> bool:
    """Whether the entry names a state that is not a side."""
    if entry.stands_for or entry.implies:
        return False
    return entry.context in topic.parties or (entry.country is not None and entry.country not in topic.countries)


def is_epitome(topic: Topic, entry: RuleEntry) -> bool:
    """Whether the entry is the topic in one term: all sides, and what is between them."""
    return entry.family in topic.central and entry.stands_for | entry.implies >= set(topic.sides)


def _groups(topic: Topic, entry: RuleEntry) -> Iterator[str]:
    """Of which features the entry is a cause."""
    if entry.family or entry.stands_for or entry.implies:
        yield "parts"
    if is_epitome(topic, entry):
        yield "epitome"
    if entry.stands_for or entry.implies:
        yield "sides"
    if entry.family:
        yield "terms"
        yield entry.family
        if entry.family in topic.central:
            yield "central"
    for number, side in enumerate(topic.sides):
        if side in entry.stands_for:
            yield f"side{number + 1}"
            if entry.family in topic.central:
                yield f"side{number + 1}_forces"
    if is_third(topic, entry):
        yield "third"
    if entry.context:
        yield entry.context
        if entry.context in topic.against:
            yield "against"
