-- name: no_news(now)
-- meaning: News arrives: no twelve hours without a new entry, if each twelve hours of the two weeks before had at least ten.
-- severity: critical
-- when: cycle
-- fix: Look at `select health, count(*) from news.feed_health group by 1` and at the network alarm; if the feeds are healthy, at poll_feeds.
with rhythm as (
    select count(*) / 28.0 as per_half_day
    from ingest.entry
    where first_seen_at between :now::timestamptz - interval '14 days 12 hours' and :now::timestamptz - interval '12 hours'
), latest as (
    select max(first_seen_at) as at from ingest.entry where first_seen_at <= :now
)
select
    'all feeds' as subject,
    'no new entry since ' || to_char(latest.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC; usual are '
        || round(rhythm.per_half_day) || ' in twelve hours' as finding
from latest, rhythm
where latest.at < :now::timestamptz - interval '12 hours'
  and rhythm.per_half_day >= 10
  and exists (select from ingest.entry where first_seen_at < :now::timestamptz - interval '7 days');
