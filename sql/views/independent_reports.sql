create view news.independent_reports as
select
    article.article_id,
    story.story_id,
    article.reported_at,
    article.outlet,
    article.country,
    article.perspective,
    article.language,
    article.title,
    article.wire,
    story.origin_reason,
    story.origin_kind,
    (select count(*)::int from news.article as member where member.story_id = story.story_id) - 1 as copies,
    article.url
from news.story
join news.articles as article on article.article_id = story.origin_article_id
where story.merged_into is null and story.origin_kind is distinct from 'agency_not_collected';
comment on view news.independent_reports is 'One row per independent report: the origin of each story. Count these, not articles, to count who reported for himself.';
comment on column news.independent_reports.article_id is 'The article that had it first.';
comment on column news.independent_reports.story_id is 'Its story.';
comment on column news.independent_reports.reported_at is 'When it was published, or first seen.';
comment on column news.independent_reports.outlet is 'Short name of the outlet.';
comment on column news.independent_reports.country is 'Country of the outlet.';
comment on column news.independent_reports.perspective is 'Whose point of view the outlet writes from.';
comment on column news.independent_reports.language is 'Language of the text.';
comment on column news.independent_reports.title is 'Headline.';
comment on column news.independent_reports.wire is 'Credited news agency.';
comment on column news.independent_reports.origin_reason is 'Why it is taken for the first: only_article, credited_wire, earliest_published, earliest_seen or undated.';
comment on column news.independent_reports.origin_kind is 'Whose report it is: own_report, agency_collected or unknown. A story of an agency whose own text was not collected is no row here: see news.story_origin.';
comment on column news.independent_reports.copies is 'How many articles copy it.';
comment on column news.independent_reports.url is 'Address.';
grant select on news.independent_reports to analyst;
