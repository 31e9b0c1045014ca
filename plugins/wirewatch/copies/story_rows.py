"""Brings the stories to what the links say: opened, merged into an older one, given another origin."""

from __future__ import annotations

from typing import Any

from wirewatch.copies.batch import LinkBatch
from wirewatch.copies.stories import Origin, components, origin_of

_OriginRow = tuple[int, str, str, str | None, str, list[int]]
"""What a story's row says of its origin."""


def _origin_row(origin: Origin) -> _OriginRow:
    also = [int(article) for article in origin.also_first]
    return int(origin.article), origin.reason, origin.kind.value, origin.agency, origin.grade.value, also


def write_stories(batch: LinkBatch, touched: set[int]) -> tuple[int, int]:
    """Makes stories of what hangs together by sources; (stories opened, stories merged into an older one)."""
    before = _stories_of(batch, touched)
    stories = sorted({story for story in before.values() if story is not None})
    members = {row.article_id for row in batch.rows.story_members(stories=stories)} | touched
    before |= _stories_of(batch, members)
    free = set(stories)
    origins = _origins(batch, stories)
    after: dict[int, int] = {}
    unnamed: list[tuple[list[int], _OriginRow]] = []
    changed: list[tuple[Any, ...]] = []
    for group in _groups(batch, members):
        origin = _origin_row(origin_of([batch.publications[article] for article in group], batch.origins))
        oldest = min((story for article in group if (story := before[article]) in free), default=None)
        if oldest is None:
            unnamed.append((group, origin))
            continue
        free.remove(oldest)
        after |= dict.fromkeys(group, oldest)
        if origins[oldest] != origin:
            changed.append((oldest, *origin, batch.now))
    after |= _open(batch, unnamed)
    batch.rows.update_stories(changed)
    batch.rows.assign_stories(sorted((article, story) for article, story in after.items() if before[article] != story))
    batch.rows.merge_stories([(story, after[origins[story][0]], batch.now) for story in sorted(free)])
    return len(unnamed), len(free)


def _stories_of(batch: LinkBatch, articles: set[int]) -> dict[int, int | None]:
    return {row.article_id: row.story_id for row in batch.rows.publications(articles=sorted(articles))}


def _groups(batch: LinkBatch, members: set[int]) -> list[list[int]]:
    """The articles that are one story by their sources or by what people said, each group with the oldest first."""
    batch.learn(members)
    batch.listen(members)
    links = batch.rows.links_in_force(articles=sorted(members))
    sources = [(link.article_id, link.of_article_id) for link in links if link.is_source]
    sources += [pair for pair, kind in batch.said.items() if kind == "same_story" and members.issuperset(pair)]
    return components(sorted(members, key=lambda article: batch.publications[article].age), sources)


def _origins(batch: LinkBatch, stories: list[int]) -> dict[int, tuple[Any, ...]]:
    """What the rows of stories say of their origins."""
    return {
        row.story_id: (
            row.origin_article_id,
            row.origin_reason,
            row.origin_kind,
            row.origin_agency,
            row.origin_time,
            row.also_first,
        )
        for row in batch.rows.story_origins(stories=stories)
    }


def _open(batch: LinkBatch, groups: list[tuple[list[int], _OriginRow]]) -> dict[int, int]:
    """Opens a story for each group; gives the story of each article."""
    opened = batch.rows.insert_stories([(*origin, batch.now) for _, origin in groups])
    by_origin = {row.origin_article_id: row.story_id for row in opened}
    return {article: by_origin[origin[0]] for group, origin in groups for article in group}
