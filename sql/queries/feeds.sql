-- name: registry_in_force()^
-- Returns the digest of the registry in force, if there is one.
select digest from ingest.registry where in_force_until is null;

-- name: lock_registry()!
-- Lets one task at a time take over a registry; the lock ends with the transaction.
select from ingest.lock where name = 'registry' for update;

-- name: close_registry(now)!
-- Closes the active registry.
update ingest.registry set in_force_until = greatest(:now, in_force_from) where in_force_until is null;

-- name: open_registry(digest, content, now)!
-- Activates a registry.
insert into ingest.registry (digest, content, in_force_from) values (:digest, :content, :now);

-- name: save_outlets()!
-- Adds or changes outlets, by key; one that was retired is back in force.
insert into news.outlet (key, name, homepage, country, language, kind, ownership, press, perspective, timezone)
values %s
on conflict (key) do update
set name = excluded.name,
    homepage = excluded.homepage,
    country = excluded.country,
    language = excluded.language,
    kind = excluded.kind,
    ownership = excluded.ownership,
    press = excluded.press,
    perspective = excluded.perspective,
    timezone = excluded.timezone,
    retired_at = null;

-- name: retire_outlets(keys, now)!
-- Retires the outlets that are not among these keys.
update news.outlet set retired_at = :now where retired_at is null and key <> all (:keys);

-- name: save_feeds()
-- Adds or changes feeds, by URL, and tells which were added; one that was retired is due at once.
insert into ingest.feed as feed (
    outlet_id, url, name, language, host, stale_after_days, trust_dates, added_at, next_poll_at
)
select outlet_id, url, given.name, given.language, host, stale_after_days::int, trust_dates::boolean, now::timestamptz, now::timestamptz
from (values %s) as given (outlet_key, url, name, language, host, stale_after_days, trust_dates, now)
join news.outlet on outlet.key = given.outlet_key
on conflict (url) do update
set outlet_id = excluded.outlet_id,
    name = excluded.name,
    language = excluded.language,
    stale_after_days = excluded.stale_after_days,
    trust_dates = excluded.trust_dates,
    next_poll_at = case when feed.retired_at is null then feed.next_poll_at else excluded.next_poll_at end,
    retired_at = null
returning xmax = 0 as added;

-- name: retire_feeds(urls, now)!
-- Retires the feeds that are not among these URLs; what was read from them stays.
update ingest.feed set retired_at = :now where retired_at is null and url <> all (:urls);

-- name: due_shards(shards, now)
-- Lists the shards with feeds that are due.
select distinct mod(shard, :shards) as shard
from ingest.feed
where retired_at is null and next_poll_at <= :now and (lease_until is null or lease_until <= :now)
order by shard;

-- name: claim_feeds(shard, shards, by, until, n, now)
-- Claims up to n due feeds of a shard with a lease, those that have waited longest first.
with due as (
    select feed_id
    from ingest.feed
    where retired_at is null
      and next_poll_at <= :now
      and (lease_until is null or lease_until <= :now)
      and mod(shard, :shards) = :shard
    order by next_poll_at, feed_id
    limit :n
    for update skip locked
)
update ingest.feed
set lease_until = :until, lease_by = :by
from due, news.outlet
where feed.feed_id = due.feed_id and outlet.outlet_id = feed.outlet_id
returning
    feed.feed_id, feed.url, feed.etag, feed.last_modified, feed.body_digest, feed.listed_at, feed.moved_to,
    feed.moved_polls, feed.trust_dates, feed.last_success_at, feed.validator_trust, feed.distrusted, outlet.timezone;

-- name: lock_feed(feed_id, by)^
-- Holds a claimed feed for the transaction that stores its poll; no row when the claim was lost meanwhile.
select
    feed_id, added_at, interval_s, lean, mean_gap_s, longest_gap_s, stale_after_days, health, failures,
    last_success_at, last_new_entry_at, newest_entry_at, known_share, listed, listed_at, remembered, moved_to,
    moved_polls, url, etag, last_modified, validator_trust, distrusted, turnover_s
