"""What topics are learned from and judged by: labelled articles, each with its features and its head's mean vector.

An article is a record with `title`, `text`, `language`, `relevance` (core, related, no), `event`, `source` and
`confidence`; one that has `weight` is an example: it is learned from so much, in every fold, and never judged. Those of
one story share a fold, and so do those of one source.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from wirewatch.text.language import text_language
from wirewatch.topics.features import PAIRS, FeatureReader, pair_of, values_of
from wirewatch.topics.rules import Topic, entries_of
from wirewatch.topics.training.vectors import SIZE, Vocabulary

FOLDS = 5
SAME_STORY = 0.3
"""Jaccard similarity of three-word sequences from which two items are one story."""
PAIR_SEEN = 8
"""Items in which a pair of entries must stand together before it has a weight of its own."""
_BEGINNING = 3000
"""Characters of a text whose words are counted for the vocabulary."""
_GRADES = {"no": 0, "none": 0, "related": 1, "core": 2}


@dataclass(frozen=True, slots=True)
class Items:
    """Labelled items and their features."""

    records: Sequence[dict[str, Any]]
    names: tuple[str, ...]
    values: np.ndarray
    """One row per item, one column per feature name; of the item's beginning."""
    whole: np.ndarray
    """The same of the whole item, for the sum `relevant`."""
    grade: np.ndarray
    """0 none, 1 related, 2 core."""
    story: np.ndarray
    weight: np.ndarray
    """How much each counts in learning."""
    vectors: np.ndarray
    """One row per item: the mean vector of its head's words, zeros where none is known."""

    def column(self, name: str) -> np.ndarray:
        """One field of all records."""
        return np.array([str(record.get(name)) for record in self.records])

    def languages(self, codes: Sequence[str]) -> np.ndarray:
        """A column for each code: 1 where the item is in that language."""
        return np.array([[float(record["language"] == code) for code in codes] for record in self.records])

    def chosen(self, rows: np.ndarray) -> Items:
        """Those in `rows` (a mask)."""
        records = [record for record, own in zip(self.records, rows, strict=True) if own]
        columns = (self.values, self.whole, self.grade, self.story, self.weight, self.vectors)
        return Items(records, self.names, *(column[rows] for column in columns))

    def folds(self, seed: int, group: np.ndarray) -> np.ndarray:
        """A fold for each item; those of one `group` share it. Large groups first, each to the emptiest fold."""
        sizes = Counter(group.tolist())
        load = dict.fromkeys(range(FOLDS), 0.0)
        place = {}
        for name in sorted(sizes, key=lambda name: (-sizes[name], _digest(f"{seed}:{name}"))):
            shaken = {fold: size * (1 + _digest(f"{seed}:{name}:{fold}") / 2**64) for fold, size in load.items()}
            place[name] = min(shaken, key=lambda fold: (shaken[fold], _digest(f"{seed}:{fold}")))
            load[place[name]] += sizes[name]
        return np.array([place[name] for name in group.tolist()])


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


@dataclass(frozen=True, slots=True)
class Material:
    """All that a topic is learned from, with one list of features."""

    items: Items
    """Those that are judged."""
    examples: Items
    """What is only learned from."""
    vocabulary: Vocabulary


def material(topic: Topic, records: Sequence[dict[str, Any]], other_texts: Iterable[str] = ()) -> Material:
    """Reads everything for `topic`. `other_texts` only widen the vocabulary.

    Raises ValueError when no record can be judged.
    """
    records = [record | {"language": _language(record)} for record in records]
    judged = [record for record in records if record.get("weight") is None]
    examples = [record for record in records if record.get("weight") is not None]
    if not judged:
        raise ValueError("no labelled articles: every one has a weight, so that it is only learned from")
    own = (f"{record['title']}\n{record['text']}" for record in records)
    vocabulary = Vocabulary(topic, _english((*own, *other_texts)))
    reader = FeatureReader(topic)
    items = _items(reader, vocabulary, judged, _stories(judged))
    others = _items(reader, vocabulary, examples, np.arange(len(examples)).astype(str))
    return Material(*_with_pairs(items, others), vocabulary)


