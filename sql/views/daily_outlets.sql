-- One row per topic, day (UTC) and outlet with articles: how many of all that was collected belong to the topic. Its counts may be summed, for countries, blocs and perspectives among others.
create view news.daily_outlets as
with counted as (
    select
        topic.topic,
        filed.day,
        filed.outlet_id,
        count(*) as collected,
        count(story.story_id) as collected_stories,
        count(*) filter (where tag.relevance = 'core') as core,
        count(story.story_id) filter (where tag.relevance = 'core') as core_stories,
        count(*) filter (where tag.relevance = 'related') as related
    from news.article_search as filed
    cross join news.topics as topic
    left join news.story on story.origin_article_id = filed.article_id and story.merged_into is null
        and story.origin_kind is distinct from 'agency_not_collected'
    left join news.tag
        on tag.article_id = filed.article_id and tag.topic = topic.topic and tag.relevance <> 'none'
        and tag.valid_to is null
    group by topic.topic, filed.day, filed.outlet_id
)
select
    counted.topic,
    counted.day,
    outlets.outlet,
    outlets.outlet_name,
    outlets.country,
    outlets.bloc,
    outlets.perspective,
    outlets.press,
    counted.collected::int,
    counted.collected_stories::int,
    counted.core::int,
    counted.core_stories::int,
    counted.related::int
from counted
join news.outlets using (outlet_id);
comment on view news.daily_outlets is 'One row per topic, day (UTC) and outlet with articles: how many of all that was collected belong to the topic. Its counts may be summed, for countries, blocs and perspectives among others.';
comment on column news.daily_outlets.topic is 'The topic.';
comment on column news.daily_outlets.day is 'Day on which they were reported, in UTC.';
comment on column news.daily_outlets.outlet is 'Short name of the outlet.';
comment on column news.daily_outlets.outlet_name is 'Name of the outlet.';
comment on column news.daily_outlets.country is 'Country of the outlet.';
comment on column news.daily_outlets.bloc is 'Bloc of the outlet, see news.outlets.';
comment on column news.daily_outlets.perspective is 'Whose point of view the outlet writes from.';
comment on column news.daily_outlets.press is 'Whose voice the outlet is, see news.outlets.';
comment on column news.daily_outlets.collected is 'All articles collected: the denominator of core and related.';
comment on column news.daily_outlets.collected_stories is 'Of these, origins of their stories: the denominator of core_stories.';
comment on column news.daily_outlets.core is 'Articles that are about the topic.';
comment on column news.daily_outlets.core_stories is 'Of these, origins of their stories: independent reports.';
comment on column news.daily_outlets.related is 'Articles in which the topic plays a part.';
grant select on news.daily_outlets to analyst;
