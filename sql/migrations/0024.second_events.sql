-- A core article can be of two event types; a tag says how likely it is at least related; entities are those of the world.

alter table news.tag
    add column event_also text,
    add column related_probability real check (related_probability between 0 and 1),
    add column event_evidence jsonb not null default '[]',
    add constraint tag_event_also check (event_also is null or (event is not null and event_also <> event));
comment on column news.tag.event_also is 'A second event type of a core story, where that is likely too.';
comment on column news.tag.related_probability is 'Calibrated probability of core or related; null in tags of earlier releases.';
comment on column news.tag.event_evidence is 'For each of its event types the words that speak most for it: an array of {event, probability, evidence}.';
comment on column news.tag.score is 'Sum of the evidence''s weights: of core for a core tag, of related for the others.';

alter table news.entity
    add column wikidata text check (wikidata ~ '^Q[1-9][0-9]*$'),
    add column latitude double precision check (latitude between -90 and 90),
    add column longitude double precision check (longitude between -180 and 180);
comment on column news.entity.wikidata is 'Its item in Wikidata, where the topic file names one.';
comment on column news.entity.latitude is 'Where it is, in degrees north; of bases and places.';
comment on column news.entity.longitude is 'In degrees east.';
