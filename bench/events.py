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
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import mean, stdev
from unittest.mock import patch

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.copies import table
from bench.documents import DOCS, write_generated
from bench.event_material import DATA, Item, labelled, ours, read_by_us
from bench.event_weights import compared, fit
from tests.conftest import SHARED
from wirewatch.copies import embedding
from wirewatch.events import scoring
from wirewatch.records import ArticleText

TRIPLETS = SHARED / "data" / "duplicates" / "same_event_triplets.jsonl.gz"
WINDOW_H = 48.0
DRAWS = 10
LEFT_OUT = 0.05
TFIDF, ENCODER = "tf-idf with a time window", "encoder alone"
THRESHOLDS = {TFIDF: [n / 20 for n in range(2, 10)], ENCODER: [n / 20 for n in range(8, 17)]}

Sets = Mapping[str, Sequence[Item]]


def main() -> None:
    """Measures and writes."""
    if not DATA.is_file():
        print("events: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    sets = {"labelled": labelled(), "read by us": read_by_us()}
    parts = [systems(sets), storylines(sets), stability(sets["labelled"]), triplets()]
    write_generated(DOCS / "events.md", "\n\n".join(parts), by="events")
    print("written to docs/events.md")


def systems(sets: Sets) -> str:
    """Table of the systems on both sets; whatever is fitted on one set is measured on the other."""
    first, second = sets
    other = {first: second, second: first}
    rows = [["Wirewatch, as it is", *both({name: placed(items) for name, items in sets.items()}, sets)]]
    weights = {name: fit([compared(items)]) for name, items in sets.items()}
    crossed = {}
    for name, items in sets.items():
        with patch.dict(scoring.WEIGHTS, weights[other[name]]):
            crossed[name] = placed(items)
    rows.append(["Wirewatch, weights fitted on the other set", *both(crossed, sets)])
    for system, thresholds in THRESHOLDS.items():
        if system == ENCODER and not embedding.AVAILABLE:
            continue
        vectors = {name: vectors_of(system, items) for name, items in sets.items()}
        best = {name: best_threshold(vectors[name], items, thresholds) for name, items in sets.items()}
        for label, chosen in (("best threshold there", best), ("threshold of the other set", swapped(best))):
            found = {name: online(vectors[name], items, chosen[name]) for name, items in sets.items()}
            told = " and ".join(f"{threshold:.2f}" for threshold in chosen.values())
            rows.append([f"{system}, {label} ({told})", *both(found, sets)])
    heads = ["system", *(f"{name}: {figure}" for name in sets for figure in ("B³ P", "B³ R", "B³ F1", "pairwise F1"))]
    sizes = [f"{len(items)} items, {len({item.event for item in items} - {None})} events" for items in sets.values()]
    return (
        f"Two sets: *{first}* ({sizes[0]} by one reader, of 3–5 January 2026), and *{second}* ({sizes[1]} by another, "
        "of 7–8 January; `bench/event_readings.tsv`). Items that tell of no one event are left out of these "
        "figures.\n\n" + table(heads, rows)
    )


def swapped(best: Mapping[str, float]) -> dict[str, float]:
    """For each of two sets what is best on the other."""
    return dict(zip(best, reversed(best.values()), strict=True))


def placed(items: Sequence[Item]) -> list[Hashable]:
    """The event of each item."""
    found = ours(items)
    return [found[item.article.id].event for item in items]


def both(found: Mapping[str, Sequence[Hashable]], sets: Sets) -> list[str]:
    """The figures of one system on all sets."""
    return [cell for name, items in sets.items() for cell in cells(items, found[name])]


def vectors_of(system: str, items: Sequence[Item]) -> np.ndarray:
    """What a system compares, one row for each item."""
    if system == TFIDF:
        texts = [f"{item.article.title} {item.article.title} {item.article.text}" for item in items]
        return TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts).toarray()
    return np.array([embedding.embed(item.article.title, item.article.text) for item in items])


def best_threshold(vectors: np.ndarray, items: Sequence[Item], thresholds: Sequence[float]) -> float:
    """The threshold with the best B³ F1."""
    return max(thresholds, key=lambda threshold: score_of(items, online(vectors, items, threshold))[2])


def storylines(sets: Sets) -> str:
    """What else was found on the sets: storylines, and what tells of no one event."""
    told = []
    for name, items in sets.items():
        found = ours(items)
        gold = [item.storyline for item in items]
        own = [found[item.article.id].storyline for item in items]
        precision, recall, score = b_cubed(*named(gold, own))
        none = [item for item in items if item.event is None]
        kept = sum(found[item.article.id].event is None for item in none)
        said = sum(place.event is None for place in found.values())
        told.append(
            f"{name}, storylines: B³ F1 {score:.3f} (precision {precision:.3f}, recall {recall:.3f}), an item without "
            f"one counting as its own; items that tell of no one event: {kept} of {len(none)} found, {said - kept} of "
            f"{len(items) - len(none)} others taken for one."
        )
    return "\n\n".join(told)


def stability(items: Sequence[Item]) -> str:
    """How much the figure depends on single items."""
    scores = []
    for seed in range(DRAWS):
        part = sorted(random.Random(seed).sample(range(len(items)), round(len(items) * (1 - LEFT_OUT))))
        chosen = [items[place] for place in part]
        scores.append(score_of(chosen, placed(chosen))[2])
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
    figures = [score_of(items, placed(items)) for items in (apart, together)]
    told = ["B³ F1 {2:.3f} (precision {0:.3f}, recall {1:.3f})".format(*figure) for figure in figures]
    return (
        f"`same_event_triplets`, {len(groups)} events of ten years by three outlets each: {told[0]}; with all of them "
        f"put on one day: {told[1]}."
    )


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
    """B³ precision, recall and F1, and pairwise F1 of one system."""
    told = [(item.event, own) for item, own in zip(items, groups, strict=True) if item.event]
    pairs = pairwise_f1(*named([event for event, _ in told], [own for _, own in told]))
    return [f"{figure:.3f}" for figure in (*score_of(items, groups), pairs)]


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
