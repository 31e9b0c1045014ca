create view news.story_origin as
select
    story.story_id,
    story.origin_article_id,
    story.origin_reason,
    origin.outlet,
    origin.wire,
    story.origin_kind,
    story.origin_agency,
    coalesce(story.origin_agency, origin.outlet) as first_reporter,
    story.origin_time,
    story.also_first,
    origin.reported_at,
    origin.published_source is not null as is_dated,
    origin.title,
    origin.url,
    story.merged_into
from news.story
join news.articles as origin on origin.article_id = story.origin_article_id;
comment on view news.story_origin is 'One row per story: which of its articles had it first, and why we think so.';
comment on column news.story_origin.story_id is 'The story.';
comment on column news.story_origin.origin_article_id is 'The article that had it first.';
comment on column news.story_origin.origin_reason is 'only_article; credited_wire: the agency that others credit; earliest_published; earliest_seen: by when feeds first listed it; undated.';
comment on column news.story_origin.outlet is 'Who had it first.';
comment on column news.story_origin.wire is 'Agency that the origin itself credits: then the agency''s own report is not in the warehouse.';
comment on column news.story_origin.origin_kind is 'Whose report it is: own_report, agency_collected, agency_not_collected (then the agency is the origin, and this article the earliest copy that was collected), or unknown.';
comment on column news.story_origin.origin_agency is 'The news agency whose report it is.';
comment on column news.story_origin.first_reporter is 'The agency whose report it is, or the outlet.';
comment on column news.story_origin.origin_time is 'How well the time of the article is known: timed, zone_assumed, date_only, first_seen or undated.';
comment on column news.story_origin.also_first is 'Articles of other publishers that could have had it first as well.';
comment on column news.story_origin.reported_at is 'When the origin was published, or first seen.';
comment on column news.story_origin.is_dated is 'Whether it has a publication date.';
comment on column news.story_origin.title is 'Headline of the origin.';
comment on column news.story_origin.url is 'Address of the origin.';
comment on column news.story_origin.merged_into is 'The older story into which it was merged; null when it was not.';
grant select on news.story_origin to analyst;
