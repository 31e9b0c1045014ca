-- name: guard_page()$
-- Limits a page's transaction: read only, and statements are cancelled after ten seconds. Always one row.
select set_config('transaction_read_only', 'on', true) || set_config('statement_timeout', '10s', true)
    || set_config('jit', 'off', true);

-- name: topics_to_choose()
-- Returns the topics in force with their event types.
select topic, title, array(select jsonb_array_elements_text(content #> '{rules,events}')) as events
from news.topic_rules
where in_force_until is null
order by topic;

-- name: outlets_to_choose()
-- Returns all outlets, by name.
select outlet_id, key, name, country, language, perspective from news.outlet order by lower(name), outlet_id;

-- name: front_stories(topic, relevance, event, outlet, perspective, language, since, until, before_at, before_story, n)
-- Returns the newest n stories of a topic that the filters let through, from before a place in the list.
with chosen as (
    select story_topic.*
    from news.story_topic
    where story_topic.topic = :topic
      and (story_topic.reported_at, story_topic.story_id)
          < (coalesce(:before_at::timestamptz, 'infinity'), coalesce(:before_story::bigint, 9223372036854775807))
      and (:relevance::text is null or story_topic.relevance = :relevance)
      and (:event::text is null or story_topic.event = :event)
      and (:outlet::text is null or story_topic.outlet_ids && array(select outlet_id from news.outlet where key = :outlet))
      and (:perspective::text is null
          or story_topic.outlet_ids && array(select outlet_id from news.outlet where perspective = :perspective))
      and (:language::text is null or story_topic.languages @> array[:language::text])
      and (:since::timestamptz is null or story_topic.reported_at >= :since)
      and (:until::timestamptz is null or story_topic.reported_at < :until)
    order by story_topic.reported_at desc, story_topic.story_id desc
    limit :n
)
select
    chosen.story_id, chosen.relevance, chosen.event, chosen.probability, chosen.reported_at, chosen.last_reported_at,
    chosen.reports, cardinality(chosen.outlet_ids) as outlets, chosen.languages, article_version.title,
    left(article_version.text, 400) as lead, article_version.language, outlet.name as outlet, outlet.perspective,
    chosen.is_dated
from chosen
join news.story using (story_id)
join news.article on article.article_id = story.origin_article_id
join news.article_version using (article_id, version)
join news.outlet on outlet.outlet_id = chosen.origin_outlet_id
order by chosen.reported_at desc, chosen.story_id desc;

-- name: spread_of_stories(stories, most)
-- Returns when and where each of these stories was reported: a limited number of articles of each, earliest first.
select
    wanted.story_id, member.article_id, member.reported_at, member.outlet, member.perspective, member.is_origin,
    member.is_dated
from unnest(:stories::bigint[]) as wanted (story_id)
cross join lateral (
    select
        article.article_id, coalesce(article_version.published_at, article.first_seen_at) as reported_at,
        outlet.name as outlet, outlet.perspective, article.article_id = story.origin_article_id as is_origin,
        article_version.published_at is not null as is_dated
    from news.article
    join news.story using (story_id)
    join news.article_version using (article_id, version)
    join news.outlet using (outlet_id)
    where article.story_id = wanted.story_id
    order by 2, 1
    limit :most
) as member;

-- name: story_page(story_id)^
-- Returns a story: its origin, why that is the origin, the story that took it over, if one did, and the event that it
-- tells of with the number of articles that do. May be null: event_id, event_reports.
select
    story.story_id, story.origin_article_id, story.origin_reason, story.origin_kind, story.origin_agency, story.origin_time,
    story.merged_into, member.event_id,
    (select count(*)::int from news.event_reports as report where report.event_id = member.event_id) as event_reports
from news.story
left join news.event_member as member on member.story_id = story.story_id and member.valid_to is null
where story.story_id = :story_id;

-- name: reports_of_story(story_id, topic, most)
-- Returns a limited number of articles of a story with what each was taken from and its tag, earliest first, the origin before all.
select
    article.article_id, coalesce(article_version.published_at, article.first_seen_at) as reported_at,
    article_version.published_at is not null as is_dated,
    news.is_timed(article_version.published_at, article.first_seen_at) as is_timed, outlet.name as outlet, outlet.perspective, outlet.country,
    article_version.language, article_version.title, article_version.wire, article.url, article.version,
    source.kind, source.score, source.of_article_id, tag.relevance, tag.event,
    article.article_id = story.origin_article_id as is_origin
from news.article
join news.story using (story_id)
join news.article_version using (article_id, version)
join news.outlet using (outlet_id)
left join news.copy as source
    on source.article_id = article.article_id and source.valid_to is null and source.is_source
left join news.tag on tag.article_id = article.article_id and tag.topic = :topic and tag.valid_to is null
where article.story_id = :story_id
order by article.article_id = story.origin_article_id desc, 2, 1
limit :most;

-- name: article_page(article_id)^
-- Returns the current version of an article.
select
    article.article_id, article.version, article.story_id, article.url, article.first_seen_at, article.vanished_at,
    article_version.title, article_version.text, article_version.authors, article_version.published_at,
    article_version.published_source, article_version.language, article_version.wire, article_version.dateline,
    article_version.section, outlet.name as outlet, outlet.key as outlet_key, outlet.perspective, outlet.country,
    outlet.ownership
from news.article
join news.article_version using (article_id, version)
join news.outlet using (outlet_id)
where article.article_id = :article_id;

-- name: article_tag(article_id, topic)^
-- Returns the tag in force of an article; where an editor decided, with the machine's tag that it closed.
select
    tag.tag_id, tag.relevance, tag.event, tag.score, tag.probability, tag.rules_version, tag.valid_from, tag.version,
    tag.method, tag.review_id, review.reviewed_by, machine.relevance as machine_relevance, machine.event as machine_event
from news.tag
left join news.review on review.review_id = tag.review_id
left join news.tag as machine on machine.tag_id = tag.evidence_of
where tag.article_id = :article_id and tag.topic = :topic and tag.valid_to is null;

-- name: earlier_tags(article_id, topic)
-- Returns the tags of an article that were in force before, newest first.
select relevance, event, probability, rules_version, valid_from, valid_to, method
from news.tag
where article_id = :article_id and topic = :topic and valid_to > valid_from
order by valid_from desc, tag_id desc
limit 10;

-- name: evidence_of_tag(tag_id)
-- Returns the rows that explain a tag, strongest first. May be null: start_at, end_at.
select n, rule, term, field, start_at, end_at, weight from news.evidence where tag_id = :tag_id order by abs(weight) desc, n;

-- name: versions_of_article(article_id)
-- Returns when each version of an article was read and how much it differs from the one before, newest first.
select version, extracted_at, modified_at, title, diff_ratio from news.article_version
where article_id = :article_id
order by version desc;

-- name: texts_of_versions(article_id, versions)
-- Returns title and text of some versions of an article.
select version, title, text from news.article_version
where article_id = :article_id and version = any (:versions)
order by version;

-- name: reviews_of_article(article_id, topic)
-- Returns the reviews of an article's tag, newest first.
select
    review_id, relevance, event, note, reviewed_by, reviewed_at, version, withdraws,
    review_id is not distinct from news.review_in_force(:article_id, :topic) as is_in_force
from news.review
where article_id = :article_id and topic = :topic
order by review_id desc
limit 20;

-- name: feeds_page(most)
-- Returns a limited number of feeds in force with their health, those that need attention first.
select
    feed.feed_id, outlet.name as outlet, outlet.perspective, feed.name as feed, feed.url, feed.health, feed.health_since,
    feed.failures, feed.last_error, feed.last_polled_at, feed.last_new_entry_at, feed.newest_entry_at,
    make_interval(secs => feed.interval_s) as interval,
    feed.next_poll_at, feed.lease_until, feed.moved_to
from ingest.feed
join news.outlet using (outlet_id)
where feed.retired_at is null
order by feed.health in ('healthy', 'unchanged', 'new', 'slow'), lower(outlet.name), lower(feed.name), feed.feed_id
limit :most;

-- name: rhythm_of_feeds(since)
-- Returns for each feed and UTC day how many polls there were, how many failed, and how many entries were new.
select
    feed_id, (polled_at at time zone 'UTC')::date as day, count(*)::int as polls,
    (count(*) filter (where outcome in ('not_a_feed', 'blocked', 'refused', 'unreachable', 'gone', 'error')))::int as failed,
    sum(entries_new)::int as entries
from ingest.poll
where polled_at >= :since
group by feed_id, day;

-- name: poll_feed_now(feed_id)$
-- Makes a feed due; returns its name, or nothing for a feed that is not in force.
update ingest.feed
set next_poll_at = least(next_poll_at, now())
where feed_id = :feed_id and retired_at is null
returning name;

-- name: alarms_to_show(closed_since, most)
-- Returns a limited number of alarms: the open ones, critical ones first, then those that closed since a time.
-- May be null: closed_at.
(
    select check_name, subject, severity, meaning, finding, mend as fix, opened_at, last_seen_at, closed_at from ingest.alarm
    where closed_at is null
    order by severity, opened_at desc
    limit :most
)
union all
(
    select check_name, subject, severity, meaning, finding, mend as fix, opened_at, last_seen_at, closed_at from ingest.alarm
    where closed_at >= :closed_since
    order by closed_at desc
    limit :most
);

-- name: ledger_since(since)
-- Counts the entries that feeds listed since a time, by state and reason, with the latest of each in words.
-- May be null: example.
select state, reason, count(*)::int as entries, max(detail) as example
from ingest.entry
where first_seen_at >= :since
group by state, reason;

-- name: waiting_entries()
-- Returns how many entries wait in each state, and since when the oldest of them does.
select state, count(*)::int as entries, min(state_at) as oldest
from ingest.entry
where state in ('new', 'fetching', 'fetched')
group by state
union all
select 'extracted', count(*)::int, min(state_at) from ingest.entry where state = 'extracted' having count(*) > 0;

-- name: stage_lags(most)
-- Gives, over those of the latest entries that were fetched and labelled, the median and the ninth decile of what each stage took, in seconds.
with latest as (
    select entry.first_seen_at, entry.state_at, page.fetched_at, article_version.extracted_at
    from (
        select first_seen_at, state, state_at, page_id, article_id from ingest.entry
        order by first_seen_at desc
        limit :most
    ) as entry
    join ingest.page using (page_id)
    join news.article_version on article_version.article_id = entry.article_id and article_version.version = 1
    where entry.state = 'labelled' and page.fetched_at >= entry.first_seen_at
), step as (
    select 1 as n, 'listed → fetched' as stage, fetched_at - first_seen_at as took from latest
    union all select 2, 'fetched → read', extracted_at - fetched_at from latest
    union all select 3, 'read → labelled', state_at - extracted_at from latest
    union all select 4, 'listed → labelled', state_at - first_seen_at from latest
)
select
    stage, count(*)::int as entries,
    percentile_cont(0.5) within group (order by greatest(took, interval '0')) as median,
    percentile_cont(0.9) within group (order by greatest(took, interval '0')) as ninth_decile
from step
group by n, stage
order by n;

-- name: entries_by_hour(since)
-- Counts the entries that feeds listed in each hour since a time.
select date_trunc('hour', first_seen_at) as hour, count(*)::int as entries
from ingest.entry
where first_seen_at >= :since
group by hour;

-- name: articles_by_hour(since)
-- Counts the articles that were first read in each hour since a time.
select date_trunc('hour', first_seen_at) as hour, count(*)::int as articles
from news.article
where first_seen_at >= :since
group by hour;

-- name: stories_by_day(topic, relevance, since, until)
-- Counts a topic's stories of a time by the UTC day on which their origin was reported, and by event type.
select (reported_at at time zone 'UTC')::date as day, event, count(*)::int as stories,
    (count(*) filter (where not is_dated))::int as undated
from news.story_topic
where topic = :topic and relevance = :relevance and reported_at >= :since and reported_at < :until
group by day, event;

-- name: carriers_of_stories(topic, relevance, since, until)
-- Counts for each outlet the stories of a topic and time that it carried, and of these those that it had first.
select
    outlet.name as outlet, outlet.key as outlet_key, outlet.perspective, count(*)::int as carried,
    (count(*) filter (where carrier.outlet_id = story_topic.origin_outlet_id))::int as first
from news.story_topic
cross join unnest(story_topic.outlet_ids) as carrier (outlet_id)
join news.outlet using (outlet_id)
where story_topic.topic = :topic and story_topic.relevance = :relevance
  and story_topic.reported_at >= :since and story_topic.reported_at < :until
group by outlet.outlet_id
order by carried desc, outlet.name;

-- name: newest_story(topic)$
-- Returns when the newest story of a topic was reported.
select max(reported_at) from news.story_topic where topic = :topic;

-- name: tags_to_review(topic, latest, n)
-- Returns, of a topic's latest tags that no editor has reviewed, the n that teach most, at most two of an outlet: those
-- near one of the two decisions, before others those of outlets with few reviews.
with reviewed as (
    select article.outlet_id, count(*) as reviews
    from news.review
    join news.article using (article_id)
    where review.topic = :topic
    group by article.outlet_id
),
ranked as (
    select
        tag.*, article.story_id, article.outlet_id,
        (1 - 2 * least(abs(probability - 0.5), abs(coalesce(related_probability, probability) - 0.5)))
            * (1 + 1 / sqrt(1.0 + coalesce(reviewed.reviews, 0))) as teaches
    from (
        select tag_id, article_id, version, relevance, event, probability, related_probability from news.tag
        where topic = :topic and valid_to is null
        order by tag_id desc
        limit :latest
    ) as tag
    join news.article using (article_id)
    left join reviewed using (outlet_id)
    where article.story_id is not null
      and news.review_in_force(tag.article_id, :topic) is null
),
spread as (
    select *, row_number() over (partition by outlet_id order by teaches desc, tag_id desc) as place from ranked
)
select
    tag_id, spread.article_id, spread.version, relevance, event, probability, spread.story_id, article_version.title,
    left(article_version.text, 400) as lead, article_version.language,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at,
    article_version.published_at is not null as is_dated, outlet.name as outlet
from spread
join news.article using (article_id)
join news.article_version
    on article_version.article_id = spread.article_id and article_version.version = spread.version
join news.outlet on outlet.outlet_id = spread.outlet_id
where place <= 2
order by teaches desc, tag_id desc
limit :n;

-- name: articles_to_review_blind(topic, reviewer, n)
-- Returns the newest n articles that one other person has reviewed, and this reviewer has not: for a second review.
select
    review.article_id, review.version, article_version.title, left(article_version.text, 1500) as lead,
    article_version.language, coalesce(article_version.published_at, article.first_seen_at) as reported_at,
    article_version.published_at is not null as is_dated, outlet.name as outlet
from news.review
join news.article using (article_id)
join news.article_version on article_version.article_id = review.article_id and article_version.version = review.version
join news.outlet using (outlet_id)
where review.topic = :topic
  and review.review_id = news.review_in_force(review.article_id, :topic)
  and not exists (
      select from news.review as other
      where other.article_id = review.article_id and other.topic = review.topic
        and (other.reviewed_by = :reviewer or other.reviewed_by <> review.reviewed_by)
  )
order by review.review_id desc
limit :n;

-- name: agreement_of_reviewers(topic)
-- Returns how often two reviewers said the same of an article, the pair with the most articles first.
-- May be null: core_kappa, same_event.
select reviewer, other_reviewer, articles, same_relevance, same_core, core_kappa, events, same_event
from news.reviewer_agreement
where topic = :topic
order by articles desc, reviewer, other_reviewer;

-- name: latest_reviews(topic, n)
-- Returns the latest n reviews of a topic, with the current tag.
select
    review.review_id, review.article_id, review.relevance, review.event, review.note, review.reviewed_by,
    review.reviewed_at, article_version.title, article_version.language, article.story_id, tag.relevance as tagged,
    tag.event as tagged_event, review.withdraws, tag.review_id is not distinct from review.review_id as is_in_force
from news.review
join news.article using (article_id)
join news.article_version on article_version.article_id = review.article_id and article_version.version = review.version
left join news.tag on tag.article_id = review.article_id and tag.topic = review.topic and tag.valid_to is null
where review.topic = :topic
order by review.review_id desc
limit :n;

-- name: add_review(article_id, version, topic, relevance, event, note, reviewed_by, is_blind)$
-- Stores a review of an article's tag; returns its id. Always one row.
insert into news.review (article_id, version, topic, relevance, event, note, reviewed_by, is_blind)
values (:article_id, :version, :topic, :relevance, :event, :note, :reviewed_by, :is_blind)
returning review_id;

-- name: withdraw_review(review_id, reviewed_by)^
-- Ends a review that is in force by another row; returns its article and story, or nothing when it is not in force.
with withdrawn as (
    insert into news.review (article_id, version, topic, relevance, event, reviewed_by, withdraws)
    select article_id, version, topic, relevance, event, :reviewed_by, review_id
    from news.review
    where review_id = :review_id and review_id = news.review_in_force(article_id, topic)
    on conflict (withdraws) do nothing
    returning article_id
)
select article_id, story_id from withdrawn join news.article using (article_id);

-- name: reviewed_examples(topic, after, n)
-- Returns up to n labelled examples of a topic, by review: of each article the review in force, with the text that the editor read.
select
    review.review_id, review.article_id, article_version.title, article_version.text, outlet.name as publisher,
    coalesce(article_version.published_at, article.first_seen_at) as reported_at, article.url, review.relevance,
    review.event, review.note, review.reviewed_by, review.reviewed_at
from news.review
join news.article using (article_id)
join news.article_version on article_version.article_id = review.article_id and article_version.version = review.version
join news.outlet using (outlet_id)
where review.topic = :topic and review.review_id > :after and not article_version.cold
  and review.review_id = news.review_in_force(review.article_id, review.topic)
order by review.review_id
limit :n;

-- name: search_articles(query, since, until, language, outlet, relevance, topic, most, skip)
-- Returns articles that answer a query, best first, each with the number of all that do.
-- May be null: language, relevance, event.
select
    hit.article_id, hit.story_id, hit.reported_at, hit.outlet_name, hit.outlet, hit.perspective, hit.language, hit.title,
    hit.snippet, hit.relevance, hit.event, hit.url, hit.matches, article_version.published_at is not null as is_dated
from news.search(
    :query, since => :since, until => :until, language => :language, outlet => :outlet, relevance => :relevance,
    topic => :topic, most => :most, skip => :skip
) with ordinality as hit
join news.article using (article_id)
join news.article_version using (article_id, version)
order by hit.ordinality;
