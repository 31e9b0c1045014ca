-- name: database_time()$
-- Returns the time by the database's clock, the one that all workers share. Always one row.
select clock_timestamp();

-- name: undo_clock_jump(now)^
-- Frees what was scheduled or leased while the clock was in the future: rows whose last change is later than now by
-- more than a minute prove that it went back, and so do leases and waits that are longer than the maximum (leases: 15
-- minutes; waits: the longest Retry-After that is obeyed, a day; second looks: 7 days): a worker uses the clock of
-- before for up to a minute. Gives how many feeds, entries, articles and hosts were freed. Always one row.
with feeds as (
    update ingest.feed
    set next_poll_at = least(next_poll_at, :now), lease_until = null, lease_by = null, last_polled_at = :now
    where retired_at is null
      and last_polled_at > :now::timestamptz + interval '1 minute'
    returning 1
),
leased_feeds as (
    update ingest.feed
    set lease_until = null, lease_by = null
    where lease_until > :now::timestamptz + interval '1 hour'
      and (last_polled_at is null or last_polled_at <= :now::timestamptz + interval '1 minute')
    returning 1
),
entries as (
    update ingest.entry
    set next_try_at = least(next_try_at, :now),
        lease_until = case when lease_by is not null then least(lease_until, :now) end,
        state_at = :now
    where state in ('new', 'fetching', 'fetched')
      and (
        state_at > :now::timestamptz + interval '1 minute'
        or lease_until > :now::timestamptz + interval '1 hour'
        or next_try_at > :now::timestamptz + interval '2 days'
      )
    returning 1
),
articles as (
    update news.article
    set revisit_at = :now
    where revisit_at > :now::timestamptz + interval '8 days'
    returning 1
),
hosts as (
    update ingest.host
    set next_visit_at = least(next_visit_at, now() + interval '1 minute'),
        busy_until = null,
        busy_by = null
    where busy_until > now() + interval '1 hour'
       or next_visit_at > now() + interval '2 days'
    returning 1
)
select
    (select count(*)::int from feeds) + (select count(*)::int from leased_feeds) as feeds,
    (select count(*)::int from entries) as entries,
    (select count(*)::int from articles) as articles,
    (select count(*)::int from hosts) as hosts;
