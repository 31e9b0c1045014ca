"""What a poll found, into the warehouse: one transaction for each poll, safe to repeat, nothing lost by a kill.

A poll whose claim was lost meanwhile is not recorded: whoever has the feed now lists the same entries. Entries are
matched by identity alone; a known one with other words keeps its old words as a revision.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.errors import FetchError
from wirewatch.feeds import asking, schedule
from wirewatch.feeds.health import Outcome, Vitals, health_of, outcome_of_failure
from wirewatch.feeds.identity import KnownEntry, match
from wirewatch.feeds.parser.items import ParsedFeed
from wirewatch.feeds.parser.parsing import identity_by_words
from wirewatch.records import DropReason, Entry, EntryState, Health, clean_text
from wirewatch.text import urls
from wirewatch.text.controls import without_controls
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.connection import json_value

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import LockFeedRow

_MAX_ERROR = 1_000
_MOST_REVISIONS = 24
"""Changes of one entry that are kept; a counter in its text changes it with each poll."""

_MOST_REMEMBERED = 300
"""Entries of a feed among which an item under another guid or link is looked for."""

_MAX_DETAIL = 500
_DAY = timedelta(days=1)
_RHYTHM_DAYS = 14
_LEAST_A_DAY, _MOST_A_DAY = 300, 5_000
_BEYOND_RHYTHM = 4
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class PollVisit:
    """What one visit to a feed brought."""

    feed_id: int
    by: str
    """Who holds the claim."""
    began_at: datetime
    elapsed_s: float
    """How long the server took."""
    http_status: int | None = None
    error: FetchError | None = None
    """Why there is no document."""
    parsed: ParsedFeed | None = None
    """The document as read; None without one and when the body was the same as before."""
    size: int | None = None
    """Bytes of the body."""
    body_digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    max_age_s: int | None = None
    """The server's Cache-Control."""
    conditional: bool = False
    """It was asked with validators."""
    note: str | None = None
    """What was wrong with the answer, though it could be read."""
    moved_to: str | None = None
    """Where permanent redirects led, from the registry's address."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a poll changed."""

    outcome: Outcome
    health: Health
    entries_new: int = 0
    entries_changed: int = 0
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class _Listing:
    """What the entries of a document were to the warehouse."""

    ids: list[int]
    new: int = 0
    changed: int = 0
    known: int = 0
    cut: bool = False
    """Whether there were more new entries than one poll stores: the next polls store them."""
    new_published: tuple[datetime | None, ...] = ()
    """When the new ones were published."""

    @property
    def known_share(self) -> float | None:
        return self.known / len(self.ids) if self.ids else None


def record_visit(
    warehouse: Warehouse, visit: PollVisit, bounds: schedule.Bounds, *, now: datetime, outage: bool = False
) -> Recorded | None:
    """Store a visit: its entries, the poll, the feed's schedule and health; None when the claim was lost.

    With `outage` a failure is kept in the history and counts against nothing. Raises WarehouseError.
    """
    if now < visit.began_at:
        # The clock went back during the visit. A poll is never later than its entries: the ledger is balanced by that.
        visit = replace(visit, began_at=now)
    with warehouse.transaction() as rows:
        feed = rows.lock_feed(feed_id=visit.feed_id, by=visit.by)
        if feed is None:
            return None
        if visit.error is not None:
            return _record_failure(rows, feed, visit, outcome_of_failure(visit.error), bounds, now, outage=outage)
        if visit.parsed is not None and visit.parsed.problem is not None:
            return _record_failure(rows, feed, visit, Outcome.NOT_A_FEED, bounds, now)
        return _record_success(rows, feed, visit, bounds, now)


