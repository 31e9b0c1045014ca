-- One row per topic, event type (and all together) and day (UTC) on which anything was collected: counts, the expected number, and the size of a burst. Materialised: as fresh as the last run of label_articles.
create materialized view ingest.timeline_data as
with days as (
    select day, count(*) as collected
    from news.article_search
    group by day
), kinds as (
    select topic, event
    from news.topics
    cross join unnest(array_append(events, 'all')) as event
), reported as (
    select topic, coalesce(event, 'all') as event, day, count(*) as core, count(*) filter (where is_origin) as core_stories
    from news.tagged
    where relevance = 'core'
    group by grouping sets ((topic, day), (topic, event, day))
    having grouping(event) = 1 or event is not null
), counted as (
    select
        kinds.topic,
        kinds.event,
        days.day,
        coalesce(reported.core, 0) as core,
        coalesce(reported.core_stories, 0) as core_stories,
        days.collected
    from kinds
    cross join days
    left join reported using (topic, event, day)
), compared as (
    select
        counted.*,
        count(*) over before as days_before,
        collected * sum(core_stories) over before / nullif(sum(collected) over before, 0) as expected
    from counted
    window before as (
        partition by topic, event order by day
        range between interval '28 days' preceding and interval '1 day' preceding
    )
)
select
    topic,
    event,
    day,
    core::int,
    core_stories::int,
    collected::int,
    case when days_before >= 5 then round(expected, 2) end as expected_stories,
    case when days_before >= 5 then round((core_stories - expected) / sqrt(greatest(expected, 1)), 2) end as burst,
    case
        when days_before < 5 then 'too little history'
        when (core_stories - expected) / sqrt(greatest(expected, 1)) >= 3 then 'burst'
        when (core_stories - expected) / sqrt(greatest(expected, 1)) >= 1.5 then 'raised'
        when (core_stories - expected) / sqrt(greatest(expected, 1)) > -1.5 then 'as usual'
        else 'fewer than usual'
    end as level
from compared;
create unique index timeline_key on ingest.timeline_data (topic, event, day);
create index timeline_day on ingest.timeline_data (day);
comment on materialized view ingest.timeline_data is 'What news.timeline shows: a materialized view is not listed in information_schema, a view is.';
create view news.timeline as
select * from ingest.timeline_data;
comment on view news.timeline is 'One row per topic, event type (and all together) and day (UTC) on which anything was collected: counts, the expected number, and the size of a burst. Materialised: as fresh as the last run of label_articles.';
comment on column news.timeline.topic is 'The topic.';
comment on column news.timeline.event is 'Event type, or all for all of them together.';
comment on column news.timeline.day is 'Day on which they were reported, in UTC; days on which nothing was collected have no row.';
comment on column news.timeline.core is 'Articles about it.';
comment on column news.timeline.core_stories is 'Of these, origins of their stories: independent reports.';
comment on column news.timeline.collected is 'All articles collected that day: the denominator.';
comment on column news.timeline.expected_stories is 'Expected core_stories: their share of what was collected in the 28 days before, times collected. Null with fewer than 5 days to compare with.';
comment on column news.timeline.burst is '(core_stories - expected_stories) / sqrt(max(expected_stories, 1)): how many standard deviations of a Poisson count above the expected number. 3 or more is a burst.';
comment on column news.timeline.level is 'burst in words: burst from 3, raised from 1.5, as usual, fewer than usual from -1.5 (which says nothing about whether the days are calm), or too little history where fewer than 5 days are there to compare with.';
grant select on news.timeline to analyst;
