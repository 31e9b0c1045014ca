create view news.tag_history as
select
    tag.tag_id,
    tag.article_id,
    tag.version,
    tag.topic,
    tag.relevance,
    tag.event,
    tag.event_also,
    tag.probability,
    tag.related_probability,
    tag.score,
    tag.rules_version,
    tag.valid_from,
    tag.valid_to,
    article_version.title,
    outlet.key as outlet,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at,
    article.story_id,
    article.url,
    tag.method,
    tag.review_id
from news.tag
-- Left joins, as in news.articles: who counts decisions reads no words.
left join news.article_version on article_version.article_id = tag.article_id and article_version.version = tag.version
left join news.article on article.article_id = tag.article_id
left join news.outlet on outlet.outlet_id = article.outlet_id;
comment on view news.tag_history is 'One row per decision that was ever made about an article and a topic, with the words of the version that it was made on. news.tags_as_of(moment) gives those that were valid then.';
comment on column news.tag_history.tag_id is 'Identity of the tag; news.evidence has its reasons.';
comment on column news.tag_history.article_id is 'Which article.';
comment on column news.tag_history.version is 'Which version of it was read.';
comment on column news.tag_history.topic is 'Which topic.';
comment on column news.tag_history.relevance is 'core, related or none.';
comment on column news.tag_history.event is 'Event type of a core article.';
comment on column news.tag_history.event_also is 'A second event type, where that is likely too.';
comment on column news.tag_history.related_probability is 'Calibrated probability of core or related; null in tags of earlier releases.';
comment on column news.tag_history.probability is 'Calibrated probability of core.';
comment on column news.tag_history.score is 'Sum of the evidence''s weights: of core for a core tag, of related for the others.';
comment on column news.tag_history.rules_version is 'By which rules.';
comment on column news.tag_history.valid_from is 'Valid since.';
comment on column news.tag_history.valid_to is 'Valid until; null for the current decision.';
comment on column news.tag_history.title is 'Headline of that version.';
comment on column news.tag_history.outlet is 'Short name of the outlet.';
comment on column news.tag_history.reported_at is 'When that version says it was published, or the article was first seen.';
comment on column news.tag_history.story_id is 'The story that the article belongs to today.';
comment on column news.tag_history.url is 'Address.';
comment on column news.tag_history.method is 'rules: decided by rules and model; review: by an editor.';
comment on column news.tag_history.review_id is 'The review that decided, see news.reviews.';
grant select on news.tag_history to analyst;

drop function if exists news.tags_as_of(timestamptz);
create function news.tags_as_of(moment timestamptz) returns setof news.tag_history language sql stable as $$
    select * from news.tag_history where valid_from <= moment and (valid_to is null or valid_to > moment)
$$;
comment on function news.tags_as_of(timestamptz) is 'The rows of news.tag_history that were valid at a moment: one per article and topic that had been tagged by then.';
grant execute on function news.tags_as_of(timestamptz) to analyst;
