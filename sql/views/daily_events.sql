-- One row per topic, day (UTC) and event type that was reported: how many articles and stories, and how many were collected that day.
create view news.daily_events as
with counted as (
    select topic.topic, filed.day, null::text as event, count(*) as collected, 0 as core, 0 as core_stories
    from news.article_search as filed
    cross join news.topics as topic
    group by topic.topic, filed.day
    union all
    select topic, day, event, 0, count(*), count(*) filter (where is_origin)
    from news.tagged
    where relevance = 'core'
    group by topic, day, event
), per_day as (
    select
        topic,
        day,
        event,
        core::int,
        core_stories::int,
        (sum(collected) over (partition by topic, day))::int as collected
    from counted
)
select topic, day, event, core, core_stories, collected, round(core::numeric / collected, 4) as core_share
from per_day
where core > 0;
comment on view news.daily_events is 'One row per topic, day (UTC) and event type that was reported: how many articles and stories, and how many were collected that day.';
comment on column news.daily_events.topic is 'The topic.';
comment on column news.daily_events.day is 'Day on which they were reported, in UTC.';
comment on column news.daily_events.event is 'Event type; null where an article''s is open.';
comment on column news.daily_events.core is 'Articles about it.';
comment on column news.daily_events.core_stories is 'Of these, origins of their stories: independent reports.';
comment on column news.daily_events.collected is 'All articles collected that day: the denominator. Don''t sum it over event types; over days take news.timeline, which has a row for quiet days too.';
comment on column news.daily_events.core_share is 'core as a part of collected, 0 to 1.';
grant select on news.daily_events to analyst;