def _record_failure(
    rows: Transaction,
    feed: LockFeedRow,
    visit: PollVisit,
    outcome: Outcome,
    bounds: schedule.Bounds,
    now: datetime,
    *,
    outage: bool = False,
) -> Recorded:
    problem = visit.parsed.problem if visit.parsed else str(visit.error)
    error = clean_text(problem or outcome.value)[:_MAX_ERROR]
    health = health_of(outcome, http_status=visit.http_status, elapsed_s=visit.elapsed_s, vitals=_vitals(feed), now=now)
    if outage:
        health = Health(feed.health)
        error = f"counts against no feed, most hosts were silent at once: {error}"
        rows.release_feed(feed_id=visit.feed_id, by=visit.by, next_poll_at=_later(now, bounds.floor_s))
    else:
        wait_s = schedule.wait_after_failure(
            schedule.setback_of(outcome, visit.error),
            failures=feed.failures + 1,
            interval_s=feed.interval_s,
            bounds=bounds,
            feed_id=visit.feed_id,
            retry_after_s=visit.error.retry_after_s if visit.error else None,
        )
        rows.finish_bad_poll(
            feed_id=visit.feed_id, by=visit.by, now=now, next_poll_at=_later(now, wait_s), health=health, error=error
        )
    _save_poll(rows, visit, outcome, health, error=error)
    return Recorded(outcome, health)


def _record_success(
    rows: Transaction, feed: LockFeedRow, visit: PollVisit, bounds: schedule.Bounds, now: datetime
) -> Recorded:
    parsed = visit.parsed
    if parsed is None:
        listing = _Listing(feed.listed, known=len(feed.listed))
        rows.see_entries(entry_ids=feed.listed, now=now)
        if visit.http_status != 304:
            rows.confirm_listing(feed_id=visit.feed_id, now=now)
    else:
        listing = _save_entries(rows, feed, parsed, now)
        # A document that was cut short must not be answered with "not modified" next time.
        whole = visit if parsed.complete and not listing.cut else None
        rows.save_listing(
            feed_id=visit.feed_id,
            listed=listing.ids,
            remembered=_remembered(feed, listing),
            now=now,
            etag=whole.etag if whole else None,
            last_modified=whole.last_modified if whole else None,
            body_digest=whole.body_digest if whole else None,
        )
    first = feed.last_success_at is None
    overflow = bool(feed.listed and listing.ids and parsed and parsed.complete and not listing.known)
    outcome = _outcome(visit, listing)
    rhythm, newest_at = _rhythm(parsed)
    observed_s = (newest_at - feed.newest_entry_at).total_seconds() if newest_at and feed.newest_entry_at else None
    longest_gap_s = feed.longest_gap_s
    if listing.new:
        longest_gap_s = schedule.longest_gap_s(feed.longest_gap_s, rhythm, observed_s)
    mean_gap_s = rhythm.mean_gap_s if rhythm else feed.mean_gap_s
    newest_entry_at = max(filter(None, (newest_at, feed.newest_entry_at)), default=None)
    vitals = Vitals(
        added_at=feed.added_at,
        newest_entry_at=newest_entry_at,
        last_new_entry_at=now if listing.new and not first else feed.last_new_entry_at,
        longest_gap_s=longest_gap_s,
        stale_after_days=feed.stale_after_days,
    )
    health = health_of(outcome, http_status=visit.http_status, elapsed_s=visit.elapsed_s, vitals=vitals, now=now)
    trust = asking.Trust(feed.validator_trust, frozenset(feed.distrusted))
    if visit.http_status != 304:
        trust = asking.learn(feed, _answer(visit, listing))
    turnover_s = feed.turnover_s
    if not first and (visit.http_status != 304 or trust.trust > 0):
        turnover_s = schedule.turnover_s(
            feed.turnover_s, interval_s=feed.interval_s, listed=len(listing.ids), new=len(listing.ids) - listing.known
        )
    windows = [seconds for seconds in (rhythm.window_s if rhythm else None, turnover_s) if seconds is not None]
    wishes = [wish for wish in (visit.max_age_s, parsed.ttl_s if parsed else None) if wish]
    pace = schedule.after_success(
        schedule.Pace(feed.interval_s, feed.lean),
        bounds,
        known_share=None if first else listing.known_share,
        mean_gap_s=mean_gap_s,
        silence_s=(now - newest_entry_at).total_seconds() if newest_entry_at else None,
        window_s=min(windows, default=None),
        wish_s=max(wishes, default=None),
        overflow=overflow,
    )
    # A tenth of the interval spreads feeds that were added together.
    # What a first poll brought says little: the second one comes as soon as may be.
    interval_s = bounds.floor_s if first else pace.interval_s
    wait_s = interval_s * (1 + schedule.jitter(visit.feed_id, 0) / 10)
    rows.finish_good_poll(
        feed_id=visit.feed_id,
        by=visit.by,
        now=now,
        next_poll_at=_later(now, wait_s),
        interval_s=pace.interval_s,
        lean=pace.streak,
        mean_gap_s=mean_gap_s,
        longest_gap_s=longest_gap_s,
        health=health,
        known_share=listing.known_share,
        new_entries=bool(listing.new),
        newest_entry_at=newest_entry_at,
        moved_to=visit.moved_to,
        moved_polls=_moved_polls(feed, visit.moved_to),
        validator_trust=trust.trust,
        distrusted=sorted(trust.distrusted),
        turnover_s=turnover_s,
        note="; ".join(filter(None, (trust.note, visit.note)))[:_MAX_ERROR] or None,
    )
    _save_poll(rows, visit, outcome, health, listing=listing, overflow=overflow, error=visit.note)
    return Recorded(outcome, health, listing.new, listing.changed, overflow)


