-- Topics, tags, evidence, entities.

create table news.topic_rules (
    topic text not null check (topic ~ '^[a-z][a-z0-9_]*$'),
    version text not null check (version <> ''),
    title text not null,
    content jsonb not null,
    in_force_from timestamptz not null,
    in_force_until timestamptz check (in_force_until >= in_force_from),
    primary key (topic, version)
);
create unique index topic_rules_in_force on news.topic_rules (topic) where in_force_until is null;
comment on table news.topic_rules is 'Every version of every topic''s rules that was ever in force.';
comment on column news.topic_rules.topic is 'Name of the topic, as its file.';
comment on column news.topic_rules.version is 'Digest of rules and model: what a tag was decided by.';
comment on column news.topic_rules.title is 'Title for people.';
comment on column news.topic_rules.content is 'The validated file.';
comment on column news.topic_rules.in_force_from is 'Since when.';
comment on column news.topic_rules.in_force_until is 'Until when; null for the present one.';

create table news.tag (
    tag_id bigint generated always as identity primary key,
    article_id bigint not null,
    version int not null,
    topic text not null,
    rules_version text not null,
    relevance text not null check (relevance in ('core', 'related', 'none')),
    event text,
    score double precision not null,
    probability real not null check (probability between 0 and 1),
    valid_from timestamptz not null,
    valid_to timestamptz check (valid_to >= valid_from),
    foreign key (article_id, version) references news.article_version,
    foreign key (topic, rules_version) references news.topic_rules (topic, version),
    check (event is null or relevance = 'core')
);
create unique index tag_in_force on news.tag (article_id, topic) where valid_to is null;
create index tag_relevant on news.tag (topic, relevance, article_id) where valid_to is null and relevance <> 'none';
create index tag_outdated on news.tag (topic, rules_version, article_id) where valid_to is null;
comment on table news.tag is 'The decision that an article belongs to a topic, or not. Closed and re-opened when article or rules change, never overwritten.';
comment on column news.tag.tag_id is 'Identity.';
comment on column news.tag.article_id is 'Which article.';
comment on column news.tag.version is 'Which version of it was read.';
comment on column news.tag.topic is 'Which topic.';
comment on column news.tag.rules_version is 'By which rules.';
comment on column news.tag.relevance is 'core, related or none.';
comment on column news.tag.event is 'Event type of a core story: talks, encounter_transit, arms_sale_aid …';
comment on column news.tag.score is 'Sum of the evidence''s weights.';
comment on column news.tag.probability is 'Calibrated probability of core.';
comment on column news.tag.valid_from is 'Since when it is believed.';
comment on column news.tag.valid_to is 'Until when it was believed; null while it is.';

create table news.evidence (
    tag_id bigint not null references news.tag,
    n int not null check (n >= 1),
    rule text not null check (rule <> ''),
    term text not null,
    field text not null check (field in ('title', 'text', 'model')),
    start_at int check (start_at >= 0),
    end_at int check (end_at > start_at),
    weight double precision not null,
    primary key (tag_id, n),
    check ((field = 'model') = (start_at is null) and (start_at is null) = (end_at is null))
);
comment on table news.evidence is 'The rows that explain a tag: their weights add up to its score.';
comment on column news.evidence.tag_id is 'Which tag.';
comment on column news.evidence.n is 'Order, from 1.';
comment on column news.evidence.rule is 'Id of the rule in the topic file, or of the model''s feature.';
comment on column news.evidence.term is 'The exact words in the article.';
comment on column news.evidence.field is 'title, text, or model for rows that stand for the whole article.';
comment on column news.evidence.start_at is 'First character of the term in the field, from 0; null for model rows.';
comment on column news.evidence.end_at is 'Character after the term.';
comment on column news.evidence.weight is 'What it adds to the score; negative when it speaks against.';

create table news.entity (
    entity_id int generated always as identity primary key,
    key text not null unique,
    kind text not null check (kind <> ''),
    name text not null check (name <> ''),
    country text
);
comment on table news.entity is 'Actors, people, units, vessels, aircraft and places that topic files name.';
comment on column news.entity.entity_id is 'Identity.';
comment on column news.entity.key is 'Id in the topic file.';
comment on column news.entity.kind is 'actor, person, unit, vessel, aircraft, weapon, base, place …';
comment on column news.entity.name is 'Name in English.';
comment on column news.entity.country is 'Whose it is, ISO 3166-1 alpha-2.';

create table news.mention (
    article_id bigint not null,
    version int not null,
    topic text not null,
    entity_id int not null references news.entity,
    role text,
    field text not null check (field in ('title', 'text')),
    start_at int not null check (start_at >= 0),
    end_at int not null check (end_at > start_at),
    primary key (article_id, version, topic, field, start_at, entity_id),
    foreign key (article_id, version) references news.article_version
);
create index mention_entity on news.mention (entity_id, article_id);
comment on table news.mention is 'Where an article names an entity.';
comment on column news.mention.article_id is 'Which article.';
comment on column news.mention.version is 'Which version of it.';
comment on column news.mention.topic is 'Whose rules found it.';
comment on column news.mention.entity_id is 'Which entity.';
comment on column news.mention.role is 'Its role on the day of the report, e.g. defence_minister, former_president; null when it has none.';
comment on column news.mention.field is 'title or text.';
comment on column news.mention.start_at is 'First character in the field, from 0.';
comment on column news.mention.end_at is 'Character after the name.';
