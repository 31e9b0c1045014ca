-- name: silent_feeds(now)
-- meaning: Every feed has new entries about as often as usual.
-- severity: warning
-- when: cycle
-- fix: Open the feed and the outlet's site. If the outlet has moved its feed, change the URL in feeds.yaml; if it is dead, remove it; if it is normally slow, set stale_after_days there.
select
    feed.url as subject,
    feed.health || ': it answers, with nothing new since '
        || to_char(coalesce(greatest(feed.newest_entry_at, feed.last_new_entry_at), feed.added_at) at time zone 'UTC', 'YYYY-MM-DD')
        || coalesce('; its longest silence before was ' || feed.longest_gap_s / 86400 || ' days', '') as finding,
    (select count(*) from ingest.feed as other where other.retired_at is null and other.added_at <= :now) as of
from ingest.feed
where feed.retired_at is null and feed.health in ('stale', 'zombie');
