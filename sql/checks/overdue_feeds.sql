-- name: overdue_feeds(now)
-- meaning: No feed waits for its poll for more than an hour beyond its time.
-- severity: critical
-- when: cycle
-- fix: Look whether poll_feeds is paused or red, and at the last line of its log; `wirewatch status` shows whether the scheduler lives.
select
    'poll_feeds' as subject,
    count(*) filter (where overdue) || ' of ' || count(*) || ' feeds are overdue, the first since '
        || to_char(min(next_poll_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' as finding
from (
    select
        next_poll_at,
        next_poll_at < :now::timestamptz - interval '1 hour' and coalesce(lease_until < :now, true) as overdue
    from ingest.feed
    where retired_at is null
) as feeds
having bool_or(overdue);
