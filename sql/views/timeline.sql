-- One row per topic, event type (and all together) and day (UTC) on which anything was collected: counts, the expected number, and the size of a burst. As fresh as the last run of label_articles.
create or replace function ingest.refresh_timeline() returns int
language plpgsql as $$
declare
    due date[];
begin
    lock table ingest.timeline_count in share row exclusive mode;  -- one refresh at a time; readers go on
    with taken as (delete from ingest.timeline_due returning day)
    select coalesce(array_agg(distinct day), '{}') into due from taken;
    create temporary table kind on commit drop as
    select topic, event
    from news.topics
    cross join unnest(array_append(events, 'all')) as event;
    delete from ingest.timeline_count
    where not exists (select from kind where (kind.topic, kind.event) = (timeline_count.topic, timeline_count.event));
    -- A topic or event type that is new: all days.
    if exists (select topic, event from kind except select topic, event from ingest.timeline_count) then
        due := array(select distinct day from news.article_search);
    end if;
    delete from ingest.timeline_count where day = any (due);
    insert into ingest.timeline_count (topic, event, day, core, core_stories, collected)
    select
        kind.topic, kind.event, days.day, coalesce(reported.core, 0), coalesce(reported.core_stories, 0),
        days.collected
    from kind
    cross join (
        select day, count(*) as collected from news.article_search where day = any (due) group by day
    ) as days
    left join (
        select
            topic, coalesce(event, 'all') as event, day, count(*) as core,
            count(*) filter (where is_origin) as core_stories
        from news.tagged
        where relevance = 'core' and day = any (due)
        group by grouping sets ((topic, day), (topic, event, day))
        having grouping(event) = 1 or event is not null
    ) as reported on reported.topic = kind.topic and reported.event = kind.event and reported.day = days.day;
    -- What is expected of a day depends on the 28 days before it.
    update ingest.timeline_count
    set expected_stories = case when enough then round(expected, 2) end,
        burst = case when enough then round(above, 2) end,
        level = case
            when not enough then 'too little history'
            when above >= 3 then 'burst'
            when above >= 1.5 then 'raised'
            when above > -1.5 then 'as usual'
            else 'fewer than usual'
        end
    from (
        select
            compared.*,
            days_before >= 5 as enough,
            (core_stories - expected) / sqrt(greatest(expected, 1)) as above
        from (
            select
                counted.topic, counted.event, counted.day, counted.core_stories,
                count(*) over before as days_before,
                collected::numeric * sum(core_stories) over before / nullif(sum(collected) over before, 0) as expected
            from ingest.timeline_count as counted
            where day between (select min(day) - 28 from unnest(due) as day)
                and (select max(day) + 28 from unnest(due) as day)
            window before as (
                partition by topic, event order by day
                range between interval '28 days' preceding and interval '1 day' preceding
            )
        ) as compared
        where exists (select from unnest(due) as changed where compared.day between changed and changed + 28)
    ) as judged
    where (judged.topic, judged.event, judged.day) = (timeline_count.topic, timeline_count.event, timeline_count.day);
    drop table kind;
    return cardinality(due);
end
$$;
comment on function ingest.refresh_timeline() is 'Counts the days of the timeline again on which something changed; returns how many.';
revoke execute on function ingest.refresh_timeline from public, pipeline;

create view news.timeline as
select topic, event, day, core, core_stories, collected, expected_stories, burst, level
from ingest.timeline_count;
comment on view news.timeline is 'One row per topic, event type (and all together) and day (UTC) on which anything was collected: counts, the expected number, and the size of a burst. As fresh as the last run of label_articles.';
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
-- After an upgrade the counts are there at once.
select ingest.refresh_timeline();
