"""Brings the links in force to what the matches say: new ones are opened, others closed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from wirewatch.copies.batch import LinkBatch
from wirewatch.copies.matching import METHOD, Match
from wirewatch.copies.records import CopyLink
from wirewatch.copies.stories import Links, links_of
from wirewatch.copies.subjects import Publication
from wirewatch.records import CopyKind

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import LinksInForceRow


def write_links(batch: LinkBatch, matches: dict[int, list[tuple[Publication, Match]]]) -> tuple[int, int, set[int]]:
    """Makes the links in force those that the matches say; (links found, links closed, articles touched)."""
    copiers = {row.article_id for row in batch.rows.copies_in_force(articles=sorted(batch.work))}
    articles = batch.work.keys() | matches.keys() | copiers
    in_force: dict[int, list[LinksInForceRow]] = defaultdict(list)
    for link in batch.rows.links_in_force(articles=sorted(articles)):
        in_force[link.article_id].append(link)
    batch.learn({link.of_article_id for links in in_force.values() for link in links} | articles)
    new: list[tuple[Any, ...]] = []
    closed: list[int] = []
    touched = set(articles)
    for article in sorted(articles):
        kept = [
            (batch.publications[link.of_article_id], Match(CopyKind(link.kind), (link.score, 0.0)))
            for link in in_force[article]
            if article not in batch.work and link.of_article_id not in batch.work
        ]
        wanted = _rows(links_of(batch.publications[article], kept + matches.get(article, [])))
        for link in in_force[article]:
            row = (link.of_article_id, link.kind, round(link.score, 4), link.is_source)
            if row in wanted:
                del wanted[row]
            else:
                closed.append(link.copy_id)
                touched.add(link.of_article_id)
        new.extend(
            (article, link.of, link.kind.value, link.score, row[3], METHOD, batch.now) for row, link in wanted.items()
        )
    if closed:
        batch.rows.close_links(copies=closed, now=batch.now)
    batch.rows.insert_links(new)
    return len(new), len(closed), touched | {row[1] for row in new}


def _rows(links: Links) -> dict[tuple[int | str, str, float, bool], CopyLink]:
    """The links by what makes two of them the same."""
    return {(link.of, link.kind.value, round(link.score, 4), link is links.source): link for link in links.all}
