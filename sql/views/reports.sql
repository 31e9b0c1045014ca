create view news.reports as
select
    article.article_id,
    article.story_id,
    story.origin_article_id,
    article.article_id = story.origin_article_id and story.origin_kind is distinct from 'agency_not_collected' as is_origin,
    source.of_article_id as source_article_id,
    source.kind as copy_kind,
    coalesce(source.score, 0) as borrowed_share,
    case when article.is_timed and taken_from.is_timed and article.reported_at >= taken_from.reported_at
        then article.reported_at - taken_from.reported_at end as lag,
    case when article.is_timed and origin.is_timed and article.reported_at >= origin.reported_at
        then article.reported_at - origin.reported_at end as lag_to_origin,
    article.reported_at,
    article.outlet,
    article.country,
    article.perspective,
    article.language,
    article.title,
    article.wire,
    article.url
from news.articles as article
-- Left joins, as in news.articles: what a query doesn't ask for is not looked up.
left join news.story on story.story_id = article.story_id
left join news.articles as origin on origin.article_id = story.origin_article_id
left join news.copy as source
    on source.article_id = article.article_id and source.valid_to is null and source.is_source
left join news.articles as taken_from on taken_from.article_id = source.of_article_id
where article.story_id is not null;
comment on view news.reports is 'One row per article: which article it copies, how much of its text is copied, and how much later it was published.';
comment on column news.reports.article_id is 'The article.';
comment on column news.reports.story_id is 'Its story.';
comment on column news.reports.origin_article_id is 'The article of the story that had it first.';
comment on column news.reports.is_origin is 'Whether it is that article itself, and not the first copy of a news agency''s report that was not collected.';
comment on column news.reports.source_article_id is 'What it most likely was taken from; null for a report of its own.';
comment on column news.reports.copy_kind is 'same_url, identical, syndicated, near, update or translation; null for a report of its own.';
comment on column news.reports.borrowed_share is 'Share of its text that is also in its source, of a translation the share of facts; 0 for an independent report.';
comment on column news.reports.lag is 'How much later than its source it was reported; null where the times do not tell: an undated article, a date without a time of day, an agency that dated its report late.';
comment on column news.reports.lag_to_origin is 'How much later than the origin it was reported; null as for lag.';
comment on column news.reports.reported_at is 'When it was published, or first seen.';
comment on column news.reports.outlet is 'Short name of the outlet.';
comment on column news.reports.country is 'Country of the outlet.';
comment on column news.reports.perspective is 'Whose point of view the outlet writes from.';
comment on column news.reports.language is 'Language of the text.';
comment on column news.reports.title is 'Headline.';
comment on column news.reports.wire is 'Credited news agency.';
comment on column news.reports.url is 'Address.';
grant select on news.reports to analyst;
