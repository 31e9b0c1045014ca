-- name: failing_feeds(now)
-- meaning: Every feed had a successful poll within a day.
-- severity: warning
-- when: cycle
-- fix: Read its last error. Open the feed's address; if the outlet has moved it, change feeds.yaml. Wirewatch retries by itself, with growing intervals.
select
    feed.url as subject,
    feed.health || ' at ' || feed.failures || ' polls in a row, last good one '
        || coalesce(to_char(feed.last_success_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'never') || ': '
        || coalesce(feed.last_error, 'no words') as finding,
    (select count(*) from ingest.feed as other where other.retired_at is null) as of
from ingest.feed
where feed.retired_at is null
  and feed.failures >= 3
  and feed.health in ('gone', 'blocked', 'unreachable', 'not_a_feed', 'empty')
  and coalesce(feed.last_success_at, feed.added_at) < :now::timestamptz - interval '1 day';
