create view news.mentions as
select
    mention.article_id,
    article.story_id,
    filed.reported_at,
    outlet.key as outlet,
    article_version.language,
    mention.topic,
    entity.key as entity,
    entity.kind,
    entity.name,
    entity.country,
    mention.role,
    mention.field,
    mention.start_at,
    mention.end_at,
    substr(
        case mention.field when 'title' then article_version.title else article_version.text end,
        mention.start_at + 1, mention.end_at - mention.start_at
    ) as words,
    article_version.title,
    article.url,
    entity.wikidata,
    entity.latitude,
    entity.longitude
from news.mention
join news.entity using (entity_id)
join news.article on article.article_id = mention.article_id and article.version = mention.version
left join news.article_search as filed on filed.article_id = mention.article_id
left join news.article_version
    on article_version.article_id = mention.article_id and article_version.version = mention.version
left join news.outlet on outlet.outlet_id = article.outlet_id;
comment on view news.mentions is 'One row per place where the present version of an article names an actor, person, unit, vessel, aircraft, weapon, base or place of a topic file.';
comment on column news.mentions.article_id is 'Which article.';
comment on column news.mentions.story_id is 'Its story.';
comment on column news.mentions.reported_at is 'When it was published, or first seen.';
comment on column news.mentions.outlet is 'Short name of the outlet.';
comment on column news.mentions.language is 'Language of the article, ISO 639-1.';
comment on column news.mentions.topic is 'Whose rules found it.';
comment on column news.mentions.entity is 'Id of the entity in the topic file.';
comment on column news.mentions.kind is 'actor, person, unit, vessel, aircraft, weapon, base or place.';
comment on column news.mentions.name is 'Name of the entity in English.';
comment on column news.mentions.country is 'Whose it is, ISO 3166-1 alpha-2.';
comment on column news.mentions.role is 'What it is; of a person, the office on the day of the report, e.g. secretary_of_defense, former_president.';
comment on column news.mentions.field is 'title or text.';
comment on column news.mentions.start_at is 'First character in the field, from 0.';
comment on column news.mentions.end_at is 'Character after the words.';
comment on column news.mentions.words is 'The words as they stand there.';
comment on column news.mentions.title is 'Headline of the article.';
comment on column news.mentions.url is 'Address.';
comment on column news.mentions.wikidata is 'The entity''s item in Wikidata, where the topic file names one.';
comment on column news.mentions.latitude is 'Where it is, in degrees north; of bases and places.';
comment on column news.mentions.longitude is 'In degrees east.';
grant select on news.mentions to analyst;
