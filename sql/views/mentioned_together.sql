create view news.mentioned_together as
select
    one.article_id,
    one.topic,
    one_entity.key as entity,
    one_entity.kind,
    one_entity.name,
    one_entity.country,
    max(one.role) as role,
    with_entity.key as with_entity,
    with_entity.kind as with_kind,
    with_entity.name as with_name,
    with_entity.country as with_country,
    max(other.role) as with_role,
    min(greatest(other.start_at - one.end_at, one.start_at - other.end_at)) filter (where other.field = one.field)
        as characters_apart
from news.mention as one
join news.article on article.article_id = one.article_id and article.version = one.version
join news.mention as other
    on other.article_id = one.article_id and other.version = one.version and other.topic = one.topic
    and other.entity_id <> one.entity_id
join news.entity as one_entity on one_entity.entity_id = one.entity_id
join news.entity as with_entity on with_entity.entity_id = other.entity_id
group by one.article_id, one.topic, one_entity.entity_id, with_entity.entity_id;
comment on view news.mentioned_together is 'One row per article and pair of entities that its present version names, each pair both ways round: filter by kind, country, role or name.';
comment on column news.mentioned_together.article_id is 'Which article.';
comment on column news.mentioned_together.topic is 'Whose rules found them.';
comment on column news.mentioned_together.entity is 'Id of the one in the topic file.';
comment on column news.mentioned_together.kind is 'actor, person, unit, vessel, aircraft, weapon, base or place.';
comment on column news.mentioned_together.name is 'Its name in English.';
comment on column news.mentioned_together.country is 'Whose it is, ISO 3166-1 alpha-2.';
comment on column news.mentioned_together.role is 'What it is; of a person, the office on the day of the report.';
comment on column news.mentioned_together.with_entity is 'Id of the other.';
comment on column news.mentioned_together.with_kind is 'Kind of the other.';
comment on column news.mentioned_together.with_name is 'Name of the other.';
comment on column news.mentioned_together.with_country is 'Whose the other is.';
comment on column news.mentioned_together.with_role is 'Role of the other.';
comment on column news.mentioned_together.characters_apart is 'Characters between their nearest mentions in one field; null when they share none. Below 200 is about a sentence.';
grant select on news.mentioned_together to analyst;
