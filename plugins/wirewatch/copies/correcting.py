"""What people say about stories and events: recorded, never overwritten, and obeyed by every later linking."""

from __future__ import annotations

from datetime import datetime

from wirewatch.errors import WirewatchError
from wirewatch.warehouse import Warehouse

KINDS = {
    "same_story": "the two articles are one story",
    "not_a_copy": "neither of the two articles copies the other",
    "origin": "the article is the origin of its story",
    "same_event": "the stories of the two articles tell of one event",
    "other_event": "the stories of the two articles tell of two events",
}
"""What can be said, and what it means."""


def correct(
    warehouse: Warehouse,
    kind: str,
    article: int,
    other: int | None,
    *,
    by: str,
    note: str | None = None,
    now: datetime | None = None,
) -> int:
    """Records that `by` said `kind` of an article, or of it and an `other`; its number.

    The articles are linked again by the next `link_copies`. Raises WirewatchError for what can't be said,
    WarehouseError when there is no such article.
    """
    if kind not in KINDS:
        raise WirewatchError(f"no correction {kind!r}; there are {', '.join(KINDS)}")
    if (kind == "origin") != (other is None):
        raise WirewatchError(f"{kind} is said of {'one article' if kind == 'origin' else 'two articles'}")
    if other == article:
        raise WirewatchError("give two different articles")
    with warehouse.transaction() as rows:
        for one in (article, other):
            if one is not None and rows.cold_month_of(article_id=one) is not None:
                raise WirewatchError(f"the text of article {one} is in files: `wirewatch thaw` its month first")
        number = rows.insert_correction(
            kind=kind,
            article_id=article,
            other_article_id=other,
            said_by=by,
            note=note,
            withdraws=None,
            now=now or rows.database_time(),
        )
        rows.hand_back(articles=[one for one in (article, other) if one is not None])
    return number


def withdraw(warehouse: Warehouse, correction: int, *, by: str, now: datetime | None = None) -> None:
    """Ends a correction; what it said stays readable. Raises WirewatchError when it is not in force."""
    with warehouse.transaction() as rows:
        said = rows.correction(correction_id=correction)
        if said is None or said.withdrawn:
            raise WirewatchError(f"no correction {correction} is in force")
        rows.insert_correction(
            kind=said.kind,
            article_id=said.article_id,
            other_article_id=said.other_article_id,
            said_by=by,
            note=None,
            withdraws=correction,
            now=now or rows.database_time(),
        )
        rows.hand_back(articles=[one for one in (said.article_id, said.other_article_id) if one is not None])
