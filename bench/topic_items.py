"""What topics are learned from and judged by: labelled items, read feed items, invented ones; each with its features
and the mean vector of its head's words.

Labelled items are judged; in cross-validation those of one story share a fold. All others are learned from in every
fold and never judged: invented items, the newsroom's articles, and recorded items that were read for this.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import feedparser
import numpy as np
from ruamel.yaml import YAML

from bench.topic_words import SIZE, Vocabulary
from wirewatch.demo.sample_web.stories import articles
from wirewatch.records import Relevance
from wirewatch.text.language import guess_language
from wirewatch.text.sentences import sentence_ends
from wirewatch.topics.features import PAIRS, Reader, pair_of
from wirewatch.topics.rules import Topic, entries_of

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELLED = DATA / "topic" / "labelled.jsonl.gz"
EXAMPLES = ROOT / "bench" / "topic_examples.yaml"
READINGS = ROOT / "bench" / "topic_readings.tsv"
"""Digest, relevance, event and confidence of recorded items, labelled by reading; their texts are not ours to keep."""
FOLDS = 5
SAME_STORY = 0.3
"""Jaccard similarity of three-word sequences from which two items are one story."""
NEWSROOM_WEIGHT = 0.7
"""How much an article of the newsroom counts, as a whole and again as its beginning; a labelled item counts 1."""
NEWSROOM_SENTENCES = 2
"""Sentences of that beginning: what a feed gives."""
READING_WEIGHT = {"h": 0.5, "m": 0.35}
"""How much a read item counts: one reader, most of one month, and many of one event."""
PAIR_SEEN = 8
"""Items in which a pair of entries must stand together before it has a weight of its own."""
_BEGINNING = 3000
"""Characters of a text whose words are counted for the vocabulary."""
_GRADES = {"no": 0, "related": 1, "core": 2}


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
        return np.array([str(record[name]) for record in self.records])

    def looked_away(self, name: str) -> np.ndarray:
        """Which items are of the random quarter of the stories that `name` stands for."""
        return np.array([hashlib.sha256(f"{name}:{story}".encode()).digest()[0] < 64 for story in self.story])

    def folds(self, seed: int, group: np.ndarray | None = None) -> np.ndarray:
        """A fold for each item; those of one group (by default, of one story) share it."""
        group = self.story if group is None else group
        digests = (hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in group)
        return np.array([int.from_bytes(digest[:8]) % FOLDS for digest in digests])


@dataclass(frozen=True, slots=True)
class Material:
    """All that a topic is learned from, with one list of features."""

    items: Items
    """The labelled set."""
    examples: Items
    """What is only learned from: topic_examples.yaml, the newsroom's articles that are no copies, read items."""
    vocabulary: Vocabulary


def material(topic: Topic) -> Material:
    """Reads everything for `topic`; takes half a minute."""
    reader = Reader(topic)
    labelled = [record | {"language": "en"} for record in _lines_of(LABELLED)]
    rows = YAML(typ="safe").load(EXAMPLES.read_text(encoding="utf-8"))
    keys = ("language", "relevance", "event", "title", "text")
    written = [dict(zip(keys, row, strict=True)) | {"weight": 1.0} for row in rows]
    recorded = list(_recorded_items())
    others = [*written, *_newsroom(), *_readings(recorded)]
    own = ((record["title"], record["text"]) for record in (*labelled, *others))
    vocabulary = Vocabulary(topic, _english(f"{title}\n{text}" for title, text in (*own, *recorded)))
    items = _items(reader, vocabulary, labelled, _stories(labelled))
    examples = _items(reader, vocabulary, others, np.arange(len(others)).astype(str))
    return Material(*_with_pairs(items, examples), vocabulary)


def _newsroom() -> Iterator[dict[str, Any]]:
    """Each original article of the newsroom twice: as a page gives it, and as a feed does."""
    for article in articles().values():
        if article.of is None and article.dropped is None:
            shared = {
                "language": article.outlet.language[:2],
                "relevance": "no" if article.relevance is Relevance.NONE else str(article.relevance),
                "event": article.event or "-",
                "title": article.title,
                "weight": NEWSROOM_WEIGHT,
            }
            beginning = article.text[: sentence_ends(article.text)[:NEWSROOM_SENTENCES][-1]]
            yield shared | {"text": article.text}
            yield shared | {"text": beginning}


def _readings(recorded: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """The items of READINGS, found among the `recorded` ones by their digests."""
    with READINGS.open(encoding="utf-8") as lines:
        rows = [line.split() for line in lines if not line.startswith("#")]
    read = {digest: labels for digest, *labels in rows}
    for title, text in recorded:
        labels = read.pop(hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:16], None)
        if labels:
            relevance, event, confidence = labels
            yield {
                "language": guess_language(f"{title}\n{text}"),
                "relevance": relevance,
                "event": event,
                "title": title,
                "text": text,
                "weight": READING_WEIGHT[confidence],
            }
    if read:
        raise SystemExit(f"{READINGS.name}: {len(read)} items are not in the shared material, e.g. {min(read)}")


def _english(texts: Iterable[str]) -> Iterator[str]:
    """Those with the two commonest words of English; the beginning of each."""
    return (text[:_BEGINNING] for text in texts if " the " in text and " of " in text)


def _recorded_items() -> Iterator[tuple[str, str]]:
    """Title and summary of every item of the recorded feeds; title and text of pages and of compared texts."""
    with tarfile.open(DATA / "feeds" / "replay_2026-01-01_10.tar.gz") as archive:
        for member in archive:
            if member.name.endswith("_entries.json"):
                for entry in json.load(archive.extractfile(member)):
                    yield entry.get("title") or "", entry.get("description") or ""
    for name in ("successive_polls", "real_publisher"):
        with tarfile.open(DATA / "feeds" / f"{name}.tar.gz") as archive:
            for member in archive:
                if member.isfile():
                    for entry in feedparser.parse(archive.extractfile(member).read()).entries:
                        yield entry.get("title", ""), entry.get("summary", "")
    for name in ("fundus", "readability", "newspaper4k"):
        for page in _lines_of(DATA / "pages" / f"{name}.jsonl.gz"):
            yield page["title"] or "", page["text"] or ""
    for text in _lines_of(DATA / "duplicates" / "same_event_triplets.jsonl.gz"):
        yield text["title"] or "", text["text"] or ""
    for name in ("natural_pairs", "news_similarity_multilingual"):
        for pair in _lines_of(DATA / "duplicates" / f"{name}.jsonl.gz"):
            for side in ("a", "b"):
                yield pair[side]["title"] or "", pair[side]["text"] or ""


def _lines_of(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _items(reader: Reader, vocabulary: Vocabulary, records: Sequence[dict[str, Any]], story: np.ndarray) -> Items:
    names = reader.feature_names()
    place = {name: number for number, name in enumerate(names)}
    values, whole = np.zeros((2, len(records), len(names)))
    vectors = np.zeros((len(records), SIZE))
    for number, record in enumerate(records):
        title, text, language = record["title"], record["text"], record["language"]
        reading = reader.read(title, text, language)
        for table, own in ((values, reading.values()), (whole, reading.whole)):
            for name in own.keys() & place.keys():  # Pairs of the model in force are not in `place`.
                table[number, place[name]] = own[name]
        vectors[number] = vocabulary.mean(title, text[: reading.head_end], language)
    grade = np.array([_GRADES[record["relevance"]] for record in records])
    weight = np.array([record.get("weight", 1.0) for record in records])
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
    names = [record["id"] for record in records]
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
