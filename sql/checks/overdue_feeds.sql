-- name: overdue_feeds(now)
-- meaning: No feed is overdue for its poll by more than an hour.
-- severity: critical
-- when: cycle
-- fix: Check whether poll_feeds is paused or red, and the last line of its log; `wirewatch status` shows whether the scheduler runs.
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
