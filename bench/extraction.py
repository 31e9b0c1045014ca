"""Main text, title, date and authors of recorded pages, against plain trafilatura and two peers.

Text is measured by 4-grams of words, as in the article-extraction-benchmark of Scrapinghub: precision and recall of
each page's multiset of 4-grams, their means over a set, and F1 of each page, averaged. Titles and authors agree when
their letters and digits do (authors as sets), dates when they name the same day or the same minute. Pages per second
are of CPU time of one core; Wirewatch and newspaper4k read the metadata in it.

The figures go to docs/extraction.md. Needs the recorded pages (../shared/data/pages) and the `bench` extra.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from bench.documents import DOCS, write_generated
from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.articles.extraction.extract import extract
from wirewatch.errors import ExtractionError

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages"
SETS = ("fundus", "readability", "newspaper4k")
_WORD = re.compile(r"\w+")
_ADDRESS = "https://page.invalid/a"
"""The recorded pages came without their addresses."""


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """A page with what should be read from it."""

    id: str
    html: bytes
    text: str
    title: str | None
    published: datetime | None
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an extractor read."""

    text: str
    title: str | None = None
    published: datetime | None = None
    authors: tuple[str, ...] = ()


@dataclass(slots=True)
class Scores:
    """One extractor's scores on one set, a number per page."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    title: list[bool] = field(default_factory=list)
    day: list[bool] = field(default_factory=list)
    minute: list[bool] = field(default_factory=list)
    authors: list[bool] = field(default_factory=list)
    cpu_s: float = 0.0


def recorded_pages(name: str) -> list[RecordedPage]:
    """The pages of the set `name`. Raises FileNotFoundError where the recorded material is not at hand."""
    with gzip.open(PAGES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [_page(json.loads(line)) for line in lines]


def _page(record: dict) -> RecordedPage:
    published = datetime.fromisoformat(record["published"]) if record["published"] else None
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    return RecordedPage(
        record["id"],
        base64.b64decode(record["html_base64"]),
        record["text"],
        record["title"],
        published,
        tuple(record["authors"] or ()),
    )


def four_grams(text: str) -> Counter[tuple[str, ...]]:
    """The 4-grams of words of `text`; of a shorter text its words as one."""
    words = _WORD.findall(text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))) if words else Counter()


def agreement(expected: str, found: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of `found`, each 0 to 1."""
    true, read = four_grams(expected), four_grams(found)
    common = (true & read).total()
    precision = common / read.total() if read else float(not true)
    recall = common / true.total() if true else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if common or not true else 0.0


def wirewatch(page: bytes) -> Reading:
    """Ours; a page that it takes for no article counts as read empty."""
    try:
        article = extract(page, url=_ADDRESS, now=datetime.now(UTC))
    except ExtractionError:
        return Reading("")
    return Reading(article.text, article.title, article.published_at, article.authors)


def trafilatura_plain(page: bytes) -> Reading:
    """trafilatura with its defaults."""
    import trafilatura

    return Reading(trafilatura.extract(page) or "")


def trafilatura_precision(page: bytes) -> Reading:
    """trafilatura with favor_precision, without comments."""
    import trafilatura

    return Reading(trafilatura.extract(page, favor_precision=True, include_comments=False) or "")


def trafilatura_metadata(page: bytes) -> Reading:
    """trafilatura without comments, with metadata."""
    import trafilatura

    document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    if document is None:
        return Reading("")
    published = datetime.fromisoformat(document.date).replace(tzinfo=UTC) if document.date else None
    authors = tuple(document.author.split("; ")) if document.author else ()
    return Reading(document.text or "", document.title, published, authors)


