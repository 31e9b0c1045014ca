"""What tagging costs: beside extraction of the same articles, and by the number of rules.

    python -m bench.tagging

Writes the figures to docs/tagging.md. The pages are recorded ones; without `../shared` that part is left out.
"""

from __future__ import annotations

import base64
import gzip
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import trafilatura

from bench.documents import DOCS, write_generated
from tests.conftest import ROOT, SHARED
from wirewatch.articles.extraction.extract import extract
from wirewatch.demo.sample_web.stories import articles
from wirewatch.errors import ExtractionError
from wirewatch.topics.rules import Alias, Topic, load_topic
from wirewatch.topics.tagging import reader_of, tag

TOPIC = ROOT / "dags" / "topics" / "us_china_military.yaml"
PAGES = SHARED / "data" / "pages" / "fundus.jsonl.gz"
ROUNDS = 3
"""Each cost is measured so often, in turn; the least disturbed round counts."""
FEW, MANY = 500, 10_000
_NOW = datetime(2026, 3, 8, tzinfo=UTC)
_NAMES = ("Harrow", "Marlin", "Quill", "Tarn", "Ridge", "Vesper", "Orchard", "Lantern", "Copper", "Willow")


def main() -> None:
    """Measures, prints and writes."""
    topic = load_topic(TOPIC)
    text = "\n\n".join([beside_extraction(topic), by_rules(topic)])
    print(text)
    write_generated(DOCS / "tagging.md", text, by="tagging")


def beside_extraction(topic: Topic) -> str:
    """One page after the other: read, as the pipeline does and by trafilatura alone, and what was read tagged."""
    if not PAGES.exists():
        return "No recorded pages here: the cost beside extraction was not measured."
    with gzip.open(PAGES, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    pages = [
        (base64.b64decode(record["html_base64"]), record.get("url") or "https://a.example/1") for record in records
    ]
    reader_of(topic)
    rounds: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        ours = plain = tagging = 0.0
        read = 0
        for page, url in pages:
            began = time.process_time()
            try:
                article = extract(page, url=url, now=_NOW)
            except ExtractionError:
                continue
            ours += time.process_time() - began
            plain += _seconds(lambda page=page: trafilatura.extract(page, include_comments=False))
            tagging += _seconds(lambda a=article: tag(topic, a.title, a.text, language=a.language, on=_NOW.date()))
            read += 1
        rounds.append((ours / read, plain / read, tagging / read))
    ours, plain, tagging = (statistics.median(column) for column in zip(*rounds, strict=True))
    lowest, highest = (pick(t / o for o, _, t in rounds) for pick in (min, max))
    return (
        f"{read} recorded pages, {ROUNDS} rounds in one process, CPU time of the median round: reading a page"
        f" {1000 * ours:.1f} ms (trafilatura alone {1000 * plain:.1f} ms), tagging the article {1000 * tagging:.2f} ms:"
        f" **{100 * tagging / ours:.1f} %** of reading it ({100 * lowest:.1f} to {100 * highest:.1f} %),"
        f" {100 * tagging / plain:.1f} % of trafilatura alone. The aim is at most 10 %."
    )


def by_rules(topic: Topic) -> str:
    """The same articles, by a topic of few and of many entries."""
    texts = [(article.title, article.text, article.outlet.language[:2]) for article in articles().values()]
    topics = [with_rules(topic, count) for count in (FEW, MANY)]
    build = [_seconds(lambda t=t: reader_of(t)) for t in topics]
    costs = [min(_cost(t, texts) for _ in range(ROUNDS)) for t in topics]
    forms = [sum(len(entry.aliases) for entry in t.entries) for t in topics]
    return (
        f"By the number of rules, on the newsroom's {len(texts)} articles: {FEW:,} entries ({forms[0]:,} forms of"
        f" words) {1000 * costs[0]:.2f} ms an article, {MANY:,} entries ({forms[1]:,} forms) {1000 * costs[1]:.2f} ms:"
        f" **{costs[1] / costs[0]:.2f} times**. The aim is at most 2. Making the automaton takes"
        f" {1000 * build[0]:.0f} and {1000 * build[1]:.0f} ms, once a task."
    )


def _cost(topic: Topic, texts: Sequence[tuple[str, str, str]]) -> float:
    """CPU seconds an article."""
    seconds = _seconds(lambda: [tag(topic, title, text, language=language) for title, text, language in texts])
    return seconds / len(texts)


def with_rules(topic: Topic, count: int) -> Topic:
    """`topic` with entries added, or taken away from its end, until it has `count`: invented names, as a gazetteer."""
    spare = topic.entries[0]
    added = []
    for number in range(count - len(topic.entries)):
        name = _NAMES[number % len(_NAMES)]
        aliases = tuple(Alias(f"{kind} {name} {number}", "en") for kind in ("Camp", "USS", "Fort"))
        added.append(replace(spare, id=f"x{number}", aliases=aliases))
    return replace(topic, entries=(*topic.entries, *added)[:count])


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
