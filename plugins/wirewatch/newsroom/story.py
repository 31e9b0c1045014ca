"""One story: its origin and copies, the text of one article with its evidence, and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from wirewatch.newsroom import differences, evidence
from wirewatch.newsroom.charts import draw_lanes
from wirewatch.newsroom.context import context_of
from wirewatch.newsroom.presenting import page
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.warehouse import Transaction
from wirewatch.warehouse.cold import ColdStorageError, cold_texts

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticleTagRow, EarlierTagsRow, EvidenceOfTagRow

_REPORTS = 200
"""Articles of a story that its page lists."""
_HEAVIEST = 8
"""Rows of evidence that are shown at once; the others are folded."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class TagDecision:
    """A tag and its evidence."""

    tag: ArticleTagRow
    words: list[EvidenceOfTagRow]
    """Rows of exact words, strongest first."""
    whole: list[EvidenceOfTagRow]
    """Rows of the model about the whole article, which has no words to point at."""
    before: list[EarlierTagsRow]
    """Tags that were in force earlier, newest first."""
    scale: float
    """The largest absolute weight: what fills a bar."""

    @property
    def total(self) -> float:
        """The sum of all rows: the tag's score."""
        return sum(row.weight for row in (*self.words, *self.whole))


@router.get("/stories/{story_id}")
def story(request: Request, story_id: int, article: int | None = None, version: int | None = None) -> Response:
    """A story with one of its articles: `article`, else the origin; `version` is compared with the one before it."""
    with context_of(request).reading() as rows:
        found = rows.story_page(story_id=min(story_id, 2**63 - 1))
        if found is None:
            raise HTTPException(404, f"There is no story {story_id}.")
        if found.merged_into is not None:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/stories/{found.merged_into}")
        topics = rows.topics_to_choose()
        topic = chosen_topic(topics, request.query_params.get("topic"))
        reports = rows.reports_of_story(story_id=story_id, topic=topic.topic, most=_REPORTS + 1)
        shown = rows.article_page(article_id=min(article or found.origin_article_id, 2**63 - 1))
        if shown is None or shown.story_id != story_id:
            raise HTTPException(404, f"Article {article} does not belong to story {story_id}.")
        decision = _decision(rows, shown.article_id, topic.topic)
        versions = rows.versions_of_article(article_id=shown.article_id)
        changes = _changes(rows, shown.article_id, version)
        text = shown.text or _cold_text(rows, shown.article_id, shown.version)
        reviews = rows.reviews_of_article(article_id=shown.article_id, topic=topic.topic)
    marks = decision.words if decision and decision.tag.version == shown.version else []
    return page(
        request,
        "story.html",
        name="stories",
        title=shown.title or "Story",
        story=found,
        topic=topic,
        reports=reports[:_REPORTS],
        more_reports=len(reports) > _REPORTS,
        by_id={report.article_id: report for report in reports},
        lanes=draw_lanes(reports[:_REPORTS]),
        article=shown,
        headline=evidence.marked(shown.title, marks, "title"),
        body=evidence.paragraphs(evidence.marked(text, marks, "text")),
        decision=decision,
        heaviest=_HEAVIEST,
        versions=versions,
        changes=changes,
        reviews=reviews,
    )


def _cold_text(rows: Transaction, article_id: int, version: int) -> str:
    """The text of a version that is in a file, or why it can't be shown."""
    try:
        return cold_texts(rows, article_id).get(version, "")
    except ColdStorageError:
        return "The text is in a file that can't be read at the moment. The operator finds it by news.cold_months."


def _decision(rows: Transaction, article_id: int, topic: str) -> TagDecision | None:
    tag = rows.article_tag(article_id=article_id, topic=topic)
    if tag is None:
        return None
    found = rows.evidence_of_tag(tag_id=tag.tag_id)
    before = rows.earlier_tags(article_id=article_id, topic=topic)
    words = [row for row in found if row.field != "model"]
    whole = [row for row in found if row.field == "model"]
    return TagDecision(tag, words, whole, before, max((abs(row.weight) for row in found), default=1.0))


def _changes(rows: Transaction, article_id: int, version: int | None) -> dict[str, Any] | None:
    """What `version` changed of the version before it."""
    if version is None:
        return None
    texts = rows.texts_of_versions(article_id=article_id, versions=[version - 1, version])
    if len(texts) != 2:
        raise HTTPException(404, f"Article {article_id} has no versions {version - 1} and {version}.")
    old, new = texts
    return {
        "old": old.version,
        "new": new.version,
        "title": differences.compare_words(old.title, new.title),
        "paragraphs": differences.compare(
            old.text or _cold_text(rows, article_id, old.version), new.text or _cold_text(rows, article_id, new.version)
        ),
    }
