"""The stage that looks for copies of new and changed articles, links them, and keeps the stories.

One transaction a batch, under one lock for all tasks: a task that is killed leaves nothing half done, and two tasks at
once do what one would. For each new article:

    read ─▶ take out its site's boilerplate ─▶ store its fingerprint ─▶ find candidates ─▶ match ─▶ links ─▶ stories

The links of an earlier article change only by its matches with new ones, so that they are corrected, not found again.
Where a new article shows that a sentence is its site's boilerplate, the few articles that hold it are matched again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from wirewatch.copies.facts import Lexicon
from wirewatch.copies.fingerprint import filed
from wirewatch.copies.flashes import candidate_keys
from wirewatch.copies.in_memory import (
    COMMON,
    COMMON_FACT,
    MAX_CANDIDATES,
    MAX_TRANSLATION_CANDIDATES,
    OVERSIZED,
    SHARED_FACTS,
    SURE,
)
from wirewatch.copies.matching import METHOD, Match, is_copy, match, may_match
from wirewatch.copies.stories import Links, Origin, components, links_of, origin_of
from wirewatch.copies.subjects import (
    FURNITURE_SAMPLE,
    Publication,
    Subject,
    is_boilerplate,
    publication_of,
    subject_of,
)
from wirewatch.records import ArticleText, CopyKind, CopyLink
from wirewatch.settings import Settings
from wirewatch.text.citations import citations_in
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.connection import Transaction

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ArticlesToLinkRow, LinksInForceRow, PublicationsRow

BATCH = 100
"""Articles of one transaction."""

WEEKS_AROUND = 2
"""Copies are looked for so many weeks before and after the week in which an article was first seen; an equal text or
address is found at any distance."""

_WEEK = timedelta(weeks=1)
_EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
"""A Monday."""

log = logging.getLogger("wirewatch")


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What a call of `link_copies` did."""

    linked: int = 0
    """Articles whose copies were looked for."""
    links: int = 0
    """Links found."""
    links_closed: int = 0
    """Links that something better took the place of, or that no longer hold."""
    stories_opened: int = 0
    stories_merged: int = 0
    oversized: int = 0
    """Articles with so many candidates that only the nearest were looked at."""
    ignored_keys: int = 0
    """Word sequences that so many articles hold that they were not looked at: boilerplate of many sites."""

    def __add__(self, other: LinkReport) -> LinkReport:
        return LinkReport(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def link_copies(
    warehouse: Warehouse, settings: Settings, lexicons: Callable[[], Sequence[Lexicon]], *, now: datetime | None = None
) -> LinkReport:
    """Looks for copies of all articles that wait for it, or for `settings.batch_minutes`.

    `now` is when links begin to hold; by default the time of each batch. `lexicons` gives what knows names in several
    languages, by which translations are found; it is called only when there is work. Raises WarehouseError.
    """
    report = LinkReport()
    with warehouse.transaction() as rows:
        if not rows.unlinked_articles(most=1):
            return report  # before the lexicons are made, which takes a second
    known = lexicons()
    until = monotonic() + 60 * settings.batch_minutes
    while monotonic() < until:
        with warehouse.transaction() as rows:
            done = _Batch(rows, now or rows.database_time(), known).run()
        report += done
        if not done.linked:
            break
    if report.oversized:
        log.warning(
            "%d articles have more than %d candidates: only the nearest were compared", report.oversized, MAX_CANDIDATES
        )
    if report.ignored_keys:
        log.warning("%d word sequences stand in %d articles or more: ignored", report.ignored_keys, COMMON)
    return report


def relink_outdated(
    warehouse: Warehouse, lexicons: Callable[[], Sequence[Lexicon]], *, now: datetime | None = None
) -> LinkReport:
    """Links again what another version of the method fingerprinted, and its copies, batch by batch, until none is left.

    May be stopped at any time: what is done has the new method's fingerprint, and what was handed back is linked by the
    next `link_copies` or `relink_outdated`. New articles that wait are linked as well. Raises WarehouseError.
    """
    known = lexicons()
    report = LinkReport()
    while True:
        with warehouse.transaction() as rows:
            rows.unlink_outdated(method=METHOD, most=BATCH)
            done = _Batch(rows, now or rows.database_time(), known).run()
        if not done.linked:
            return report
        report += done
        log.info("linked again: %d articles", report.linked)


def week_of(time: datetime) -> int:
    """The number of the week under which an article first seen at `time` is filed."""
    return (time - _EPOCH) // _WEEK


@dataclass(frozen=True, slots=True)
class _Known:
    """An article with its row of the warehouse."""

    row: ArticlesToLinkRow
    subject: Subject

    @property
    def week(self) -> int:
        return week_of(self.row.first_seen_at)

    @property
    def weeks(self) -> range:
        return range(self.week - WEEKS_AROUND, self.week + WEEKS_AROUND + 1)


@dataclass(frozen=True, slots=True)
class _Holder:
    """An article that holds a sentence."""

    seen_at: datetime
    article: int
    sentences: frozenset[int]


class _Batch:
    """The work of one transaction."""

    def __init__(self, rows: Transaction, now: datetime, lexicons: Sequence[Lexicon]) -> None:
        self._rows = rows
        self._now = now
        self._lexicons = lexicons
        self._work: dict[int, _Known] = {}
        """Articles that are matched with all their candidates."""
        self._others: dict[int, _Known] = {}
        """Candidates of theirs."""
        self._publications: dict[int, Publication] = {}
        self._said: dict[tuple[int, int], str] = {}
        """Pairs of which a person said that they are one story, or that neither copies the other; the smaller first."""
        self._origins: set[int] = set()
        """Articles of which a person said that they are the origins of their stories."""
        self._oversized = 0
        self._ignored_keys = 0

    def run(self) -> LinkReport:
        """Does the work of the batch."""
        self._rows.lock_linking()
        self._rows.prefer_indexes()
        fresh = [row.article_id for row in self._rows.unlinked_articles(most=BATCH)]
        if not fresh:
            return LinkReport()
        self._work = self._load(fresh)
        self._remove_boilerplate()
        candidates = self._candidates()
        self._others = self._load(set().union(*candidates.values()) - self._work.keys())
        matches = self._match(candidates)
        found, closed, touched = self._write_links(matches)
        opened, merged = self._write_stories(touched)
        self._rows.mark_events_due(articles=sorted(self._work))
        self._rows.insert_citations([row for known in self._work.values() for row in _citations(known.row)])
        versions = [(known.row.article_id, known.row.version, self._now) for known in self._work.values()]
        self._rows.mark_linked(sorted(versions))
        return LinkReport(len(fresh), found, closed, opened, merged, self._oversized, self._ignored_keys)

    def _load(self, articles: Collection[int]) -> dict[int, _Known]:
        loaded = {}
        for row in self._rows.articles_to_link(articles=sorted(articles)) if articles else ():
            loaded[row.article_id] = _Known(row, subject_of(_article(row, row.text), self._lexicons))
            self._publications[row.article_id] = loaded[row.article_id].subject.publication
        return loaded

    # Boilerplate

    def _remove_boilerplate(self) -> None:
        """Reads the work without its sites' boilerplate and stores its fingerprints.

        Takes articles into the work for which a new one made boilerplate of a sentence.
        """
        fresh = set(self._work)
        holders = self._holders(self._work.values())
        changed = {
            holder.article
            for (article, _), holding in holders.items()
            if article in fresh and _is_boilerplate(holding)
            if not _is_boilerplate([holder for holder in holding if holder.article not in fresh])
            for holder in holding[:FURNITURE_SAMPLE]
        } - fresh
        if changed:
            self._work |= self._load(changed)
            holders = self._holders(self._work.values())
        self._strip(self._work, holders)
        self._rows.store_fingerprints([self._fingerprint(known, holders) for known in self._work.values()])

    def _holders(self, wanted: Iterable[_Known]) -> dict[tuple[int, int], list[_Holder]]:
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
        for row in self._rows.sentence_holders(keys=sorted(keys)):
            if row.article_id not in self._work:
                holder = others.get(row.article_id)
                if holder is None:
                    holder = others[row.article_id] = _Holder(row.seen_at, row.article_id, frozenset(row.sentences))
                for place in keys[row.key]:
                    holders[place][row.article_id] = holder
        for known in self._work.values():
            own = known.subject.sentences
            holder = _Holder(known.row.first_seen_at, known.row.article_id, own)
            for key in filed(own, _heading(known, known.week)):
                for place in keys.get(key, ()):
                    holders[place][holder.article] = holder
        return {
            place: sorted(found.values(), key=lambda one: (one.seen_at, one.article))
            for place, found in holders.items()
        }

    def _strip(self, articles: dict[int, _Known], holders: dict[tuple[int, int], list[_Holder]]) -> None:
        boilerplate: dict[int, set[int]] = defaultdict(set)
        for (article, sentence), holding in holders.items():
            if article in articles and _is_boilerplate(holding):
                boilerplate[article].add(sentence)
        for article, sentences in boilerplate.items():
            known = articles[article]
            articles[article] = _Known(known.row, known.subject.without(frozenset(sentences)))

    def _fingerprint(self, known: _Known, holders: dict[tuple[int, int], list[_Holder]]) -> tuple[object, ...]:
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

    # Matches

    def _candidates(self) -> dict[int, set[int]]:
        """For each article of the work, those to compare it with."""
        found = {}
        for article, known in self._work.items():
            sketch = [key for week in known.weeks for key in filed(candidate_keys(known.subject), f"week {week}")]
            rows = self._rows.copy_candidates(
                article_id=article,
                sketch=sketch,
                digest=known.subject.whole.digest,
                canonical_key=known.subject.publication.canonical_key,
                sure=SURE,
                common=COMMON,
                oversized=OVERSIZED,
                most=MAX_CANDIDATES,
            )
            nearest = {row.article_id for row in rows if row.article_id is not None}
            self._oversized += len(nearest) == MAX_CANDIDATES
            self._ignored_keys += max(row.ignored for row in rows)
            found[article] = nearest | self._translations(known)
        for link in self._rows.links_in_force(articles=sorted(self._work)):
            found[link.article_id].add(link.of_article_id)
        for copy in self._rows.copies_in_force(articles=sorted(self._work)):
            found[copy.of_article_id].add(copy.article_id)
        self._listen(self._work)
        for one, other in self._said:
            for article, partner in ((one, other), (other, one)):
                if article in found:
                    found[article].add(partner)
        return found

    def _listen(self, articles: Iterable[int]) -> None:
        """Learns what people said about pairs of `articles`, and which of them are origins."""
        for row in self._rows.story_corrections(articles=sorted(articles)):
            if row.kind == "origin":
                self._origins.add(row.article_id)
            elif row.other_article_id is not None:
                pair = min(row.article_id, row.other_article_id), max(row.article_id, row.other_article_id)
                self._said[pair] = row.kind

    def _translations(self, known: _Known) -> set[int]:
        """Articles in other languages that share facts with one."""
        if known.row.language is None:
            return set()
        weeks = range(known.week - 1, known.week + 2)
        rows = self._rows.translation_candidates(
            facts=[key for week in weeks for key in filed(known.subject.facts.rare, f"week {week}")],
            language=known.row.language,
            shared=SHARED_FACTS,
            common=COMMON_FACT,
            most=MAX_TRANSLATION_CANDIDATES,
        )
        return {row.article_id for row in rows}

    def _match(self, candidates: dict[int, set[int]]) -> dict[int, list[tuple[Publication, Match]]]:
        """For each copy, what it matches: all for the work, what is in the work for others."""
        pairs = {
            (min(article, other), max(article, other))
            for article, others in candidates.items()
            for other in others
            if (min(article, other), max(article, other)) in self._said
            or may_match(self._work[article].subject, self._known(other).subject)
        }
        near = {article for pair in pairs for article in pair} - self._work.keys()
        self._strip(self._others, self._holders(self._others[article] for article in sorted(near)))
        matches: dict[int, list[tuple[Publication, Match]]] = defaultdict(list)
        for article, other in sorted(pairs):
            first, second = self._known(article).subject, self._known(other).subject
            if found := _corrected(match(first, second), self._said.get((article, other))):
                if is_copy(first.publication, second.publication):
                    matches[article].append((second.publication, found))
                else:
                    matches[other].append((first.publication, found.turned()))
        return matches

    def _known(self, article: int) -> _Known:
        return self._work.get(article) or self._others[article]

    # Links

    def _write_links(self, matches: dict[int, list[tuple[Publication, Match]]]) -> tuple[int, int, set[int]]:
        """Makes the links in force those that the matches say; (links found, links closed, articles touched)."""
        copiers = {row.article_id for row in self._rows.copies_in_force(articles=sorted(self._work))}
        articles = self._work.keys() | matches.keys() | copiers
        in_force: dict[int, list[LinksInForceRow]] = defaultdict(list)
        for link in self._rows.links_in_force(articles=sorted(articles)):
            in_force[link.article_id].append(link)
        self._learn({link.of_article_id for links in in_force.values() for link in links} | articles)
        new: list[tuple[Any, ...]] = []
        closed: list[int] = []
        touched = set(articles)
        for article in sorted(articles):
            kept = [
                (self._publications[link.of_article_id], Match(CopyKind(link.kind), (link.score, 0.0)))
                for link in in_force[article]
                if article not in self._work and link.of_article_id not in self._work
            ]
            wanted = _rows(links_of(self._publications[article], kept + matches.get(article, [])))
            for link in in_force[article]:
                row = (link.of_article_id, link.kind, round(link.score, 4), link.is_source)
                if row in wanted:
                    del wanted[row]
                else:
                    closed.append(link.copy_id)
                    touched.add(link.of_article_id)
            new.extend(
                (article, link.of, link.kind.value, link.score, row[3], METHOD, self._now)
                for row, link in wanted.items()
            )
        if closed:
            self._rows.close_links(copies=closed, now=self._now)
        self._rows.insert_links(new)
        return len(new), len(closed), touched | {row[1] for row in new}

    def _learn(self, articles: Collection[int]) -> None:
        """Gets the publications of articles that are not known yet."""
        unknown = sorted(set(articles) - self._publications.keys())
        for row in self._rows.publications(articles=unknown) if unknown else ():
            self._publications[row.article_id] = publication_of(_article(row, ""))

    # Stories

    def _write_stories(self, touched: set[int]) -> tuple[int, int]:
        """Makes stories of what hangs together by sources; (stories opened, stories merged into an older one)."""
        before = {row.article_id: row.story_id for row in self._rows.publications(articles=sorted(touched))}
        stories = sorted({story for story in before.values() if story is not None})
        members = {row.article_id for row in self._rows.story_members(stories=stories)} | touched
        before |= {row.article_id: row.story_id for row in self._rows.publications(articles=sorted(members))}
        self._learn(members)
        sources = [
            (link.article_id, link.of_article_id)
            for link in self._rows.links_in_force(articles=sorted(members))
            if link.is_source
        ]
        self._listen(members)
        sources += [pair for pair, kind in self._said.items() if kind == "same_story" and members.issuperset(pair)]
        by_age = sorted(members, key=lambda article: self._publications[article].age)
        origins = {
            row.story_id: (
                row.origin_article_id,
                row.origin_reason,
                row.origin_kind,
                row.origin_agency,
                row.origin_time,
                row.also_first,
            )
            for row in self._rows.story_origins(stories=stories)
        }
        free = set(stories)
        unnamed: list[tuple[list[int], _OriginRow]] = []
        named: dict[int, list[int]] = {}
        changed: list[tuple[Any, ...]] = []
        for group in components(by_age, sources):
            origin = origin_of([self._publications[article] for article in group], self._origins)
            origin_row = _origin_row(origin)
            stories_of_group = [story for article in group if (story := before[article]) in free]
            oldest = min(stories_of_group, default=None)
            if oldest is None:
                unnamed.append((group, origin_row))
                continue
            free.remove(oldest)
            named[oldest] = group
            if origins[oldest] != origin_row:
                changed.append((oldest, *origin_row, self._now))
        opened = self._rows.insert_stories([(*origin, self._now) for _, origin in unnamed])
        by_origin = {row.origin_article_id: row.story_id for row in opened}
        named |= {by_origin[origin[0]]: group for group, origin in unnamed}
        self._rows.update_stories(changed)
        after = {article: story for story, group in named.items() for article in group}
        moved = sorted((article, story) for article, story in after.items() if before[article] != story)
        self._rows.assign_stories(moved)
        merged = [(story, after[origins[story][0]], self._now) for story in sorted(free)]
        self._rows.merge_stories(merged)
        return len(opened), len(merged)


def _corrected(found: Match | None, said: str | None) -> Match | None:
    """What two articles are to each other, after what a person said of them."""
    if said == "not_a_copy":
        return None
    if said == "same_story" and (found is None or not found.joins):
        return Match(CopyKind.NEAR, (1.0, 1.0))
    return found


def _citations(row: ArticlesToLinkRow) -> Iterator[tuple[Any, ...]]:
    """The rows of whom an article cites."""
    for field, text in (("title", row.title), ("text", row.text)):
        for found in citations_in(text):
            yield row.article_id, row.version, found.cited, found.kind, field, found.start, found.end


_OriginRow = tuple[int, str, str, str | None, str, list[int]]
"""What a story's row says of its origin."""


def _origin_row(origin: Origin) -> _OriginRow:
    also = [int(article) for article in origin.also_first]
    return int(origin.article), origin.reason, origin.kind.value, origin.agency, origin.grade.value, also


def _article(row: ArticlesToLinkRow | PublicationsRow, text: str) -> ArticleText:
    return ArticleText(
        id=row.article_id,
        title=row.title,
        text=text,
        url=row.url,
        outlet=row.outlet,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        language=row.language,
        wire=row.wire,
        canonical_url=row.canonical_url,
        zone_assumed=row.zone_assumed,
    )


def _heading(known: _Known, week: int) -> str:
    """Under which the sentences of an article are filed in a week."""
    return f"site {known.subject.publication.site} week {week}"


def _is_boilerplate(holding: list[_Holder]) -> bool:
    return is_boilerplate(holder.sentences for holder in holding[:FURNITURE_SAMPLE])


def _rows(links: Links) -> dict[tuple[int | str, str, float, bool], CopyLink]:
    """The links by what makes two of them the same."""
    return {(link.of, link.kind.value, round(link.score, 4), link is links.source): link for link in links.all}
