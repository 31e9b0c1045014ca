-- One row per topic, day (UTC) and event type (and all together): what state media, governments, the public broadcasters and the independent press make of it, each against all that it published.
create view news.state_and_independent as
with kinds as (
    select topic, event
    from news.topics
    cross join unnest(array_append(events, 'all')) as event
), published as (
    select topic, day, press, sum(collected) as collected, sum(core) as core
    from news.daily_outlets
    group by topic, day, press
), reported as (
    select topic, day, press, event, count(*) as core
    from news.tagged
    where relevance = 'core'
    group by topic, day, press, event
), compared as (
    select
        topic,
        day,
        event,
        press,
        published.collected,
        case when event = 'all' then published.core else coalesce(reported.core, 0) end as core
    from published
    join kinds using (topic)
    left join reported using (topic, day, press, event)
), pivoted as (
    select
        topic,
        day,
        event,
        coalesce(sum(core) filter (where press = 'state'), 0)::int as state,
        coalesce(sum(core) filter (where press = 'official'), 0)::int as official,
        coalesce(sum(core) filter (where press = 'independent'), 0)::int as independent,
        coalesce(sum(core) filter (where press = 'public'), 0)::int as public,
        coalesce(sum(collected) filter (where press = 'state'), 0)::int as state_collected,
        coalesce(sum(collected) filter (where press = 'official'), 0)::int as official_collected,
        coalesce(sum(collected) filter (where press = 'independent'), 0)::int as independent_collected,
        coalesce(sum(collected) filter (where press = 'public'), 0)::int as public_collected
    from compared
    group by topic, day, event
)
select
    *,
    round(state::numeric / nullif(state_collected, 0), 4) as state_share,
    round(independent::numeric / nullif(independent_collected, 0), 4) as independent_share
from pivoted;
comment on view news.state_and_independent is 'One row per topic, day (UTC) and event type (and all together): what state media, governments, the public broadcasters and the independent press make of it, each against all that it published.';
comment on column news.state_and_independent.topic is 'The topic.';
comment on column news.state_and_independent.day is 'Day on which they were reported, in UTC.';
comment on column news.state_and_independent.event is 'Event type, or all for all core articles.';
comment on column news.state_and_independent.state is 'Core articles of state media, see press in news.outlets.';
comment on column news.state_and_independent.official is 'Core articles of governments that speak for themselves.';
comment on column news.state_and_independent.independent is 'Core articles of independent outlets.';
comment on column news.state_and_independent.public is 'Core articles of outlets that are publicly funded and editorially independent.';
comment on column news.state_and_independent.state_collected is 'All articles of state media that day: the denominator.';
comment on column news.state_and_independent.official_collected is 'All articles of governments that day.';
comment on column news.state_and_independent.independent_collected is 'All articles of independent outlets that day.';
comment on column news.state_and_independent.public_collected is 'All articles of publicly funded outlets that day.';
comment on column news.state_and_independent.state_share is 'state as a part of state_collected; null when that is 0.';
comment on column news.state_and_independent.independent_share is 'independent as a part of independent_collected; null when that is 0.';
grant select on news.state_and_independent to analyst;
