-- One row per topic, day (UTC) and perspective of the outlet: how many of all articles collected belong to the topic.
create view news.daily_perspectives as
select
    topic,
    day,
    perspective,
    sum(collected)::int as collected,
    sum(collected_stories)::int as collected_stories,
    sum(core)::int as core,
    sum(core_stories)::int as core_stories,
    sum(related)::int as related,
    round(sum(core)::numeric / sum(collected), 4) as core_share
from news.daily_outlets
group by topic, day, perspective;
comment on view news.daily_perspectives is 'One row per topic, day (UTC) and perspective of the outlet: how many of all articles collected belong to the topic.';
comment on column news.daily_perspectives.topic is 'The topic.';
comment on column news.daily_perspectives.day is 'Day on which they were reported, in UTC.';
comment on column news.daily_perspectives.perspective is 'Whose point of view the outlets write from.';
comment on column news.daily_perspectives.collected is 'All articles collected: the denominator.';
comment on column news.daily_perspectives.collected_stories is 'Of these, origins of their stories: the denominator of core_stories.';
comment on column news.daily_perspectives.core is 'Articles that are about the topic.';
comment on column news.daily_perspectives.core_stories is 'Of these, origins of their stories: independent reports.';
comment on column news.daily_perspectives.related is 'Articles in which the topic plays a part.';
comment on column news.daily_perspectives.core_share is 'core as a part of collected, 0 to 1.';
grant select on news.daily_perspectives to analyst;
