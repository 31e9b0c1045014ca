-- One row per topic in force, with the event types that its core articles may have.
create view news.topics as
select
    topic,
    title,
    version as rules_version,
    array(select jsonb_array_elements_text(content -> 'rules' -> 'events')) as events,
    in_force_from
from news.topic_rules
where in_force_until is null;
comment on view news.topics is 'One row per topic in force, with the event types that its core articles may have.';
comment on column news.topics.topic is 'Name, as its file.';
comment on column news.topics.title is 'Title for people.';
comment on column news.topics.rules_version is 'Digest of the rules in force.';
comment on column news.topics.events is 'Event types of its core articles.';
comment on column news.topics.in_force_from is 'Since when these rules are in force.';
grant select on news.topics to analyst;
