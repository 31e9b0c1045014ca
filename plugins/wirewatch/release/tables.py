"""The tables of a release: which views, which columns are left out, and by what their rows are sorted (pure)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A view as it is released."""

    view: str
    key: tuple[str, ...]
    """Columns that identify a row, by which rows are sorted."""
    by: str = "reported_at"
    """The column of time that the release is limited by."""
    left_out: frozenset[str] = frozenset()
    """Words of publishers, and names of their authors."""
    hashed: frozenset[str] = frozenset()
    """Columns that are given as SHA-256: who has the text can compare it."""


TABLES = (
    Table(
        "articles", ("article_id",), left_out=frozenset({"authors", "dateline", "told_by"}), hashed=frozenset({"text"})
    ),
    Table("tagged", ("topic", "article_id")),
    Table("story_origin", ("story_id",), left_out=frozenset({"title"})),
    Table("reports", ("article_id",), left_out=frozenset({"title"})),
    Table("event_reports", ("event_id", "article_id"), left_out=frozenset({"title"})),
    Table(
        "mentions", ("article_id", "topic", "field", "start_at", "entity"), left_out=frozenset({"title", "words"})
    ),
    Table("daily_outlets", ("topic", "day", "outlet"), by="day"),
    Table("coverage", ("day", "outlet"), by="day"),
)  # fmt: skip
"""In the order of the codebook."""

TYPES = {
    "boolean": "boolean",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "real": "number",
    "double precision": "number",
    "numeric": "number",
    "date": "date",
    "timestamp with time zone": "datetime",
    "interval": "number",
    "text[]": "array",
    "bigint[]": "array",
}
"""Types of the database as those of a data package; any other is a string. An interval is a number of seconds."""
