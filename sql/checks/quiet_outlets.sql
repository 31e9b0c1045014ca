-- name: quiet_outlets(now)
-- meaning: Every outlet lists as much as usual: the mean of the last seven days is not below the mean of the 28 days before by more than 1.5 of their standard deviations.
-- severity: warning
-- when: night
-- fix: Open the outlet's feeds and its site: it may have moved a section to another feed. A feed without any new entries has its own alarm.
with days as (
    select
        feed.outlet_id,
        (entry.first_seen_at at time zone 'UTC')::date as day,
        count(*) as entries
    from ingest.entry
    join ingest.feed using (feed_id)
    where entry.first_seen_at >= date_trunc('day', :now::timestamptz, 'UTC') - interval '35 days'
      and entry.first_seen_at < date_trunc('day', :now::timestamptz, 'UTC')
    group by 1, 2
), known as (
    select outlet_id, min(added_at) as added_at from ingest.feed where retired_at is null group by outlet_id
), weeks as (
    select
        known.outlet_id,
        avg(coalesce(days.entries, 0)) filter (where age <= 7) as recent,
        avg(coalesce(days.entries, 0)) filter (where age > 7) as usual,
        stddev_samp(coalesce(days.entries, 0)) filter (where age > 7) as spread
    from known
    cross join generate_series(1, 35) as age
    left join days
        on days.outlet_id = known.outlet_id and days.day = (:now::timestamptz at time zone 'UTC')::date - age
    -- The first day of a feed lists its whole past.
    where known.added_at < :now::timestamptz - interval '36 days'
    group by known.outlet_id
)
select
    outlet.key as subject,
    round(weeks.recent, 1) || ' entries a day in the last week; usual are ' || round(weeks.usual, 1) as finding,
    (select count(*) from weeks as other where other.usual >= 1) as of
from weeks
join news.outlet using (outlet_id)
-- One a day, or there is no rhythm to fall short of.
where weeks.usual >= 1 and weeks.recent < weeks.usual - 1.5 * weeks.spread;
