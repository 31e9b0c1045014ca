-- Where times tell how much later something was reported, and which stories have no date.

create function news.is_timed(published_at timestamptz, first_seen_at timestamptz) returns boolean
language sql immutable parallel safe as $$
    select published_at is not null
        and published_at <= first_seen_at + interval '10 minutes'
        and (published_at at time zone 'UTC')::time <> '00:00:00'
$$;
comment on function news.is_timed(timestamptz, timestamptz) is 'Whether a publication time tells the time of day: not for an undated article, a date alone (midnight sharp), or a time after the article was seen.';
revoke execute on function news.is_timed from public;
grant execute on function news.is_timed to analyst;

alter table news.story_topic add column is_dated boolean not null default true;
comment on column news.story_topic.is_dated is 'Whether its origin has a publication date; else reported_at is when a feed first listed it.';

create or replace function news.refresh_story_topics(stories bigint[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from news.story_topic where story_id = any (stories);
    with member as (
        select
            article.story_id, article.article_id, article.outlet_id, article_version.language,
            coalesce(article_version.published_at, article.first_seen_at) as reported_at,
            article_version.published_at is not null as is_dated
        from news.article
        join news.article_version using (article_id, version)
        where article.story_id = any (stories)
    ), belief as (
        select distinct on (tag.topic, member.story_id)
            tag.topic, member.story_id, tag.relevance, tag.event, tag.probability
        from member
        join news.tag using (article_id)
        where tag.valid_to is null and tag.relevance <> 'none'
        order by tag.topic, member.story_id, tag.relevance, tag.probability desc, tag.article_id
    ), spread as (
        select
            story_id, count(*)::int as reports, max(reported_at) as last_reported_at,
            array_agg(distinct outlet_id) as outlet_ids,
            coalesce(array_agg(distinct language) filter (where language is not null), '{}') as languages
        from member
        where story_id in (select story_id from belief)
        group by story_id
    )
    insert into news.story_topic (
        topic, story_id, relevance, event, probability, reported_at, last_reported_at, reports, origin_outlet_id,
        outlet_ids, languages, is_dated
    )
    select
        belief.topic, belief.story_id, belief.relevance, belief.event, belief.probability, origin.reported_at,
        spread.last_reported_at, spread.reports, origin.outlet_id, spread.outlet_ids, spread.languages, origin.is_dated
    from belief
    join spread using (story_id)
    join news.story using (story_id)
    join member as origin on origin.article_id = story.origin_article_id and origin.story_id = story.story_id;
$$;

update news.story_topic
set is_dated = false
from news.story
join news.article on article.article_id = story.origin_article_id
join news.article_version using (article_id, version)
where story.story_id = story_topic.story_id and article_version.published_at is null;
