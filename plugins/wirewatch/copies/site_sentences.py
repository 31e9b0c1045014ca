"""A site's boilerplate, found among the sentences that its articles of the weeks around hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wirewatch.copies.batch import KnownArticle, LinkBatch
from wirewatch.copies.fingerprint import filed
from wirewatch.copies.flashes import candidate_keys
from wirewatch.copies.matching import METHOD
from wirewatch.copies.subjects import FURNITURE_SAMPLE, is_boilerplate


@dataclass(frozen=True, slots=True)
class _Holder:
    """An article that holds a sentence."""

    seen_at: datetime
    article: int
    sentences: frozenset[int]


def remove_boilerplate(batch: LinkBatch) -> None:
    """Reads the work without its sites' boilerplate and stores its fingerprints.

    Takes articles into the work for which a new one made boilerplate of a sentence.
    """
    fresh = set(batch.work)
    holders = holders_of(batch, batch.work.values())
    changed = {
        holder.article
        for (article, _), holding in holders.items()
        if article in fresh and _is_boilerplate(holding)
        if not _is_boilerplate([holder for holder in holding if holder.article not in fresh])
        for holder in holding[:FURNITURE_SAMPLE]
    } - fresh
    if changed:
        batch.work |= batch.load(changed)
        holders = holders_of(batch, batch.work.values())
    strip(batch.work, holders)
    batch.rows.store_fingerprints([_fingerprint(known, holders) for known in batch.work.values()])


def holders_of(batch: LinkBatch, wanted: Iterable[KnownArticle]) -> dict[tuple[int, int], list[_Holder]]:
    """For each (article, sentence), who holds it on the same site in the weeks around, the earliest first."""
    wanted = list(wanted)
    keys: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for known in wanted:
        sentences = sorted(known.subject.sentences)
        for week in known.weeks:
            for sentence, key in zip(sentences, filed(sentences, _heading(known, week)), strict=True):
                keys[key].append((known.row.article_id, sentence))
    holders: dict[tuple[int, int], dict[int, _Holder]] = defaultdict(dict)
    others: dict[int, _Holder] = {}
    for row in batch.rows.sentence_holders(keys=sorted(keys)):
        if row.article_id not in batch.work:
            holder = others.get(row.article_id)
            if holder is None:
                holder = others[row.article_id] = _Holder(row.seen_at, row.article_id, frozenset(row.sentences))
            for place in keys[row.key]:
                holders[place][row.article_id] = holder
    for known in batch.work.values():
        own = known.subject.sentences
        holder = _Holder(known.row.first_seen_at, known.row.article_id, own)
        for key in filed(own, _heading(known, known.week)):
            for place in keys.get(key, ()):
                holders[place][holder.article] = holder
    return {
        place: sorted(found.values(), key=lambda one: (one.seen_at, one.article)) for place, found in holders.items()
    }


def strip(articles: dict[int, KnownArticle], holders: dict[tuple[int, int], list[_Holder]]) -> None:
    boilerplate: dict[int, set[int]] = defaultdict(set)
    for (article, sentence), holding in holders.items():
        if article in articles and _is_boilerplate(holding):
            boilerplate[article].add(sentence)
    for article, sentences in boilerplate.items():
        known = articles[article]
        articles[article] = KnownArticle(known.row, known.subject.without(frozenset(sentences)))


def _fingerprint(known: KnownArticle, holders: dict[tuple[int, int], list[_Holder]]) -> tuple[object, ...]:
    """Its row. A sentence that enough others hold in these weeks is not filed again: it is known as boilerplate."""
    sentences = sorted(known.subject.sentences)
    unknown = [
        sentence
        for sentence in sentences
        if len(holding := holders.get((known.row.article_id, sentence), [])) <= FURNITURE_SAMPLE
        or not _is_boilerplate(holding)
    ]
    return (
        known.row.article_id,
        known.row.version,
        METHOD,
        known.row.first_seen_at,
        known.row.language,
        known.subject.whole.digest,
        filed(candidate_keys(known.subject), f"week {known.week}"),
        filed(known.subject.facts.rare, f"week {known.week}"),
        sentences,
        filed(unknown, _heading(known, known.week)),
    )


def _heading(known: KnownArticle, week: int) -> str:
    """Under which the sentences of an article are filed in a week."""
    return f"site {known.subject.publication.site} week {week}"


def _is_boilerplate(holding: list[_Holder]) -> bool:
    return is_boilerplate(holder.sentences for holder in holding[:FURNITURE_SAMPLE])
