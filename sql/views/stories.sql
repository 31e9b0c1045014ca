create view news.stories as
select
    story.story_id,
    origin.title,
    origin.outlet as origin_outlet,
    origin.url as origin_url,
    story.origin_article_id,
    story.origin_reason,
    origin.reported_at as origin_reported_at,
    origin.language as origin_language,
    members.reports,
    members.outlets,
    members.languages,
    members.first_reported_at,
    members.last_reported_at,
    (
        select array_agg(distinct article.wire order by article.wire)
        from news.articles as article
        where article.story_id = story.story_id and article.wire is not null
    ) as wires
from news.story
join news.articles as origin on origin.article_id = story.origin_article_id
join lateral (
    select
        count(*)::int as reports,
        array_agg(distinct outlet.key order by outlet.key) as outlets,
        array_agg(distinct filed.language order by filed.language) filter (where filed.language is not null) as languages,
        min(filed.reported_at) as first_reported_at,
        max(filed.reported_at) as last_reported_at
    from news.article as member
    join news.outlet on outlet.outlet_id = member.outlet_id
    left join news.article_search as filed on filed.article_id = member.article_id
    where member.story_id = story.story_id
) as members on members.reports > 0;
comment on view news.stories is 'One row per story: one independent report and all its copies. Count stories, not articles, to count independent reports.';
comment on column news.stories.story_id is 'Identity of the story.';
comment on column news.stories.title is 'Headline of the origin.';
comment on column news.stories.origin_outlet is 'Who had it first.';
comment on column news.stories.origin_url is 'Address of the origin.';
comment on column news.stories.origin_article_id is 'The article that is the origin.';
comment on column news.stories.origin_reason is 'Why that one is the origin.';
comment on column news.stories.origin_reported_at is 'When the origin was published, or first seen.';
comment on column news.stories.origin_language is 'Language of the origin.';
comment on column news.stories.reports is 'How many articles: the origin and its copies.';
comment on column news.stories.outlets is 'Outlets that published it.';
comment on column news.stories.languages is 'In which languages.';
comment on column news.stories.first_reported_at is 'First of its articles.';
comment on column news.stories.last_reported_at is 'Last of its articles.';
comment on column news.stories.wires is 'News agencies credited by any of its articles.';
grant select on news.stories to analyst;
