-- One row per topic, day (UTC) and pair of actors (states, forces, people, units) that core articles name together.
create view news.actor_pairs as
with named as (
    select tagged.topic, tagged.day, tagged.article_id, tagged.is_origin, actors.keys
    from news.tagged
    cross join lateral (
        select array_agg(distinct entity.key) as keys
        from news.mention
        join news.entity using (entity_id)
        where mention.article_id = tagged.article_id and mention.topic = tagged.topic
          and entity.kind in ('actor', 'person', 'unit')
    ) as actors
    where tagged.relevance = 'core'
), paired as (
    select named.topic, named.day, one.key, other.key as other_key, count(*) as core,
        count(*) filter (where named.is_origin) as core_stories
    from named
    cross join unnest(named.keys) as one (key)
    join unnest(named.keys) as other (key) on other.key > one.key
    group by named.topic, named.day, one.key, other.key
)
select
    paired.topic,
    paired.day,
    paired.key as actor,
    actor.name as actor_name,
    actor.country as actor_country,
    paired.other_key as other_actor,
    other.name as other_name,
    other.country as other_country,
    paired.core::int,
    paired.core_stories::int
from paired
join news.entity as actor on actor.key = paired.key
join news.entity as other on other.key = paired.other_key;
comment on view news.actor_pairs is 'One row per topic, day (UTC) and pair of actors (states, forces, people, units) that core articles name together.';
comment on column news.actor_pairs.topic is 'The topic.';
comment on column news.actor_pairs.day is 'Day on which they were reported, in UTC.';
comment on column news.actor_pairs.actor is 'Id of the first of the two, in order of ids: each pair is listed once.';
comment on column news.actor_pairs.actor_name is 'Its name in English.';
comment on column news.actor_pairs.actor_country is 'Whose it is, ISO 3166-1 alpha-2.';
comment on column news.actor_pairs.other_actor is 'Id of the other.';
comment on column news.actor_pairs.other_name is 'Its name in English.';
comment on column news.actor_pairs.other_country is 'Whose it is, ISO 3166-1 alpha-2.';
comment on column news.actor_pairs.core is 'Core articles that name both.';
comment on column news.actor_pairs.core_stories is 'Of these, origins of their stories: independent reports.';
grant select on news.actor_pairs to analyst;
