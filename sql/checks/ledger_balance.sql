-- name: ledger_balance(now)
-- meaning: The ledger balances: the new entries that a feed's polls counted in the last week are all in the ledger.
-- severity: critical
-- when: night
-- fix: Rows of ingest.entry or ingest.poll were deleted or changed by hand, or a clock was wrong. Compare both tables for this feed; report it if neither is the cause.
with counted as (
    -- A poll ends before the next one of its feed begins, so that its entries are older than that one.
    select feed_id, min(polled_at) as since, sum(entries_new) as entries
    from ingest.poll
    where polled_at > :now::timestamptz - interval '7 days'
    group by feed_id
)
select
    feed.url as subject,
    'polls counted ' || counted.entries || ' new entries, the ledger has ' || kept.entries as finding,
    (select count(*) from counted) as of
from counted
join ingest.feed using (feed_id)
cross join lateral (
    select count(*) as entries
    from ingest.entry
    where entry.feed_id = counted.feed_id and entry.first_seen_at >= counted.since
) as kept
where kept.entries <> counted.entries;