def _answer(visit: PollVisit, listing: _Listing) -> asking.PollAnswer:
    return asking.PollAnswer(
        etag=visit.etag,
        last_modified=visit.last_modified,
        conditional=visit.conditional,
        differs=bool(visit.parsed and (listing.new or listing.changed)),
        new_published=listing.new_published,
    )


def _remembered(feed: LockFeedRow, listing: _Listing) -> list[int]:
    """What the feed listed before this document, the latest first."""
    present = set(listing.ids)
    before = dict.fromkeys(entry for entry in (*feed.listed, *feed.remembered) if entry not in present)
    return list(before)[:_MOST_REMEMBERED]


def _moved_polls(feed: LockFeedRow, moved_to: str | None) -> int:
    if moved_to is None:
        return 0
    return feed.moved_polls + 1 if moved_to == feed.moved_to else 1


def _outcome(visit: PollVisit, listing: _Listing) -> Outcome:
    if visit.parsed is None:
        return Outcome.NOT_MODIFIED if visit.http_status == 304 else Outcome.SAME_BODY
    if not listing.ids:
        return Outcome.EMPTY
    return Outcome.NEW_ENTRIES if listing.new else Outcome.NOTHING_NEW


def _save_entries(rows: Transaction, feed: LockFeedRow, parsed: ParsedFeed, now: datetime) -> _Listing:
    """Store the entries of a document, each identity once, in its order."""
    listed: dict[str, Entry] = {}
    for entry in parsed.entries:
        listed.setdefault(entry.identity, entry)
    listed, known = _recognised(rows, feed, list(listed.values()))
    new = [identity for identity in listed if identity not in known]
    for identity in new[_MOST_A_DAY:]:
        # One document with very many items must not hold up the other feeds.
        del listed[identity]
    digests = {identity: _digest(entry) for identity, entry in listed.items()}
    changed = [row for row in known.values() if row.digest != digests[row.identity] and row.revision < _MOST_REVISIONS]
    differing = {row.identity for row in changed}
    same = [row.entry_id for row in known.values() if row.identity not in differing]
    if changed:
        rows.keep_revisions(entry_ids=[row.entry_id for row in changed])
    if same:
        rows.see_entries(entry_ids=same, now=now)
    later = _beyond_budget(rows, feed.feed_id, new[:_MOST_A_DAY], now)
    saved = rows.save_entries(
        [
            _entry_row(feed.feed_id, entry, digests[identity], now, later.get(identity, now))
            for identity, entry in listed.items()
            if identity not in known or identity in differing
        ],
    )
    ids = [*same, *(row.entry_id for row in saved)]
    return _Listing(
        ids,
        new=len(listed) - len(known),
        changed=len(changed),
        known=len(known),
        cut=len(new) > _MOST_A_DAY,
        new_published=tuple(entry.published_at for identity, entry in listed.items() if identity not in known),
    )


