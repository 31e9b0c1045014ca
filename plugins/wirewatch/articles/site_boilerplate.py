"""Lines that a host repeats across its articles and that are no story: comment forms, newsletter boxes, mastheads.

They are learned from the texts that are stored already, remembered, and left out of the host's next articles (and of
earlier ones when they are extracted again).

Rules against taking a story for boilerplate: a line counts once per different text, so copies of one report teach
nothing; few articles teach nothing; and what reads like a sentence of a report must be in half of all articles,
since agencies repeat whole background paragraphs in story after story, but never in every second one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wirewatch.articles.extraction.boilerplate import line_hash
from wirewatch.warehouse import Warehouse

LOOKED_AT = 40
"""Articles of a host that are compared."""

_ENOUGH = 6
"""Different texts below which nothing is learned."""

_LEAST = 4
"""Different texts in which a line has to stand."""

_SHARE = 0.2
_SHARE_OF_SENTENCES = 0.5

_SENTENCE = 80
"""Characters from which a line is taken for a sentence of a report."""


def repeated_lines(texts: Iterable[str]) -> dict[str, int]:
    """The lines that stand around stories in `texts` (articles of one host), and in how many of them; pure."""
    different = set(texts)
    if len(different) < _ENOUGH:
        return {}
    counts: Counter[int] = Counter()
    example: dict[int, str] = {}
    for text in different:
        lines = {line_hash(line): line for line in text.split("\n") if line.strip()}
        counts.update(lines.keys())
        example.update(lines)
    return {example[key]: n for key, n in counts.items() if n >= max(_LEAST, _needed(example[key]) * len(different))}


def _needed(line: str) -> float:
    return _SHARE_OF_SENTENCES if len(line) >= _SENTENCE else _SHARE


def lines_of_host(warehouse: Warehouse, host: str) -> frozenset[int]:
    """The hashes of the lines to leave out of a host's articles: those known, and those learned now."""
    with warehouse.transaction() as rows:
        found = repeated_lines(row.text for row in rows.latest_texts(host=host, n=LOOKED_AT))
        now = rows.database_time()
        rows.save_repeated_lines([(host, line_hash(line), line, n, now) for line, n in found.items()])
        return frozenset(row.line_hash for row in rows.repeated_lines(host=host))
