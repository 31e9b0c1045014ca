-- One row per day (UTC) and outlet: what its feeds listed, what became of it, and whether its feeds could be polled.
create view news.coverage as
with counted as (
    select
        (entry.first_seen_at at time zone 'UTC')::date as day,
        feed.outlet_id,
        1 as entries,
        (entry.article_id is not null)::int as read,
        (entry.state = 'dropped')::int as dropped,
        (entry.state = 'dropped' and entry.reason in ('too_old', 'not_html', 'not_article', 'no_url', 'bad_url'))::int as unreadable,
        entry.reason,
        (filed.article_id is not null and version.published_at is not null)::int as dated,
        0 as polls,
        0 as failed_polls,
        0 as overflows
    from ingest.entry
    join ingest.feed using (feed_id)
    left join news.article_search as filed on filed.article_id = entry.article_id
    left join news.article_version as version on version.article_id = filed.article_id and version.version = filed.version
    union all
    select
        (poll.polled_at at time zone 'UTC')::date,
        feed.outlet_id,
        0, 0, 0, 0, null, 0,
        1,
        (poll.outcome in ('not_a_feed', 'blocked', 'refused', 'unreachable', 'gone', 'error'))::int,
        poll.overflow::int
    from ingest.poll
    join ingest.feed using (feed_id)
    union all
    select poll_day.day, feed.outlet_id, 0, 0, 0, 0, null, 0, poll_day.polls, poll_day.failed_polls, poll_day.overflows
    from ingest.poll_day
    join ingest.feed using (feed_id)
), summed as (
    select
        day,
        outlet_id,
        sum(polls) as polls,
        sum(failed_polls) as failed_polls,
        sum(overflows) as overflows,
        sum(entries) as entries,
        sum(read) as articles,
        sum(dropped) as dropped,
        sum(unreadable) as unreadable,
        sum(entries) - sum(read) - sum(dropped) as waiting,
        sum(dated) as dated,
        mode() within group (order by reason) as main_reason
    from counted
    group by day, outlet_id
)
select
    summed.day,
    outlets.outlet,
    outlets.outlet_name,
    outlets.country,
    summed.polls::int,
    summed.failed_polls::int,
    summed.overflows::int,
    summed.entries::int,
    summed.articles::int,
    summed.dropped::int,
    summed.waiting::int,
    summed.main_reason,
    round(summed.articles::numeric / nullif(summed.entries - summed.unreadable, 0), 3) as completeness,
    round(summed.dated::numeric / nullif(summed.articles, 0), 3) as dated_share
from summed
join news.outlets using (outlet_id);
comment on view news.coverage is 'One row per day (UTC) and outlet: the entries of its feeds, their states, and whether its feeds could be polled.';
comment on column news.coverage.day is 'Day on which its feeds were polled and first listed the entries, in UTC.';
comment on column news.coverage.outlet is 'Short name of the outlet.';
comment on column news.coverage.outlet_name is 'Name of the outlet.';
comment on column news.coverage.country is 'Country of the outlet.';
comment on column news.coverage.polls is 'Polls of its feeds.';
comment on column news.coverage.failed_polls is 'Of these, without a usable feed.';
comment on column news.coverage.overflows is 'Polls before which entries may have passed unseen.';
comment on column news.coverage.entries is 'Entries that were new.';
comment on column news.coverage.articles is 'Of these, entries whose article was read.';
comment on column news.coverage.dropped is 'Entries that were given up.';
comment on column news.coverage.waiting is 'Entries that are still on their way.';
comment on column news.coverage.main_reason is 'Most frequent reason of dropped entries, see news.ledger.';
comment on column news.coverage.completeness is 'articles as a part of the entries that were to be read (too old ones, and those that are no articles, are not), 0 to 1.';
comment on column news.coverage.dated_share is 'Part of articles whose publication time is known, 0 to 1.';
grant select on news.coverage to analyst;
