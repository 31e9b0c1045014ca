-- One row per topic, day (UTC) and event type (and all together): what state media, governments and the independent press make of it, each against all that it published.
create view news.state_and_independent as
with counted as (
    select topic, day, null as event, press, sum(collected) as collected, sum(core) as core
    from news.daily_outlets
    group by topic, day, press
    union all
    select topic, day, event, press, 0, count(*)
    from news.tagged
    where relevance = 'core' and event is not null
    group by topic, day, event, press
), pivoted as (
    select
        topic,
        day,
        event,
        coalesce(sum(core) filter (where press = 'state'), 0) as state,
        coalesce(sum(core) filter (where press = 'official'), 0) as official,
        coalesce(sum(core) filter (where press = 'independent'), 0) as independent,
        sum(collected) filter (where press = 'state') as state_collected,
        sum(collected) filter (where press = 'official') as official_collected,
        sum(collected) filter (where press = 'independent') as independent_collected
    from counted
    group by topic, day, event
), per_day as (
    select
        topic,
        day,
        coalesce(event, 'all') as event,
        state::int,
        official::int,
        independent::int,
        coalesce(sum(state_collected) over whole_day, 0)::int as state_collected,
        coalesce(sum(official_collected) over whole_day, 0)::int as official_collected,
        coalesce(sum(independent_collected) over whole_day, 0)::int as independent_collected
    from pivoted
    window whole_day as (partition by topic, day)
)
select
    *,
    round(state::numeric / nullif(state_collected, 0), 4) as state_share,
    round(independent::numeric / nullif(independent_collected, 0), 4) as independent_share
from per_day;
comment on view news.state_and_independent is 'One row per topic, day (UTC) and event type (and all together): what state media, governments and the independent press make of it, each against all that it published.';
comment on column news.state_and_independent.topic is 'The topic.';
comment on column news.state_and_independent.day is 'Day on which they were reported, in UTC.';
comment on column news.state_and_independent.event is 'Event type, or all for all core articles.';
comment on column news.state_and_independent.state is 'Core articles of state media, see press in news.outlets.';
comment on column news.state_and_independent.official is 'Core articles of governments that speak for themselves.';
comment on column news.state_and_independent.independent is 'Core articles of all other outlets.';
comment on column news.state_and_independent.state_collected is 'All articles of state media that day: the denominator.';
comment on column news.state_and_independent.official_collected is 'All articles of governments that day.';
comment on column news.state_and_independent.independent_collected is 'All articles of the others that day.';
comment on column news.state_and_independent.state_share is 'state as a part of state_collected; null when that is 0.';
comment on column news.state_and_independent.independent_share is 'independent as a part of independent_collected; null when that is 0.';
grant select on news.state_and_independent to analyst;