from ingest.feed
where feed_id = :feed_id and lease_by = :by
for update;

-- name: known_entries(feed_id, identities, entry_ids)
-- Returns the entries of a feed that are known under these identities. May be null: url, url_key, published_at.
select entry_id, identity, url, url_key, title, published_at, digest, revision
from ingest.entry
where feed_id = :feed_id and (identity = any (:identities) or entry_id = any (:entry_ids));

-- name: new_entries_of(feed_id, day_ago, weeks_ago)^
-- Counts the new entries that the polls of a feed brought in a day and in the weeks before. Always one row.
select
    coalesce(sum(entries_new) filter (where polled_at >= :day_ago), 0)::int as in_day,
    coalesce(sum(entries_new), 0)::int as in_weeks
from ingest.poll
where feed_id = :feed_id and polled_at >= :weeks_ago;

-- name: keep_revisions(entry_ids)!
-- Stores revisions of entries before their new content replaces the old.
insert into ingest.entry_revision (
    entry_id, revision, url, title, summary, content, published_at, seen_until, article_id
)
select entry_id, revision, url, title, summary, content, published_at, last_seen_at, article_id
from ingest.entry
where entry_id = any (:entry_ids);

-- name: save_entries()
-- Adds entries, or gives known ones their changed words. A known entry that now leads elsewhere, or that has become
-- usable, is collected anew, three times at most; one that lost its address keeps the old one.
insert into ingest.entry as entry (
    feed_id, identity, identity_kind, url, url_key, host, title, summary, content, authors, language,
    published_at, published_source, dates, digest, first_seen_at, last_seen_at, state, state_at, reason, detail,
    next_try_at
)
values %s
on conflict (feed_id, identity) do update
set (
        url, url_key, host, title, summary, content, authors, language,
        published_at, published_source, dates, digest, revision, last_seen_at
    ) = (
        coalesce(excluded.url, entry.url), coalesce(excluded.url_key, entry.url_key),
        coalesce(excluded.host, entry.host), excluded.title, excluded.summary, excluded.content, excluded.authors,
        excluded.language, excluded.published_at, excluded.published_source, excluded.dates, excluded.digest,
        entry.revision + 1, greatest(entry.last_seen_at, excluded.last_seen_at)
    ),
    (
        state, state_at, reason, detail, attempts, crashes, moves, next_try_at, lease_until, lease_by, page_id, article_id
    ) = (
        select
            case when anew then excluded.state else entry.state end,
            case when anew then excluded.state_at else entry.state_at end,
            case when anew then excluded.reason else entry.reason end,
            case when anew then excluded.detail else entry.detail end,
            case when anew then 0 else entry.attempts end,
            case when anew then 0 else entry.crashes end,
            entry.moves + (coalesce(anew, false) and excluded.url_key is distinct from entry.url_key)::int,
            case when anew then excluded.next_try_at else entry.next_try_at end,
            case when anew then null else entry.lease_until end,
            case when anew then null else entry.lease_by end,
            case when anew then null else entry.page_id end,
            case when anew then null else entry.article_id end
        from (
            select coalesce(excluded.url_key <> coalesce(entry.url_key, '') and entry.moves < 3, false)
                or (entry.reason in ('no_url', 'bad_url') and excluded.state = 'new')
                or (entry.reason = 'too_old' and excluded.published_at > entry.published_at) as anew
        ) as decided
    )
returning entry_id;

-- name: see_entries(entry_ids, now)!
-- Notes that entries were listed again.
update ingest.entry set last_seen_at = greatest(last_seen_at, :now) where entry_id = any (:entry_ids);

