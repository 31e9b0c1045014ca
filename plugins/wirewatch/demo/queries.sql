-- name: make_feeds_due()!
-- Makes every feed in force due, whatever its pace: for the demo and replays, whose time is not the present.
update ingest.feed set next_poll_at = now() where retired_at is null and next_poll_at > now();

-- name: demo_progress()^
-- Counts what the demo waits for: entries, entries on their way, and feeds that are due.
select
    count(*)::int as entries,
    (count(*) filter (where state not in ('labelled', 'dropped')))::int as open_entries,
    (select count(*)::int from ingest.feed where retired_at is null and (next_poll_at <= now() or lease_until is not null)) as due_feeds
from ingest.entry;

-- name: demo_entries()
-- Returns every entry's identity and how often it stands in the warehouse.
select feed.url as feed, entry.url, entry.state, entry.reason, count(*) over (partition by feed.url, entry.identity)::int as times
from ingest.entry
join ingest.feed using (feed_id);

-- name: demo_articles()
-- Returns what was found out about each article: its story's origin, how it copies, and its tag for one topic.
select
    article.url,
    origin.url as origin,
    array(
        select distinct copy.kind from news.copy
        where copy.article_id = article.article_id and copy.valid_to is null and copy.is_source
    ) as kinds,
    tag.relevance,
    tag.event
from news.article
left join news.story using (story_id)
left join news.article as origin on origin.article_id = story.origin_article_id
left join news.tag
    on tag.article_id = article.article_id and tag.valid_to is null and tag.topic = 'us_china_military';

-- name: demo_stories()
-- Returns the core stories of the topic, newest first, with the strongest evidence of their origin.
select
    coalesce(to_char(origin.published_at, 'Dy DD Mon HH24:MI'), 'undated') as day,
    story.title,
    story.origin_outlet as outlet,
    tagged.event,
    tagged.probability,
    story.reports,
    array(
        select part ->> 'term' || ' ' || to_char((part ->> 'weight')::numeric, 'SG0.0')
        from jsonb_array_elements(tagged.evidence) as part
        where part ->> 'field' <> 'model'
        limit 4
    ) as evidence
from news.us_china_military as tagged
join news.stories as story on story.origin_article_id = tagged.article_id
join news.articles as origin on origin.article_id = tagged.article_id
where tagged.relevance = 'core'
order by origin.published_at desc nulls last, story.story_id desc;

-- name: demo_copied_stories()
-- Returns the stories that were copied most: origin, how many reports, where, and in which languages.
select title, origin_outlet, origin_reason, reports, array_length(outlets, 1) as outlets, languages,
    -- Of those with a date: the others were seen now, months after the week that is played.
    (
        select date_trunc('minute', max(article.published_at) - min(article.published_at))
        from news.articles as article
        where article.story_id = stories.story_id
    ) as spread
from news.stories
where reports > 1
order by reports desc, story_id
limit 8;

-- name: demo_feeds()
-- Returns the health of every feed.
select outlet, health, polls_7d as polls, entries_7d as entries, last_error from news.feed_health order by outlet, url;

-- name: demo_ledger()
-- Returns the ledger.
select state, reason, entries from news.ledger order by state, reason nulls first;
