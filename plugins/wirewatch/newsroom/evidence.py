"""Evidence shown in the text itself: pure.

Spans of several rules may overlap, so the text is cut at every border; each piece knows all rows that cover it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import EvidenceOfTagRow

_STRONG, _FAIR = 1.0, 0.35
"""Weights, in log-odds, from which a piece is marked as strong and as medium."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that the same rows of evidence cover."""

    text: str
    weight: float
    """Sum of their weights; 0 where there is none."""
    rows: tuple[int, ...]
    """Their numbers `n`."""
    rules: str
    first: int | None
    """The row whose span begins here: what the table of evidence links to."""

    @property
    def mark(self) -> str:
        """Class of its mark: for or against, and how strongly; empty where there is no evidence."""
        if not self.rows:
            return ""
        strength = 3 if abs(self.weight) >= _STRONG else 2 if abs(self.weight) >= _FAIR else 1
        return f"{'for' if self.weight >= 0 else 'against'}-{strength}"


def marked(text: str, evidence: Sequence[EvidenceOfTagRow], field: str) -> list[Piece]:
    """`text` in pieces, with the rows of `field` (`n`, `rule`, `start_at`, `end_at`, `weight`) that cover each.

    Joined, the pieces are `text`. Spans that reach beyond it, as those of another version may, are cut.
    """
    spans = [
        (row.start_at, min(row.end_at, len(text)), row)
        for row in evidence
        if row.field == field and row.start_at is not None and row.end_at is not None and row.start_at < len(text)
    ]
    borders = sorted({0, len(text)} | {start for start, _, _ in spans} | {end for _, end, _ in spans})
    named: set[int] = set()
    pieces = []
    for begin, end in pairwise(borders):
        covering = [row for start, stop, row in spans if start < end and stop > begin]
        first = next((row.n for row in covering if row.n not in named), None)
        named.update(row.n for row in covering)
        pieces.append(
            Piece(
                text[begin:end],
                sum(row.weight for row in covering),
                tuple(row.n for row in covering),
                ", ".join(f"{row.rule} {row.weight:+.2f}" for row in covering),
                first,
            )
        )
    return pieces


def paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces of a text by paragraph: its lines."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        for n, part in enumerate(piece.text.split("\n")):
            if n:
                lines.append([])
            if part:
                lines[-1].append(Piece(part, piece.weight, piece.rows, piece.rules, None if n else piece.first))
    return [line for line in lines if line]