def _language(record: dict[str, Any]) -> str | None:
    return text_language(f"{record['title']}\n{record['text']}", record.get("language"))


def _english(texts: Iterable[str]) -> Iterator[str]:
    """Those with the two commonest words of English; the beginning of each."""
    return (text[:_BEGINNING] for text in texts if " the " in text and " of " in text)


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines, gzipped or not. Raises ValueError with the line that is not usable."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                usable = record["relevance"] in _GRADES and isinstance(record["text"], str)
            except (json.JSONDecodeError, KeyError, TypeError):
                usable = False
            if not usable:
                raise ValueError(f"{path}:{number}: not a labelled article: it needs title, text and relevance")
            yield record | {"title": record.get("title") or ""}


def _items(
    reader: FeatureReader, vocabulary: Vocabulary, records: Sequence[dict[str, Any]], story: np.ndarray
) -> Items:
    names = reader.feature_names()
    place = {name: number for number, name in enumerate(names)}
    values, whole = np.zeros((2, len(records), len(names)))
    vectors = np.zeros((len(records), SIZE))
    for number, record in enumerate(records):
        title, text, language = record["title"], record["text"], record["language"]
        reading = reader.read(title, text, language)
        for table, own in ((values, values_of(reading.features)), (whole, values_of(reading.whole))):
            for name in own.keys() & place.keys():  # Pairs of the model in force are not in `place`.
                table[number, place[name]] = own[name]
        vectors[number] = vocabulary.mean(title, text[: reading.head_end], language)
    grade = np.array([_GRADES[record["relevance"]] for record in records])
    weight = np.array([1.0 if record.get("weight") is None else record["weight"] for record in records])
    return Items(records, names, values, whole, grade, story, weight, vectors)


def _with_pairs(items: Items, examples: Items) -> tuple[Items, Items]:
    """Both with a feature for each pair of entries that PAIR_SEEN items have in the headline, or in the head."""
    for area in PAIRS:
        columns = np.array([number for number, name in enumerate(items.names) if name.startswith(f"{area}:")])
        entries = [entries_of(items.names[column])[0] for column in columns]
        there = np.vstack([items.values, examples.values])[:, columns]
        pairs = np.argwhere(np.triu(there.T @ there, 1) >= PAIR_SEEN)
        names = tuple(pair_of(area, *sorted((entries[one], entries[other]))) for one, other in pairs)
        items, examples = (_widened(some, names, columns[pairs]) for some in (items, examples))
    return items, examples


def _widened(items: Items, names: Sequence[str], pairs: np.ndarray) -> Items:
    """With the products of two columns each, under these names."""
    both = items.values[:, pairs[:, 0]] * items.values[:, pairs[:, 1]]
    values, whole = (np.hstack([own, both]) for own in (items.values, items.whole))
    return replace(items, names=(*items.names, *names), values=values, whole=whole)


def _stories(records: Sequence[dict[str, Any]]) -> np.ndarray:
    """The smallest id of the story that each record belongs to."""
    holders = defaultdict(list)
    shingles = []
    for number, record in enumerate(records):
        words = re.findall(r"\w+", f"{record['title']} {record['text'][:1500]}".lower())
        own = set(zip(words, words[1:], words[2:], strict=False))
        shingles.append(own)
        for shingle in own:
            holders[shingle].append(number)
    shared = Counter(
        (a, b) for numbers in holders.values() if len(numbers) < 40 for a in numbers for b in numbers if a < b
    )
    names = [str(record.get("id", number)) for number, record in enumerate(records)]
    parent = list(range(len(records)))

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    for (a, b), count in shared.items():
        if count / (len(shingles[a]) + len(shingles[b]) - count) >= SAME_STORY:
            parent[root(b)] = root(a)
    smallest: dict[int, str] = {}
    for number, name in enumerate(names):
        smallest[root(number)] = min(name, smallest.get(root(number), name))
    return np.array([smallest[root(number)] for number in range(len(records))])
