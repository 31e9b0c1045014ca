-- One row per topic, day (UTC) and country of the outlet: how many of all articles collected belong to the topic.
create view news.daily_countries as
select
    topic,
    day,
    country,
    sum(collected)::int as collected,
    sum(collected_stories)::int as collected_stories,
    sum(core)::int as core,
    sum(core_stories)::int as core_stories,
    sum(related)::int as related,
    round(sum(core)::numeric / sum(collected), 4) as core_share
from news.daily_outlets
group by topic, day, country;
comment on view news.daily_countries is 'One row per topic, day (UTC) and country of the outlet: how many of all articles collected belong to the topic.';
comment on column news.daily_countries.topic is 'The topic.';
comment on column news.daily_countries.day is 'Day on which they were reported, in UTC.';
comment on column news.daily_countries.country is 'Country of the outlets, ISO 3166-1 alpha-2.';
comment on column news.daily_countries.collected is 'All articles collected: the denominator.';
comment on column news.daily_countries.collected_stories is 'Of these, origins of their stories: the denominator of core_stories.';
comment on column news.daily_countries.core is 'Articles that are about the topic.';
comment on column news.daily_countries.core_stories is 'Of these, origins of their stories: independent reports.';
comment on column news.daily_countries.related is 'Articles in which the topic plays a part.';
comment on column news.daily_countries.core_share is 'core as a part of collected, 0 to 1.';
grant select on news.daily_countries to analyst;
