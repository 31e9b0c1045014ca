"""Which articles of the warehouse a new one is compared with, and what the comparison finds."""

from __future__ import annotations

from collections import defaultdict

from wirewatch.copies import thresholds
from wirewatch.copies.batch import KnownArticle, LinkBatch
from wirewatch.copies.fingerprint import filed
from wirewatch.copies.flashes import candidate_keys
from wirewatch.copies.matching import Match, is_copy, match, may_match
from wirewatch.copies.site_sentences import holders_of, strip
from wirewatch.copies.subjects import Publication
from wirewatch.records import CopyKind


def find_candidates(batch: LinkBatch) -> dict[int, set[int]]:
    """For each article of the work, those to compare it with."""
    found = {}
    for article, known in batch.work.items():
        sketch = [key for week in known.weeks for key in filed(candidate_keys(known.subject), f"week {week}")]
        rows = batch.rows.copy_candidates(
            article_id=article,
            sketch=sketch,
            digest=known.subject.whole.digest,
            canonical_key=known.subject.publication.canonical_key,
            sure=thresholds.SURE,
            common=thresholds.COMMON,
            oversized=thresholds.OVERSIZED,
            most=thresholds.MAX_CANDIDATES,
        )
        nearest = {row.article_id for row in rows if row.article_id is not None}
        batch.oversized += len(nearest) == thresholds.MAX_CANDIDATES
        batch.ignored_keys += max(row.ignored for row in rows)
        found[article] = nearest | _translations(batch, known)
    for link in batch.rows.links_in_force(articles=sorted(batch.work)):
        found[link.article_id].add(link.of_article_id)
    for copy in batch.rows.copies_in_force(articles=sorted(batch.work)):
        found[copy.of_article_id].add(copy.article_id)
    batch.listen(batch.work)
    for one, other in batch.said:
        for article, partner in ((one, other), (other, one)):
            if article in found:
                found[article].add(partner)
    return found


def _translations(batch: LinkBatch, known: KnownArticle) -> set[int]:
    """Articles in other languages that share facts with one."""
    if known.row.language is None:
        return set()
    weeks = range(known.week - 1, known.week + 2)
    rows = batch.rows.translation_candidates(
        facts=[key for week in weeks for key in filed(known.subject.facts.rare, f"week {week}")],
        language=known.row.language,
        shared=thresholds.SHARED_FACTS,
        common=thresholds.COMMON_FACT,
        most=thresholds.MAX_TRANSLATION_CANDIDATES,
    )
    return {row.article_id for row in rows}


def find_matches(batch: LinkBatch, candidates: dict[int, set[int]]) -> dict[int, list[tuple[Publication, Match]]]:
    """For each copy, what it matches: all for the work, what is in the work for others."""
    pairs = {
        (min(article, other), max(article, other))
        for article, others in candidates.items()
        for other in others
        if (min(article, other), max(article, other)) in batch.said
        or may_match(batch.work[article].subject, batch.known(other).subject)
    }
    near = {article for pair in pairs for article in pair} - batch.work.keys()
    strip(batch.others, holders_of(batch, (batch.others[article] for article in sorted(near))))
    matches: dict[int, list[tuple[Publication, Match]]] = defaultdict(list)
    for article, other in sorted(pairs):
        first, second = batch.known(article).subject, batch.known(other).subject
        if found := _corrected(match(first, second), batch.said.get((article, other))):
            if is_copy(first.publication, second.publication):
                matches[article].append((second.publication, found))
            else:
                matches[other].append((first.publication, found.turned()))
    return matches


def _corrected(found: Match | None, said: str | None) -> Match | None:
    """What two articles are to each other, after what a person said of them."""
    if said == "not_a_copy":
        return None
    if said == "same_story" and (found is None or not found.joins):
        return Match(CopyKind.NEAR, (1.0, 1.0))
    return found
