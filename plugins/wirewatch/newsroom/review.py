"""Review: an editor's verdict becomes the tag in force. It is kept with author and time, and can be withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from wirewatch.newsroom.context import Editor, PageContext, context_of, reader_of
from wirewatch.newsroom.presenting import page
from wirewatch.newsroom.stories import chosen_topic
from wirewatch.records import Relevance, clean_text

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ReviewedExamplesRow

_SHOWN = 12
_LATEST = 3000
"""Number of latest tags among which those that teach most are selected."""
_BATCH = 200

router = APIRouter()


@router.get("/review")
def review(request: Request) -> Response:
    """The tags whose review teaches most, the latest reviews, and how far reviewers agree."""
    with context_of(request).reading() as rows:
        topics = rows.topics_to_choose()
        topic = chosen_topic(topics, request.query_params.get("topic"))
        waiting = rows.tags_to_review(topic=topic.topic, latest=_LATEST, n=_SHOWN)
        reviews = rows.latest_reviews(topic=topic.topic, n=_SHOWN)
        agreement = rows.agreement_of_reviewers(topic=topic.topic)
    return page(
        request,
        "review.html",
        name="review",
        title="Review",
        topic=topic,
        waiting=waiting,
        reviews=reviews,
        agreement=agreement,
        kept=request.query_params.get("kept"),
        withdrawn=request.query_params.get("withdrawn"),
    )


@router.get("/review/second")
def second(request: Request) -> Response:
    """Articles that one other editor has reviewed, without that review and without the tag."""
    with context_of(request).reading() as rows:
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
        waiting = rows.articles_to_review_blind(topic=topic.topic, reviewer=reader_of(request).name, n=_SHOWN)
    return page(
        request,
        "second_review.html",
        name="review",
        title="Second review",
        topic=topic,
        waiting=waiting,
        kept=request.query_params.get("kept"),
    )


@router.post("/review")
def keep(
    request: Request,
    editor: Editor,
    article_id: Annotated[int, Form(ge=1, lt=2**63)],
    version: Annotated[int, Form(ge=1, lt=2**31)],
    topic: Annotated[str, Form()],
    relevance: Annotated[Relevance, Form()],
    event: Annotated[str, Form()] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[str, Form()] = "review",
) -> Response:
    """Stores a review of a tag, which becomes the tag in force; earlier reviews and tags are kept."""
    with context_of(request).writing() as rows:
        chosen = chosen_topic(rows.topics_to_choose(), topic)
        if event and event not in chosen.events:
            raise HTTPException(422, f"{event!r} is not an event type of this topic.")
        article = rows.article_page(article_id=article_id)
        if article is None or not 1 <= version <= article.version:
            raise HTTPException(404, f"There is no version {version} of article {article_id}.")
        number = rows.add_review(
            article_id=article_id,
            version=version,
            topic=chosen.topic,
            relevance=relevance.value,
            event=event if event and relevance is Relevance.CORE else None,
            note=clean_text(note.strip()) or None,
            reviewed_by=editor.name,
            is_blind=back == "second",
        )
    root = request.scope.get("root_path", "")
    if back == "story":
        return RedirectResponse(f"{root}/stories/{article.story_id}?article={article_id}#review", 303)
    place = "/review/second" if back == "second" else "/review"
    return RedirectResponse(f"{root}{place}?kept={number}", 303)


@router.post("/review/{review_id}/withdraw")
def withdraw(request: Request, review_id: int, editor: Editor, back: Annotated[str, Form()] = "review") -> Response:
    """Ends a review by another row: the review before it is in force again, else the machine's tag."""
    with context_of(request).writing() as rows:
        found = rows.withdraw_review(review_id=min(review_id, 2**63 - 1), reviewed_by=editor.name)
    if found is None:
        raise HTTPException(404, f"Review {review_id} is not in force: load the page again.")
    root = request.scope.get("root_path", "")
    if back == "story" and found.story_id is not None:
        return RedirectResponse(f"{root}/stories/{found.story_id}?article={found.article_id}#review", 303)
    return RedirectResponse(f"{root}/review?withdrawn={review_id}", 303)


@router.get("/review/examples.jsonl")
def examples(request: Request) -> Response:
    """All labelled examples of a topic, one JSON object a line, in the form of the labelled set."""
    context = context_of(request)
    with context.reading() as rows:
        topic = chosen_topic(rows.topics_to_choose(), request.query_params.get("topic"))
    headers = {"Content-Disposition": f'attachment; filename="{topic.topic}-reviews.jsonl"'}
    return StreamingResponse(_lines(context, topic.topic), media_type="application/jsonl", headers=headers)


def _lines(context: PageContext, topic: str) -> Iterator[str]:
    after = 0
    while True:
        with context.reading() as rows:
            found = rows.reviewed_examples(topic=topic, after=after, n=_BATCH)
        yield from (json.dumps(as_example(row), ensure_ascii=False) + "\n" for row in found)
        if len(found) < _BATCH:
            return
        after = found[-1].review_id


def as_example(row: ReviewedExamplesRow) -> dict[str, Any]:
    """A review as training reads it: `relevance` is core, related or no."""
    return {
        "id": f"R{row.review_id}",
        "kind": "full",
        "title": row.title,
        "text": row.text,
        "publisher": row.publisher,
        "date": f"{row.reported_at:%Y-%m-%d}",
        "url": row.url,
        "relevance": "no" if row.relevance == Relevance.NONE else row.relevance,
        "event": row.event,
        "confidence": "h",
        "raters": 1,
        "note": row.note,
        "reviewed_by": row.reviewed_by,
        "reviewed_at": row.reviewed_at.isoformat(),
    }
