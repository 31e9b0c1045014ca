create view news.mentioned_together as
select article.article_id, pair.*
from news.article
-- Counted article by article, so that who asks for some articles doesn't wait for all.
cross join lateral (
    select
        near.topic,
        one.key as entity,
        one.kind,
        one.name,
        one.country,
        max(near.role) as role,
        other.key as with_entity,
        other.kind as with_kind,
        other.name as with_name,
        other.country as with_country,
        max(far.role) as with_role,
        min(greatest(far.start_at - near.end_at, near.start_at - far.end_at)) filter (where far.field = near.field)
            as characters_apart
    from news.mention as near
    join news.mention as far
        on far.article_id = near.article_id and far.version = near.version and far.topic = near.topic
        and far.entity_id <> near.entity_id
    join news.entity as one on one.entity_id = near.entity_id
    join news.entity as other on other.entity_id = far.entity_id
    where near.article_id = article.article_id and near.version = article.version
    group by near.topic, one.entity_id, other.entity_id
) as pair;
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
