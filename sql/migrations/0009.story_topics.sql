-- The front page: stories by topic, kept up to date by triggers, so that a million articles can be leafed through.

create table news.story_topic (
    topic text not null,
    story_id bigint not null references news.story,
    relevance text not null check (relevance in ('core', 'related')),
    event text,
    probability real not null,
    reported_at timestamptz not null,
    last_reported_at timestamptz not null,
    reports int not null check (reports > 0),
    origin_outlet_id int not null references news.outlet,
    outlet_ids int[] not null,
    languages text[] not null,
    primary key (topic, story_id)
);
create index story_topic_newest on news.story_topic (topic, reported_at desc, story_id desc);
create index story_topic_story on news.story_topic (story_id);
comment on table news.story_topic is 'Stories that belong to a topic, with what the Newsroom page filters and sorts by. Derived from articles, stories and tags by triggers.';
comment on column news.story_topic.topic is 'The topic.';
comment on column news.story_topic.story_id is 'The story.';
comment on column news.story_topic.relevance is 'core when any of its articles is tagged so, else related.';
comment on column news.story_topic.event is 'Event type of its most probable core article.';
comment on column news.story_topic.probability is 'Highest probability of core among its articles.';
comment on column news.story_topic.reported_at is 'When its origin was published, or first seen.';
comment on column news.story_topic.last_reported_at is 'When the last of its articles was published, or first seen.';
comment on column news.story_topic.reports is 'How many articles: the origin and its copies.';
comment on column news.story_topic.origin_outlet_id is 'Who had it first.';
comment on column news.story_topic.outlet_ids is 'Who carried it, the origin included.';
comment on column news.story_topic.languages is 'Languages it was carried in, where known.';

-- Safe beside a task of the other stage: both lock the articles that they change, and whoever comes second sees what
-- the first one did.
-- It works with its owner's rights: who changes a tag need not be allowed to delete rows here.
create function news.refresh_story_topics(stories bigint[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    delete from news.story_topic where story_id = any (stories);
    with member as (
        select
            article.story_id, article.article_id, article.outlet_id, article_version.language,
            coalesce(article_version.published_at, article.first_seen_at) as reported_at
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
        outlet_ids, languages
    )
    select
        belief.topic, belief.story_id, belief.relevance, belief.event, belief.probability, origin.reported_at,
        spread.last_reported_at, spread.reports, origin.outlet_id, spread.outlet_ids, spread.languages
    from belief
    join spread using (story_id)
    join news.story using (story_id)
    join member as origin on origin.article_id = story.origin_article_id and origin.story_id = story.story_id;
$$;
comment on function news.refresh_story_topics(bigint[]) is 'Derives the rows of news.story_topic of these stories anew.';

create function news.story_topics_of_tags() returns trigger language plpgsql as $$
begin
    -- A tag that says "not relevant" gives a story no topic, and takes none: the tag before it does when it is closed.
    perform news.refresh_story_topics(array(
        select distinct article.story_id from changed join news.article using (article_id)
        where article.story_id is not null and changed.relevance <> 'none'
    ));
    return null;
end
$$;
comment on function news.story_topics_of_tags() is 'Keeps news.story_topic in step with tags.';

create function news.story_topics_of_articles() returns trigger language plpgsql as $$
begin
    perform news.refresh_story_topics(array(
        select unnest(array[was.story_id, changed.story_id]) from was join changed using (article_id)
        where (was.story_id, was.version) is distinct from (changed.story_id, changed.version)
    ));
    return null;
end
$$;
comment on function news.story_topics_of_articles() is 'Keeps news.story_topic in step with the articles of stories.';

create function news.story_topics_of_versions() returns trigger language plpgsql as $$
begin
    -- An article names its new version before that is stored: without this its story would be gone until it is linked.
    perform news.refresh_story_topics(array(
        select distinct article.story_id from changed join news.article using (article_id, version)
        where article.story_id is not null
    ));
    return null;
end
$$;
comment on function news.story_topics_of_versions() is 'Keeps news.story_topic in step with the words of articles.';

create function news.story_topics_of_stories() returns trigger language plpgsql as $$
begin
    perform news.refresh_story_topics(array(
        select story_id from was join changed using (story_id)
        where was.origin_article_id <> changed.origin_article_id
    ));
    return null;
end
$$;
comment on function news.story_topics_of_stories() is 'Keeps news.story_topic in step with the origins of stories.';

create trigger tag_opened after insert on news.tag
    referencing new table as changed for each statement execute function news.story_topics_of_tags();
create trigger tag_closed after update on news.tag
    referencing new table as changed for each statement execute function news.story_topics_of_tags();
create trigger article_moved after update on news.article
    referencing old table as was new table as changed for each statement execute function news.story_topics_of_articles();
create trigger version_added after insert on news.article_version
    referencing new table as changed for each statement execute function news.story_topics_of_versions();
create trigger origin_changed after update on news.story
    referencing old table as was new table as changed for each statement execute function news.story_topics_of_stories();

do $$
begin
    perform news.refresh_story_topics(array(
        select distinct article.story_id from news.tag join news.article using (article_id)
        where tag.valid_to is null and tag.relevance <> 'none' and article.story_id is not null
    ));
end
$$;

revoke execute on function news.refresh_story_topics(bigint[]), news.story_topics_of_tags(),
    news.story_topics_of_articles(), news.story_topics_of_versions(), news.story_topics_of_stories() from public;
