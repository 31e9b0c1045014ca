-- One row per article and topic that it belongs to (core or related), without its words. Days are in UTC.
create view news.tagged as
select
    tag.topic,
    tag.article_id,
    article.story_id,
    tag.relevance,
    tag.event,
    tag.event_also,
    tag.probability,
    filed.day,
    filed.reported_at,
    outlets.outlet,
    outlets.country,
    outlets.bloc,
    outlets.perspective,
    outlets.press,
    filed.language,
    story.story_id is not null and story.origin_kind is distinct from 'agency_not_collected' as is_origin,
    tag.method
from news.tag
join news.article_search as filed on filed.article_id = tag.article_id
join news.article on article.article_id = tag.article_id
join news.outlets on outlets.outlet_id = filed.outlet_id
left join news.story on story.origin_article_id = tag.article_id and story.merged_into is null
where tag.relevance <> 'none' and tag.valid_to is null;
comment on view news.tagged is 'One row per article and topic that it belongs to (core or related), without its words. Days are in UTC.';
comment on column news.tagged.topic is 'The topic.';
comment on column news.tagged.article_id is 'The article.';
comment on column news.tagged.story_id is 'Its story; null until its copies were looked for.';
comment on column news.tagged.relevance is 'core: the article is about the topic; related: the topic plays a part.';
comment on column news.tagged.event is 'Event type of a core article.';
comment on column news.tagged.event_also is 'A second event type, where that is likely too.';
comment on column news.tagged.probability is 'Calibrated probability of core.';
comment on column news.tagged.day is 'Day of reported_at, in UTC.';
comment on column news.tagged.reported_at is 'When it was published, or first seen.';
comment on column news.tagged.outlet is 'Short name of the outlet.';
comment on column news.tagged.country is 'Country of the outlet.';
comment on column news.tagged.bloc is 'Bloc of the outlet, see news.outlets.';
comment on column news.tagged.perspective is 'Whose point of view the outlet writes from.';
comment on column news.tagged.press is 'Whose voice the outlet is, see news.outlets.';
comment on column news.tagged.language is 'Language of the text, ISO 639-1.';
comment on column news.tagged.is_origin is 'It is the origin of its story, and not the first copy of a news agency''s report that was not collected: true counts independent reports.';
comment on column news.tagged.method is 'rules: decided by rules and model; review: by an editor.';
grant select on news.tagged to analyst;