def _recognised(
    rows: Transaction, feed: LockFeedRow, entries: list[Entry]
) -> tuple[dict[str, Entry], dict[str, KnownEntry]]:
    """The items by the identity under which they are stored, and the known ones among them.

    What was listed lately is asked for only when an item is not known as it is.
    """
    identities = [entry.identity for entry in entries]
    rows_known = rows.known_entries(feed_id=feed.feed_id, identities=identities, entry_ids=[])
    titles = {row.identity: row.title for row in rows_known}
    if any(titles.get(entry.identity) != entry.title for entry in entries):
        remembered = [*feed.listed, *feed.remembered]
        rows_known = rows.known_entries(feed_id=feed.feed_id, identities=identities, entry_ids=remembered)
    candidates = [KnownEntry(**row._asdict()) for row in rows_known]
    matches = match(entries, candidates)
    occupied = {candidate.identity for candidate in candidates}
    listed: dict[str, Entry] = {}
    known: dict[str, KnownEntry] = {}
    for place, entry in enumerate(entries):
        found = matches.get(place)
        if found is not None:
            known[found.known.identity] = found.known
            entry = replace(entry, identity=found.known.identity, url=found.known.url if found.moved else entry.url)
        elif entry.identity in occupied:
            entry = replace(entry, identity=identity_by_words(entry), identity_kind="hash")
        listed.setdefault(entry.identity, entry)
    return listed, known


def _beyond_budget(rows: Transaction, feed_id: int, new: list[str], now: datetime) -> dict[str, datetime]:
    """When the new items are fetched that are more than a feed may bring in a day; in the order of the document.

    The budget is four times what the feed brought in a day of the last two weeks, 300 to 5,000. Nothing is lost: the
    items wait for the next day's, and the one after.
    """
    if not new:
        return {}
    brought = rows.new_entries_of(feed_id=feed_id, day_ago=now - _DAY, weeks_ago=now - _RHYTHM_DAYS * _DAY)
    budget = min(max(_LEAST_A_DAY, _BEYOND_RHYTHM * brought.in_weeks // _RHYTHM_DAYS), _MOST_A_DAY)
    days = ((identity, (brought.in_day + n) // budget) for n, identity in enumerate(new))
    return {identity: now + day * _DAY for identity, day in days if day}


def _entry_row(feed_id: int, entry: Entry, digest: str, now: datetime, next_try_at: datetime) -> tuple[object, ...]:
    """The values of the query save_entries."""
    state, reason, detail = EntryState.NEW, None, None
    if entry.url is None:
        state = EntryState.DROPPED
        reason = DropReason.BAD_URL if entry.link else DropReason.NO_URL
        detail = f"the feed's link is {entry.link!r}"[:_MAX_DETAIL] if entry.link else "the feed gave no link"
    return (
        feed_id,
        entry.identity,
        entry.identity_kind,
        entry.url,
        urls.url_key(entry.url) if entry.url else None,
        urls.host_key(entry.url) if entry.url else None,
        without_controls(entry.title),
        entry.summary,
        entry.content,
        list(map(without_controls, entry.authors)),
        entry.language,
        entry.published_at,
        entry.published_source,
        json_value([date.as_json() for date in entry.dates]),
        digest,
        now,
        now,
        state,
        now,
        reason,
        detail,
        next_try_at,
    )


def _digest(entry: Entry) -> str:
    """What tells whether an entry changed: its address and its words, markup aside."""
    content = " ".join(_TAG.sub(" ", entry.content or "").split())
    key = urls.url_key(entry.url) if entry.url else ""
    return hashlib.sha256("\0".join((key, entry.title, entry.summary or "", content)).encode()).hexdigest()


def _later(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _rhythm(parsed: ParsedFeed | None) -> tuple[schedule.Rhythm | None, datetime | None]:
    published = [entry.published_at for entry in parsed.entries if entry.published_at] if parsed else []
    return schedule.rhythm_of(published), max(published, default=None)


def _vitals(feed: LockFeedRow) -> Vitals:
    return Vitals(
        feed.added_at, feed.newest_entry_at, feed.last_new_entry_at, feed.longest_gap_s, feed.stale_after_days
    )


def _save_poll(
    rows: Transaction,
    visit: PollVisit,
    outcome: Outcome,
    health: Health,
    *,
    listing: _Listing | None = None,
    overflow: bool = False,
    error: str | None = None,
) -> None:
    listing = listing or _Listing([])
    rows.save_poll(
        feed_id=visit.feed_id,
        polled_at=visit.began_at,
        duration_ms=round(visit.elapsed_s * 1000),
        outcome=outcome,
        http_status=visit.http_status,
        bytes=visit.size,
        listed=len(listing.ids),
        new=listing.new,
        changed=listing.changed,
        overflow=overflow,
        health=health,
        error=error,
    )
