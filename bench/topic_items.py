"""What topics are learned from and judged by: labelled items, read feed items, invented ones; each with its features.

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import numpy as np
from ruamel.yaml import YAML

from tests.newsroom.stories import articles
from wirewatch.records import Relevance
from wirewatch.topics.features import Reader
from wirewatch.topics.sentences import sentence_ends
from wirewatch.topics.tagging import guess_language

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
_GRADES = {"no": 0, "related": 1, "core": 2}


@dataclass(frozen=True, slots=True)
class Items:
    """Labelled items and their features."""

    records: Sequence[dict[str, Any]]
    names: tuple[str, ...]
    values: np.ndarray
    """One row per item, one column per feature name."""
    grade: np.ndarray
    """0 none, 1 related, 2 core."""
    story: np.ndarray
    weight: np.ndarray
    """How much each counts in learning."""

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


def labelled_items(reader: Reader) -> Items:
    """The labelled set."""
    records = list(_lines_of(LABELLED))
    return _items(reader, [record | {"language": "en"} for record in records], _stories(records))


def learning_examples(reader: Reader) -> Items:
    """What is only learned from: topic_examples.yaml, the newsroom's articles that are no copies, read items."""
    rows = YAML(typ="safe").load(EXAMPLES.read_text(encoding="utf-8"))
    keys = ("language", "relevance", "event", "title", "text")
    written = [dict(zip(keys, row, strict=True)) | {"weight": 1.0} for row in rows]
    records = [*written, *_newsroom(), *_readings()]
    return _items(reader, records, np.arange(len(records)).astype(str))


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


def _readings() -> Iterator[dict[str, Any]]:
    """The items of READINGS, found in the shared material by their digests."""
    with READINGS.open(encoding="utf-8") as lines:
        rows = [line.split() for line in lines if not line.startswith("#")]
    read = {digest: labels for digest, *labels in rows}
    for title, text in _recorded_items():
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


def _items(reader: Reader, records: Sequence[dict[str, Any]], story: np.ndarray) -> Items:
    names = reader.feature_names()
    place = {name: number for number, name in enumerate(names)}
    values = np.zeros((len(records), len(names)))
    for row, record in zip(values, records, strict=True):
        for feature in reader.read(record["title"], record["text"], record["language"]).features:
            row[place[feature.name]] = feature.value
    grade = np.array([_GRADES[record["relevance"]] for record in records])
    weight = np.array([record.get("weight", 1.0) for record in records])
    return Items(records, names, values, grade, story, weight)


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
