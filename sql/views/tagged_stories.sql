-- One row per topic and story with articles that belong to it: what the newest news is. Also what the RSS feed carries.
create view news.tagged_stories as
with belonging as (
    select
        tag.topic,
        article.story_id,
        (array_agg(tag.relevance order by tag.relevance, tag.probability desc))[1] as relevance,
        mode() within group (order by tag.event) as event,
        max(tag.probability) as probability,
        count(*) as belonging
    from news.tag
    join news.article using (article_id)
    where tag.relevance <> 'none' and tag.valid_to is null and article.story_id is not null
    group by tag.topic, article.story_id
)
select
    belonging.topic,
    belonging.story_id,
    filed.day,
    filed.reported_at,
    belonging.relevance,
    belonging.event,
    belonging.probability,
    version.title,
    outlets.outlet,
    outlets.outlet_name,
    outlets.country,
    outlets.bloc,
    outlets.perspective,
    outlets.press,
    filed.language,
    members.reports,
    belonging.belonging::int as tagged_reports,
    members.outlets,
    members.languages,
    members.last_reported_at,
    story.origin_article_id,
    story.origin_reason,
    article.url,
    left(version.text, 400) as summary
from belonging
join news.story on story.story_id = belonging.story_id
join news.article_search as filed on filed.article_id = story.origin_article_id
join news.article on article.article_id = story.origin_article_id
join news.article_version as version on version.article_id = filed.article_id and version.version = filed.version
join news.outlets on outlets.outlet_id = filed.outlet_id
cross join lateral (
    select
        count(*)::int as reports,
        array_agg(distinct outlet.key order by outlet.key) as outlets,
        array_agg(distinct other.language order by other.language) filter (where other.language is not null) as languages,
        max(other.reported_at) as last_reported_at
    from news.article as member
    join news.article_search as other on other.article_id = member.article_id
    join news.outlet on outlet.outlet_id = other.outlet_id
    where member.story_id = belonging.story_id
) as members;
comment on view news.tagged_stories is 'One row per topic and story with articles that belong to it: what the newest news is. Also what the RSS feed carries.';
comment on column news.tagged_stories.topic is 'The topic.';
comment on column news.tagged_stories.story_id is 'The story.';
comment on column news.tagged_stories.day is 'Day of reported_at, in UTC.';
comment on column news.tagged_stories.reported_at is 'When its origin was published, or first seen.';
comment on column news.tagged_stories.relevance is 'The strongest of its articles'' tags: core before related.';
comment on column news.tagged_stories.event is 'Event type that most of its core articles have.';
comment on column news.tagged_stories.probability is 'Highest calibrated probability of core among its articles.';
comment on column news.tagged_stories.title is 'Headline of the origin.';
comment on column news.tagged_stories.outlet is 'Short name of the outlet that had it first.';
comment on column news.tagged_stories.outlet_name is 'Name of that outlet.';
comment on column news.tagged_stories.country is 'Its country.';
comment on column news.tagged_stories.bloc is 'Its bloc, see news.outlets.';
comment on column news.tagged_stories.perspective is 'Whose point of view it writes from.';
comment on column news.tagged_stories.press is 'Whose voice the outlet is, see news.outlets.';
comment on column news.tagged_stories.language is 'Language of the origin.';
comment on column news.tagged_stories.reports is 'How many articles: the origin and its copies.';
comment on column news.tagged_stories.tagged_reports is 'Of these, articles that belong to the topic themselves.';
comment on column news.tagged_stories.outlets is 'Outlets that published it.';
comment on column news.tagged_stories.languages is 'In which languages.';
comment on column news.tagged_stories.last_reported_at is 'When the last of its articles was reported.';
comment on column news.tagged_stories.origin_article_id is 'The article that had it first.';
comment on column news.tagged_stories.origin_reason is 'Why that one is the origin.';
comment on column news.tagged_stories.url is 'Address of the origin.';
comment on column news.tagged_stories.summary is 'The first 400 characters of the origin''s text.';
grant select on news.tagged_stories to analyst;