def newspaper4k(page: bytes) -> Reading:
    """newspaper4k, offline."""
    from newspaper import Article
    from newspaper.exceptions import ArticleException

    def parsed(**options: str) -> Article:
        article = Article(_ADDRESS, fetch_images=False, **options)
        article.download(input_html=page.decode("utf-8", "replace"))
        article.parse()
        return article

    try:
        try:
            article = parsed()
        except (ImportError, LookupError):  # a tokenizer of its extras, or that one's data (Japanese, Arabic …)
            article = parsed(language="en")
    except (ArticleException, ValueError):
        return Reading("")
    published = article.publish_date
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    return Reading(article.text, article.title, published, tuple(article.authors))


def readability_lxml(page: bytes) -> Reading:
    """readability-lxml; text only."""
    from lxml import html
    from readability import Document
    from readability.readability import Unparseable

    try:
        summary = Document(page.decode("utf-8", "replace")).summary(html_partial=True)
    except Unparseable:
        return Reading("")
    return Reading("\n".join(html.fromstring(summary).itertext()) if summary.strip() else "")


EXTRACTORS: dict[str, Callable[[bytes], Reading]] = {
    "Wirewatch": wirewatch,
    "trafilatura, defaults": trafilatura_plain,
    "trafilatura, favor_precision": trafilatura_precision,
    "trafilatura, with metadata": trafilatura_metadata,
    "newspaper4k": newspaper4k,
    "readability-lxml": readability_lxml,
}
_WITH_METADATA = ("Wirewatch", "trafilatura, with metadata", "newspaper4k")


def score(extractor: Callable[[bytes], Reading], pages: Iterable[RecordedPage]) -> Scores:
    """What `extractor` reads from `pages`, compared with what should be read."""
    scores = Scores()
    for page in pages:
        began = time.process_time()
        reading = extractor(page.html)
        scores.cpu_s += time.process_time() - began
        precision, recall, f1 = agreement(page.text, reading.text)
        scores.precision.append(precision)
        scores.recall.append(recall)
        scores.f1.append(f1)
        if page.title:
            scores.title.append(fold(page.title) == fold(reading.title or ""))
        if page.published:
            apart = abs((reading.published - page.published).total_seconds()) if reading.published else None
            same_day = reading.published is not None and reading.published.date() == page.published.date()
            scores.day.append(same_day)
            scores.minute.append(apart is not None and apart < 60)
        if page.authors:
            scores.authors.append({fold(name) for name in reading.authors} == {fold(name) for name in page.authors})
    return scores


def _report(results: dict[str, dict[str, Scores]]) -> Iterator[str]:
    yield "| main text | " + " | ".join(f"{name}: P | R | F1" for name in SETS) + " | pages per CPU second |"
    yield "|---|" + "---:|" * (3 * len(SETS) + 1)
    for extractor, sets in results.items():
        figures = [f"{fmean(getattr(sets[name], what)):.3f}" for name in SETS for what in ("precision", "recall", "f1")]
        speed = sum(len(scores.f1) for scores in sets.values()) / sum(scores.cpu_s for scores in sets.values())
        yield f"| {extractor} | {' | '.join(figures)} | {speed:.1f} |"
    yield ""
    yield "| Fundus | title | day | minute | authors |"
    yield "|---|---:|---:|---:|---:|"
    for extractor in _WITH_METADATA:
        scores = results[extractor]["fundus"]
        shares = (fmean(getattr(scores, what)) for what in ("title", "day", "minute", "authors"))
        yield f"| {extractor} | {' | '.join(f'{share:.3f}' for share in shares)} |"


def main() -> None:
    """Measures all extractors on all sets in one run, prints the tables and writes them to docs/extraction.md."""
    logging.disable(logging.CRITICAL)
    pages = {name: recorded_pages(name) for name in SETS}
    for extractor in EXTRACTORS.values():
        extractor(pages["fundus"][0].html)  # models and stop lists are loaded once, and not timed
    results = {label: {name: score(extractor, pages[name]) for name in SETS} for label, extractor in EXTRACTORS.items()}
    table = "\n".join(_report(results))
    print(table)
    write_generated(DOCS / "extraction.md", table, by="extraction")


if __name__ == "__main__":
    main()
