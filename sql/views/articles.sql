create view news.articles as
select
    article.article_id,
    article.version,
    outlet.key as outlet,
    outlet.name as outlet_name,
    outlet.country,
    outlet.kind as outlet_kind,
    outlet.ownership,
    outlet.perspective,
    article_version.title,
    article_version.text,
    article_version.authors,
    article_version.published_at,
    article_version.published_source,
    article.first_seen_at,
    filed.reported_at,
    article_version.language,
    article_version.section,
    article_version.wire,
    article_version.dateline,
    article.url,
    article_version.canonical_url,
    article.story_id,
    article.vanished_at,
    filed.day,
    told_by.url as told_by,
    news.is_timed(article_version.published_at, article.first_seen_at) as is_timed
from news.article
-- There is always exactly one row on the right; a left join is passed over by queries that ask nothing of it, so that
-- counting reads no words.
left join news.article_search as filed on filed.article_id = article.article_id
left join news.article_version on article_version.article_id = article.article_id and article_version.version = article.version
left join news.outlet on outlet.outlet_id = article.outlet_id
left join ingest.feed as told_by on told_by.feed_id = article.as_told_by;
comment on view news.articles is 'One row per article, in its present version.';
comment on column news.articles.article_id is 'Identity of the article.';
comment on column news.articles.version is 'Its present version, from 1.';
comment on column news.articles.outlet is 'Short name of the outlet.';
comment on column news.articles.outlet_name is 'Name of the outlet.';
comment on column news.articles.country is 'Country of the outlet, ISO 3166-1 alpha-2.';
comment on column news.articles.outlet_kind is 'newspaper, official, defence_press, broadcaster, think_tank, wire, state_media or aggregator.';
comment on column news.articles.ownership is 'Who owns or controls the outlet.';
comment on column news.articles.perspective is 'Whose point of view the outlet writes from.';
comment on column news.articles.title is 'Headline.';
comment on column news.articles.text is 'Main text, one paragraph a line.';
comment on column news.articles.authors is 'Bylines.';
comment on column news.articles.published_at is 'Accepted publication time; null when there is none.';
comment on column news.articles.published_source is 'Where that time was read.';
comment on column news.articles.first_seen_at is 'When a feed first listed it to us.';
comment on column news.articles.reported_at is 'published_at, else first_seen_at: for time series. Where published_at is null the article is undated.';
comment on column news.articles.language is 'Language of the text, ISO 639-1.';
comment on column news.articles.section is 'Section of the outlet.';
comment on column news.articles.wire is 'Credited news agency.';
comment on column news.articles.dateline is 'Place and date as printed.';
comment on column news.articles.url is 'Address.';
comment on column news.articles.canonical_url is 'Address that the page names as canonical.';
comment on column news.articles.story_id is 'The story it belongs to.';
comment on column news.articles.vanished_at is 'When its page was found gone.';
comment on column news.articles.day is 'Day of reported_at, in UTC.';
comment on column news.articles.told_by is 'The feed whose text it is, where it tells of a page at another outlet''s site that could not be had; null otherwise.';
comment on column news.articles.is_timed is 'Whether published_at tells the time of day: lags are told between such articles only.';
grant select on news.articles to analyst;
