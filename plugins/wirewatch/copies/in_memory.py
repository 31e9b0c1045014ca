"""Copies and stories of a list of articles, in memory: for files, benchmarks and tests. Pure.

The decisions are those of the warehouse's stage (`linking`); only the index is another.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from wirewatch.copies.facts import Lexicon
from wirewatch.copies.flashes import candidate_keys
from wirewatch.copies.matching import Match, is_copy, match
from wirewatch.copies.records import CopyLink
from wirewatch.copies.stories import Links, Origin, components, links_of, origin_of
from wirewatch.copies.subjects import (
    FURNITURE_REPORTS,
    FURNITURE_SAMPLE,
    Publication,
    Subject,
    is_boilerplate,
    subject_of,
)
from wirewatch.copies.thresholds import (
    COMMON,
    COMMON_FACT,
    MAX_CANDIDATES,
    MAX_TRANSLATION_CANDIDATES,
    OVERSIZED,
    SHARED_FACTS,
    SURE,
)
from wirewatch.records import ArticleText


@dataclass(frozen=True, slots=True)
class Linked:
    """What was found for one article."""

    article: int | str
    story: Origin
    """The story, known by its origin."""
    source: CopyLink | None
    """What the article most likely was taken from."""
    links: tuple[CopyLink, ...]
    """All of them, the source first."""


def link_all(articles: Sequence[ArticleText], lexicons: Sequence[Lexicon] = ()) -> list[Linked]:
    """Copies and stories among `articles`, in their order; the order changes nothing else.

    `lexicons` know names in several languages, by which translations are found.

    Raises ValueError when two articles have one id.
    """
    read = (subject_of(article, lexicons) for article in articles)
    subjects = sorted(read, key=lambda subject: subject.publication.age)
    if len({subject.id for subject in subjects}) < len(articles):
        raise ValueError("two articles have one id")
    subjects = without_boilerplate(subjects)
    links = _links(subjects)
    publications = {subject.id: subject.publication for subject in subjects}
    origins: dict[int | str, Origin] = {}
    for members in components(
        publications, ((link.article, link.of) for found in links.values() if (link := found.source))
    ):
        origins.update(dict.fromkeys(members, origin_of([publications[member] for member in members])))
    return [
        Linked(article.id, origins[article.id], links[article.id].source, links[article.id].all) for article in articles
    ]


def without_boilerplate(subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects (the earliest first) without what their sites repeat."""
    holders: dict[tuple[str, int], list[frozenset[int]]] = defaultdict(list)
    for subject in subjects:
        sentences = subject.sentences
        for sentence in sentences:
            if len(holding := holders[subject.publication.site, sentence]) < FURNITURE_SAMPLE:
                holding.append(sentences)
    boilerplate: dict[str, set[int]] = defaultdict(set)
    for (site, sentence), holding in holders.items():
        if len(holding) >= FURNITURE_REPORTS and is_boilerplate(holding):
            boilerplate[site].add(sentence)
    shared = {site: frozenset(sentences) for site, sentences in boilerplate.items()}
    return [subject.without(shared.get(subject.publication.site, frozenset())) for subject in subjects]


def candidate_pairs(subjects: Sequence[Subject]) -> list[tuple[int, int]]:
    """Which of the subjects (the earliest first) are worth comparing: their places, the smaller first."""
    files: dict[Hashable, list[int]] = defaultdict(list)
    keys = [_keys(subject) for subject in subjects]
    for place, own_keys in enumerate(keys):
        for key in own_keys:
            if len(file := files[key]) < COMMON:
                file.append(place)
    pairs: set[tuple[int, int]] = set()
    for place, own_keys in enumerate(keys):
        shared: Counter[int] = Counter()
        for key, weight in own_keys.items():
            if len(files[key]) < COMMON or weight == SURE:
                shared.update(dict.fromkeys(files[key][:OVERSIZED], weight))
        del shared[place]
        best = sorted(shared, key=lambda other: (-shared[other], other))[:MAX_CANDIDATES]
        pairs.update((min(place, other), max(place, other)) for other in best)
    return sorted(pairs | _translation_pairs(subjects))


def _translation_pairs(subjects: Sequence[Subject]) -> set[tuple[int, int]]:
    if len({subject.publication.language for subject in subjects} - {None}) < 2:
        return set()
    files: dict[int, list[int]] = defaultdict(list)
    for place, subject in enumerate(subjects):
        if subject.publication.language is not None:
            for key in subject.facts.rare:
                files[key].append(place)
    rarity = {key: math.log(COMMON_FACT / len(file)) for key, file in files.items() if len(file) < COMMON_FACT}
    pairs: set[tuple[int, int]] = set()
    for place, subject in enumerate(subjects):
        language = subject.publication.language
        shared: dict[int, list[float]] = defaultdict(list)
        for key in subject.facts.rare if language else ():
            for other in files[key] if key in rarity else ():
                if subjects[other].publication.language != language:
                    shared[other].append(rarity[key])
        enough = [other for other, weights in shared.items() if len(weights) >= SHARED_FACTS]
        best = sorted(enough, key=lambda other: (-sum(shared[other]), other))[:MAX_TRANSLATION_CANDIDATES]
        pairs.update((min(place, other), max(place, other)) for other in best)
    return pairs


def _keys(subject: Subject) -> dict[Hashable, int]:
    keys: dict[Hashable, int] = dict.fromkeys(candidate_keys(subject), 1)
    keys[("url", subject.publication.url_key)] = SURE
    keys[("url", subject.publication.canonical_key)] = SURE
    keys[("text", subject.whole.digest)] = SURE
    return keys


def _links(subjects: Sequence[Subject]) -> dict[int | str, Links]:
    matches: dict[int | str, list[tuple[Publication, Match]]] = {subject.id: [] for subject in subjects}
    for first, second in candidate_pairs(subjects):
        if found := match(subjects[first], subjects[second]):
            one, other = subjects[first].publication, subjects[second].publication
            if is_copy(one, other):
                matches[one.id].append((other, found))
            else:
                matches[other.id].append((one, found.turned()))
    return {subject.id: links_of(subject.publication, matches[subject.id]) for subject in subjects}
