"""Events: B³ and pairwise F1 on items grouped by reading, against tf-idf with a time window and the encoder alone.

    python -m bench.events

Writes the figures to docs/events.md. Needs the extra `bench` and the recorded material; the encoder, the extra
`embeddings`.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, stdev

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.copies import table
from bench.documents import DOCS, write_generated
from tests.conftest import SHARED
from wirewatch.copies import embedding
from wirewatch.events.grouping import Placed, group
from wirewatch.events.reading import read_report
from wirewatch.records import ArticleText
from wirewatch.text.html import text_of

DATA = SHARED / "data" / "events" / "january_2026.jsonl.gz"
TRIPLETS = SHARED / "data" / "duplicates" / "same_event_triplets.jsonl.gz"
FITTED_ON = "2026-01-03"
"""The day whose items the parameters were chosen on."""

WINDOW_H = 48.0
DRAWS = 10
LEFT_OUT = 0.05


@dataclass(frozen=True, slots=True)
class Item:
    """One item, with what a reader said of it."""

    article: ArticleText
    time: datetime
    event: str | None
    storyline: str | None
    sure: bool

    @property
    def day(self) -> str:
        """Its day in UTC."""
        return self.time.date().isoformat()


def main() -> None:
    """Measures and writes."""
    if not DATA.is_file():
        print("events: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    items = recorded()
    write_generated(DOCS / "events.md", "\n\n".join([systems(items), stability(items), triplets()]), by="events")
    print("written to docs/events.md")


def recorded() -> list[Item]:
    """The recorded items in order of time."""
    items = []
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            time = datetime.fromisoformat(row["published_at"])
            outlet = row["feed"].split("/")[2]
            text = text_of(row["summary"] or "")
            article = ArticleText(row["id"], text_of(row["title"]), text, row["url"], outlet, time, language="en")
            items.append(Item(article, time, row["event"], row["storyline"], row["confidence"] == "h"))
    return sorted(items, key=lambda item: (item.time, str(item.article.id)))


def systems(items: Sequence[Item]) -> str:
    """Table of the systems."""
    placed = ours(items)
    texts = [f"{item.article.title} {item.article.title} {item.article.text}" for item in items]
    tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts).toarray()
    found: dict[str, list[Hashable]] = {
        "Wirewatch": [placed[item.article.id].event for item in items],
        **best_of("tf-idf with a time window", tfidf, items, [n / 20 for n in range(2, 10)]),
    }
    if embedding.AVAILABLE:
        vectors = np.array([embedding.embed(item.article.title, item.article.text) for item in items])
        found |= best_of("encoder alone", vectors, items, [n / 20 for n in range(8, 16)])
    heads = ["system", "B³ P", "B³ R", "B³ F1", "pairwise F1", f"F1 on {FITTED_ON}", "F1 on the other days",
             "F1 where the reader was sure", "F1 without the largest event"]  # fmt: skip
    rows = [[name, *cells(items, groups)] for name, groups in found.items()]
    storylines = [placed[item.article.id].storyline for item in items]
    gold = [item.storyline for item in items]
    precision, recall, score = b_cubed(*named(gold, storylines))
    none = [item for item in items if item.event is None]
    kept = sum(placed[item.article.id].event is None for item in none)
    said = sum(place.event is None for place in placed.values())
    return (
        f"{len(items)} items, {len({item.event for item in items} - {None})} events by a reader; those that tell of "
        "no one event are left out of these figures. The weights by which a large event draws in reports were fitted "
        f"on the items of {FITTED_ON}; the other parameters were looked at on all items and on the triplets below, so "
        "that these are figures of a training set; the thresholds of the other systems are the best here, too.\n\n"
        + table(heads, rows)
        + f"\n\nStorylines: B³ F1 {score:.3f} (precision {precision:.3f}, recall {recall:.3f}), an item without one "
        f"counting as its own. Items that tell of no one event: {kept} of {len(none)} found, {said - kept} of "
        f"{len(items) - len(none)} others taken for one."
    )


def stability(items: Sequence[Item]) -> str:
    """How much the figure depends on single items."""
    scores = []
    for seed in range(DRAWS):
        part = sorted(random.Random(seed).sample(range(len(items)), round(len(items) * (1 - LEFT_OUT))))
        chosen = [items[place] for place in part]
        placed = ours(chosen)
        scores.append(score_of(chosen, [placed[item.article.id].event for item in chosen])[2])
    return (
        f"With {LEFT_OUT:.0%} of the items left out at random, {DRAWS} draws: B³ F1 {mean(scores):.3f} ± "
        f"{stdev(scores):.3f}."
    )


def triplets() -> str:
    """B³ of 100 events of which three outlets reported, each event on its own days, and all on one day."""
    with gzip.open(TRIPLETS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    groups = sorted({row["group"] for row in rows})
    crowded = {name: datetime(2020, 1, 1, place % 20, tzinfo=UTC) for place, name in enumerate(groups)}
    apart, together = [], []
    for number, row in enumerate(rows):
        day = datetime.fromisoformat(row["date"]).replace(hour=12, tzinfo=UTC)
        article = ArticleText(number, row["title"], row["text"], row["url"], row["publisher"], day, language="en")
        apart.append(Item(article, day, row["group"], None, True))
        together.append(Item(article, crowded[row["group"]] + timedelta(minutes=number % 60), row["group"], None, True))
    figures = [score_of(items, [ours_of(items)[item.article.id] for item in items]) for items in (apart, together)]
    told = ["B³ F1 {2:.3f} (precision {0:.3f}, recall {1:.3f})".format(*figure) for figure in figures]
    return (
        f"`same_event_triplets`, {len(groups)} events of ten years by three outlets each: {told[0]}; with all of them "
        f"put on one day: {told[1]}."
    )


def ours_of(items: Sequence[Item]) -> dict[int | str, Hashable]:
    """The events of the items."""
    return {name: place.event for name, place in ours(items).items()}


def ours(items: Iterable[Item]) -> dict[int | str, Placed]:
    """Where Wirewatch puts the items."""
    return group([read_report(item.article, item.time) for item in items])


def best_of(
    name: str, vectors: np.ndarray, items: Sequence[Item], thresholds: Sequence[float]
) -> dict[str, list[Hashable]]:
    """The online clustering by `vectors` at the threshold that does best here."""
    tried = {threshold: online(vectors, items, threshold) for threshold in thresholds}
    best = max(thresholds, key=lambda threshold: score_of(items, tried[threshold])[2])
    return {f"{name}, best threshold here ({best:.2f})": tried[best]}


def online(vectors: np.ndarray, items: Sequence[Item], threshold: float) -> list[Hashable]:
    """Each item, in order of time, to the nearest mean vector of the last hours, or to a group of its own."""
    sums: list[np.ndarray] = []
    latest: list[datetime] = []
    groups: list[Hashable] = []
    for vector, item in zip(vectors, items, strict=True):
        best, own = threshold, len(sums)
        for place, total in enumerate(sums):
            if (item.time - latest[place]).total_seconds() <= WINDOW_H * 3600:
                likeness = float(vector @ total / np.linalg.norm(total))
                if likeness >= best:
                    best, own = likeness, place
        if own == len(sums):
            sums.append(vector.copy())
            latest.append(item.time)
        else:
            sums[own] += vector
            latest[own] = item.time
        groups.append(own)
    return groups


def cells(items: Sequence[Item], groups: Sequence[Hashable]) -> list[str]:
    """The figures of one system."""
    precision, recall, score = score_of(items, groups)
    largest = Counter(item.event for item in items if item.event).most_common(1)[0][0]
    parts = [
        [item.day == FITTED_ON for item in items],
        [item.day != FITTED_ON for item in items],
        [item.sure for item in items],
        [item.event != largest for item in items],
    ]
    chosen = [
        score_of([item for item, kept in zip(items, part, strict=True) if kept],
                 [own for own, kept in zip(groups, part, strict=True) if kept])[2]
        for part in parts
    ]  # fmt: skip
    told = [(item.event, own) for item, own in zip(items, groups, strict=True) if item.event]
    pairs = pairwise_f1(*named([event for event, _ in told], [own for _, own in told]))
    return [f"{figure:.3f}" for figure in (precision, recall, score, pairs, *chosen)]


def score_of(items: Sequence[Item], groups: Sequence[Hashable]) -> tuple[float, float, float]:
    """B³ of the items that tell of one event."""
    told = [(item.event, own) for item, own in zip(items, groups, strict=True) if item.event]
    return b_cubed(*named([event for event, _ in told], [own for _, own in told]))


def named(gold: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[list[Hashable], list[Hashable]]:
    """Both, with a name of its own for each item that has no group."""
    return tuple([("alone", n) if own is None else own for n, own in enumerate(side)] for side in (gold, found))


def b_cubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1 by item (Bagga and Baldwin 1998)."""
    both, own, true = Counter(zip(gold, found, strict=True)), Counter(found), Counter(gold)
    pairs = list(zip(gold, found, strict=True))
    precision = mean(both[pair] / own[pair[1]] for pair in pairs)
    recall = mean(both[pair] / true[pair[0]] for pair in pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise_f1(gold: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """F1 over pairs of items."""

    def pairs(groups: Iterable[Hashable]) -> float:
        return sum(n * (n - 1) / 2 for n in Counter(groups).values())

    same = pairs(zip(gold, found, strict=True))
    return 2 * same / (pairs(gold) + pairs(found))


if __name__ == "__main__":
    main()
