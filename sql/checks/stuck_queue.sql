-- name: stuck_queue(now)
-- meaning: No entry is stuck: none waits for more than an hour while nothing is collected, for three hours to be labelled, or for a day in any state.
-- severity: critical
-- when: cycle
-- fix: Check whether collect_articles (new, fetching, fetched) or label_articles (extracted) is paused or red, and the last line of its log. Nothing is lost meanwhile.
with waiting as (
    select
        case when state = 'extracted' then 'label_articles' else 'collect_articles' end as subject,
        host,
        greatest(state_at, next_try_at, lease_until) as since
    from ingest.entry
    where state in ('new', 'fetching', 'fetched', 'extracted')
), due as (
    select subject, count(*) as entries, min(since) as since, mode() within group (order by host) as host
    from waiting
    where since < :now::timestamptz - interval '1 hour'
    group by subject
)
select
    subject,
    entries || ' entries wait beyond their time, the first since '
        || to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, most of them of ' || coalesce(host, 'no host') as finding
from due
where since < :now::timestamptz - interval '1 day'
   or (subject = 'label_articles' and since < :now::timestamptz - interval '3 hours')
   or (subject = 'collect_articles'
        and coalesce((select fetched_at from ingest.page order by page_id desc limit 1), '-infinity')
            < :now::timestamptz - interval '1 hour');