-- name: save_poll(feed_id, polled_at, duration_ms, outcome, http_status, bytes, listed, new, changed, overflow, health, error)!
-- Adds a poll to the history.
insert into ingest.poll (
    feed_id, polled_at, duration_ms, outcome, http_status, bytes, entries_listed, entries_new, entries_changed,
    overflow, health, error
)
values (
    :feed_id, :polled_at, :duration_ms, :outcome, :http_status, :bytes, :listed, :new, :changed,
    :overflow, :health, :error
);

-- name: finish_good_poll(feed_id, by, now, next_poll_at, interval_s, lean, mean_gap_s, longest_gap_s, health, known_share, new_entries, newest_entry_at, moved_to, moved_polls, validator_trust, distrusted, turnover_s, note)!
-- Releases a feed after a successful poll.
update ingest.feed
set lease_until = null,
    lease_by = null,
    next_poll_at = :next_poll_at,
    interval_s = :interval_s,
    lean = :lean,
    mean_gap_s = :mean_gap_s,
    longest_gap_s = :longest_gap_s,
    health = :health,
    health_since = case when health = :health then coalesce(health_since, :now) else :now end,
    failures = 0,
    last_polled_at = :now,
    last_success_at = :now,
    last_new_entry_at = case when :new_entries and last_success_at is not null then :now else last_new_entry_at end,
    newest_entry_at = greatest(newest_entry_at, :newest_entry_at),
    known_share = :known_share,
    last_error = null,
    moved_to = :moved_to,
    moved_polls = :moved_polls,
    validator_trust = :validator_trust,
    distrusted = :distrusted,
    turnover_s = :turnover_s,
    note = :note
where feed_id = :feed_id and lease_by = :by;

-- name: confirm_listing(feed_id, now)!
-- Notes that the document came again as it was.
update ingest.feed set listed_at = :now where feed_id = :feed_id;

-- name: save_listing(feed_id, listed, remembered, now, etag, last_modified, body_digest)!
-- Remembers the document that a poll brought: its entries, and how to ask whether it changed.
update ingest.feed
set listed = :listed, remembered = :remembered, listed_at = :now, etag = :etag, last_modified = :last_modified, body_digest = :body_digest
where feed_id = :feed_id;

-- name: finish_bad_poll(feed_id, by, now, next_poll_at, health, error)!
-- Releases a feed after a failed poll. Its validators and interval stay; a redirect that it followed is removed.
update ingest.feed
set lease_until = null,
    lease_by = null,
    next_poll_at = :next_poll_at,
    health = :health,
    health_since = case when health = :health then coalesce(health_since, :now) else :now end,
    failures = failures + 1,
    last_polled_at = :now,
    last_error = :error,
    moved_to = null,
    moved_polls = 0
where feed_id = :feed_id and lease_by = :by;

-- name: release_feed(feed_id, by, next_poll_at)!
-- Releases a feed as if it had not been polled.
update ingest.feed
set lease_until = null, lease_by = null, next_poll_at = :next_poll_at
where feed_id = :feed_id and lease_by = :by;

-- name: release_feeds(by, now)!
-- Releases all feeds of a worker as if it had not polled them: a fault on our side ended its work.
update ingest.feed
set lease_until = null, lease_by = null, next_poll_at = :now
where lease_until is not null and lease_by = :by;

-- name: hosts_polled_since(since)
-- Lists the hosts polled since then by any task, and whether they were silent each time.
select feed.host, bool_and(poll.outcome = 'unreachable' and poll.http_status is null) as silent
from ingest.poll
join ingest.feed using (feed_id)
where poll.polled_at >= :since
group by feed.host;

-- name: due_hosts(shard, shards, now, n)
-- Names the hosts of a shard whose feeds are due, the one with most of them first.
select host, count(*) over () as hosts
from ingest.feed
where mod(shard, :shards) = :shard and retired_at is null and next_poll_at <= :now
  and (lease_until is null or lease_until <= :now)
group by host
order by count(*) desc, host
limit :n;

-- name: health_of_feeds()
-- Returns the health of every feed in force. May be null: last_polled_at.
select url, health, last_polled_at, entries_7d from news.feed_health where retired_at is null;
