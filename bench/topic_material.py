"""The shipped topic's labelled articles, gathered from where they are: labelled sets, recorded feeds, invented items.

The labelled sets are judged. All others are learned from in every fold and never judged: invented items, the demo's
articles, and recorded items that were read for this. The recorded texts are not part of the project (see ../shared).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import feedparser
from ruamel.yaml import YAML

from wirewatch.demo.sample_web.stories import articles
from wirewatch.records import Relevance
from wirewatch.text.language import guess_language
from wirewatch.text.sentences import sentence_ends
from wirewatch.topics.training.items import read_records

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELLED = (DATA / "topic" / "labelled.jsonl.gz", DATA / "topic" / "labelled_2.jsonl.gz")
EXAMPLES = ROOT / "bench" / "topic_examples.yaml"
READINGS = ROOT / "bench" / "topic_readings.tsv"
"""Digest, relevance, event and confidence of recorded items, labelled by reading; their texts are not ours to keep."""
NEWSROOM_WEIGHT = 0.7
"""How much an article of the newsroom counts, as a whole and again as its beginning; a labelled item counts 1."""
NEWSROOM_SENTENCES = 2
"""Sentences of that beginning: what a feed gives."""
READING_WEIGHT = {"h": 0.5, "m": 0.35}
"""How much a read item counts: one reader, most of one month, and many of one event."""
_FAMILIES_OF_NAMES = (
    "cnn", "foxnews=fox", "fox", "nytimes=new york times", "new york times", "guardian", "reuters", "bbc", "bloomberg",
    "politico", "thehill=the hill", "the hill", "washingtonpost=washington post", "washington post", "npr", "nbc",
    "cbs", "wall street journal=wsj", "usa today", "aljazeera=al jazeera", "al jazeera", "newsmax", "townhall",
    "national review", "vox", "dailymail=daily mail", "daily mail", "epochtimes", "ft.com", "associated press",
    "breitbart", "washington times", "christian science", "time magazine", "skynews", "cnbc", "dailywire",
    "daily caller", "white house", "old salt", "gnews.org", "bibliotecapleyades", "dvids",
)  # fmt: skip
"""Parts of publishers' names by which two spellings are one source; after `=` what it is called."""


def labelled() -> list[dict[str, Any]]:
    """The judged articles, each with its `source`: the publisher under one name, for the two sets spell it apart."""
    records = [record for path in LABELLED for record in read_records(path)]
    return [record | {"language": record.get("language", "en"), "source": _source(record)} for record in records]


def _source(record: dict[str, Any]) -> str:
    name = str(record.get("publisher") or record.get("source")).lower()
    for part in _FAMILIES_OF_NAMES:
        found, _, called = part.partition("=")
        if found in name:
            return called or found
    return name


def period(record: dict[str, Any]) -> str:
    """The years that an article is judged with when time is left out; `undated` for those without."""
    year = re.search(r"20\d\d", str(record.get("date")))
    return "undated" if year is None else str(min(2023, max(2015, int(year[0]))))


def examples(recorded: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """What is only learned from."""
    rows = YAML(typ="safe").load(EXAMPLES.read_text(encoding="utf-8"))
    keys = ("language", "relevance", "event", "title", "text")
    written = [dict(zip(keys, row, strict=True)) | {"weight": 1.0} for row in rows]
    return [*written, *_newsroom(), *_readings(recorded)]


def _newsroom() -> Iterator[dict[str, Any]]:
    """Each original article of the newsroom twice: as a page gives it, and as a feed does."""
    for article in articles().values():
        if article.of is None and article.dropped is None:
            shared = {
                "language": article.outlet.language[:2],
                "relevance": "no" if article.relevance is Relevance.NONE else str(article.relevance),
                "event": article.event,
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


def recorded_items() -> Iterator[tuple[str, str]]:
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
