"""`wirewatch copies --jsonl`: articles in, stories and links out, one line for each line, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from wirewatch.copies.facts import Lexicon
from wirewatch.copies.in_memory import link_all
from wirewatch.jsonl import BadLine, Record, language_field, text_field, time_field
from wirewatch.records import ArticleText, clean_text
from wirewatch.text.agencies import wire_credit
from wirewatch.text.html import line_of, text_of
from wirewatch.text.language import guess_language

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


def copies_lines(lines: Iterable[Record | BadLine], lexicons: Sequence[Lexicon] = ()) -> Iterator[Record]:
    """For each `{id, title, text, url, outlet, published_at, language?}` one `{id, story, links, origin_kind, …}`.

    `story` is the id of the story's origin, `origin_kind` says whose report it is (`records.OriginKind`),
    `origin_agency` which news agency's, `origin_time` how well the origin's time is known (`records.TimeGrade`),
    `also_first` which others could have had it first. Each of `links` is `{of, kind, score}`, the article's source
    first. A line whose id and content stood before gets the same answer; one with another content under a known id is
    an error. `lexicons` know names in several languages, by which translations are found.
    """
    taken, answers = read_articles(lines)
    linked = {found.article: found for found in link_all(list(taken.values()), lexicons)}
    for answer in answers:
        if isinstance(answer, BadLine):
            yield answer.as_record()
        else:
            found = linked[answer]
            links = [{"of": link.of, "kind": link.kind.value, "score": link.score} for link in found.links]
            yield {
                "id": answer,
                "story": found.story.article,
                "links": links,
                "origin_kind": found.story.kind.value,
                "origin_agency": found.story.agency,
                "origin_time": found.story.grade.value,
                "also_first": list(found.story.also_first),
            }


def read_articles(
    lines: Iterable[Record | BadLine],
) -> tuple[dict[int | str, ArticleText], list[int | str | BadLine]]:
    """The articles of `lines` by id, in order, and for each line its article's id or what is wrong with it."""
    taken: dict[int | str, ArticleText] = {}
    answers: list[int | str | BadLine] = []
    for line in lines:
        if isinstance(line, BadLine):
            answers.append(line)
            continue
        try:
            article = article_from_json(line)
            if taken.setdefault(article.id, article) != article:
                raise ValueError(f"id {article.id!r} stands on an earlier line with another content")
            answers.append(article.id)
        except ValueError as error:
            answers.append(BadLine(line.get("id"), str(error)))
    return taken, answers


def article_from_json(record: Record) -> ArticleText:
    """The article of one line.

    `id` (text or whole number) and `text` are required. `published_at` is ISO 8601 or as RSS writes it; without a zone
    it is UTC, and one that can't be read counts as unknown.

    Raises ValueError that names the field and what it should be.
    """
    identity = record.get("id")
    if isinstance(identity, bool) or not isinstance(identity, int | str):
        raise ValueError("id is missing" if identity is None else "id must be a text or a whole number")
    title = _plain(clean_text(text_field(record, "title") or ""), line_of)
    text = _plain(clean_text(text_field(record, "text", required=True) or ""), text_of)
    return ArticleText(
        id=identity,
        title=title,
        text=text,
        url=clean_text(text_field(record, "url") or ""),
        outlet=clean_text(text_field(record, "outlet") or ""),
        published_at=time_field(record, "published_at"),
        zone_assumed=_has_no_zone(text_field(record, "published_at")),
        first_seen_at=time_field(record, "first_seen_at"),
        language=language_field(record) or guess_language(f"{title}\n{text}"),
        wire=wire_credit(title, text)[0],
    )


def _plain(text: str, read: Callable[[str], str]) -> str:
    """`text` without markup, which summaries of feeds often hold."""
    return read(text) if _MARKUP.search(text) else text


def _has_no_zone(text: str | None) -> bool:
    """Whether a time is written as ISO 8601 with a time of day and without a zone."""
    try:
        return ":" in (text or "") and datetime.fromisoformat((text or "").strip()).tzinfo is None
    except ValueError:
        return False
