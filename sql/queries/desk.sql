-- Pages of events, outlets and entities, and what empty pages say.

-- name: what_there_is(topic)^
-- Returns how far collecting has come: what a page says when it has nothing to show. Always one row.
select
    (select count(*)::int from ingest.feed where retired_at is null) as feeds,
    (select max(last_success_at) from ingest.feed) as polled_at,
    exists (select from ingest.entry) as has_entries,
    exists (select from news.article) as has_articles,
    exists (select from news.tag where topic = :topic) as has_tags,
    exists (select from news.story_topic where topic = :topic) as has_stories;

-- name: front_events(topic, event, bloc, since, until, several, before_at, before_story, n)
-- Returns the newest n events that core stories of a topic tell of, by the latest of these, from before a place in the list.
-- Never null: event_id, storyline_id. May be null: languages.
with chosen as (
    select latest.story_id, latest.reported_at, latest.event, member.event_id, member.storyline_id
    from news.story_topic as latest
    join news.event_member as member
        on member.story_id = latest.story_id and member.valid_to is null and member.event_id is not null
    where latest.topic = :topic and latest.relevance = 'core'
      and (latest.reported_at, latest.story_id)
          < (coalesce(:before_at::timestamptz, 'infinity'), coalesce(:before_story::bigint, 9223372036854775807))
      and (:event::text is null or latest.event = :event)
      and (:since::timestamptz is null or latest.reported_at >= :since)
      and (:until::timestamptz is null or latest.reported_at < :until)
      and not exists (
          select from news.event_member as other
          join news.story_topic as later
              on later.story_id = other.story_id and later.topic = :topic and later.relevance = 'core'
          where other.event_id = member.event_id and other.valid_to is null
            and (later.reported_at, later.story_id) > (latest.reported_at, latest.story_id)
      )
      and (not :several or latest.reports > 1 or exists (
          select from news.event_member as other
          where other.event_id = member.event_id and other.valid_to is null and other.story_id <> latest.story_id
      ))
      and (:bloc::text is null or exists (
          select from news.event_reports as report where report.event_id = member.event_id and report.bloc = :bloc
      ))
    order by latest.reported_at desc, latest.story_id desc
    limit :n
)
select
    chosen.story_id, chosen.reported_at, chosen.event_id, chosen.storyline_id, chosen.event,
    events.title, outlet.name as first_outlet, events.first_bloc, events.first_reported_at, events.last_reported_at,
    events.independent_reports, events.copies, events.reports, cardinality(events.outlets) as outlets, events.blocs,
    events.languages
from chosen
-- One by one: the view would count all events first.
cross join lateral (select * from news.events where events.event_id = chosen.event_id offset 0) as events
join news.outlet on outlet.key = events.first_outlet
order by chosen.reported_at desc, chosen.story_id desc;

-- name: event_page(event_id)^
-- Returns an event. May be null: languages.
select
    event_id, storyline_id, title, first_reported_at, outlet.name as first_outlet, first_bloc, last_reported_at, independent_reports,
    copies, reports, outlets, languages, blocs, peak_hour, peak_reports
from news.events
join news.outlet on outlet.key = events.first_outlet
where event_id = :event_id;

-- name: reports_of_event(event_id, topic, most)
-- Returns a limited number of articles of an event, earliest first. May be null: language, origin_kind, origin_agency, score.
select
    report.article_id, report.story_id, report.reported_at, report.is_dated, report.is_timed, report.outlet as outlet_key,
    outlet.name as outlet, report.bloc, report.press, report.language, report.title, report.is_origin,
    report.origin_kind, report.origin_agency, report.reason, report.score, report.terms, tag.event
from news.event_reports as report
join news.outlet on outlet.key = report.outlet
left join news.tag on tag.article_id = report.article_id and tag.topic = :topic and tag.valid_to is null
where report.event_id = :event_id
order by report.reported_at, report.article_id
limit :most;

-- name: coverage_of_event(event_id)
-- Returns how each outlet that published on the days of an event reported it, or that it was silent.
-- May be null: first_reported_at, lag.
select
    coverage.outlet as outlet_key, outlet.name as outlet, coverage.bloc, coverage.press, coverage.reports,
    coverage.independent, coverage.silent, coverage.first_reported_at, coverage.lag, coverage.collected
from news.event_coverage as coverage
join news.outlet on outlet.key = coverage.outlet
where coverage.event_id = :event_id
order by coverage.bloc, coverage.silent, coverage.first_reported_at, lower(outlet.name);

-- name: differences_of_event(event_id, most)
-- Returns numbers and places that some independent reports of an event hold and others do not, the most telling first.
select kind, term, stories, of_stories, outlets
from news.event_differences
where event_id = :event_id
order by kind desc, stories desc, term
limit :most;

-- name: changes_by_copies(event_id, most)
-- Returns what copies of an event left out of, and added to, what they copy; those in the same language whose words differ.
-- May be null: left_out, added.
select
    copy.article_id, borrower.story_id, outlet.name as outlet, outlet.key as outlet_key, source.name as of_outlet,
    copy.of_article_id, copy.kind, copy.score, borrower_text.language,
    news.missing_sentences(source_text.text, borrower_text.text) as left_out,
    news.missing_sentences(borrower_text.text, source_text.text) as added
from news.event_member as member
join news.article as borrower on borrower.story_id = member.story_id
join news.copy on copy.article_id = borrower.article_id and copy.is_source and copy.valid_to is null
    and copy.kind <> 'translation'
join news.article as lender on lender.article_id = copy.of_article_id
join news.article_version as borrower_text
    on borrower_text.article_id = borrower.article_id and borrower_text.version = borrower.version
join news.article_version as source_text
    on source_text.article_id = lender.article_id and source_text.version = lender.version
join news.outlet on outlet.outlet_id = borrower.outlet_id
join news.outlet as source on source.outlet_id = lender.outlet_id
where member.event_id = :event_id and member.valid_to is null
  and borrower_text.text_digest <> source_text.text_digest
order by copy.score, copy.article_id
limit :most;

-- name: events_of_storyline(storyline_id, most)
-- Returns a limited number of events of a storyline, in order of time, with their independent reports.
-- Never null: event_id, first_reported_at, title. May be null: language.
select
    report.event_id, min(report.reported_at) as first_reported_at,
    (array_agg(report.title order by report.reported_at, report.article_id))[1] as title,
    (array_agg(report.language order by report.reported_at, report.article_id))[1] as language,
    count(distinct report.story_id)::int as stories
from news.event_reports as report
where report.storyline_id = :storyline_id
group by report.event_id
order by 2, 1
limit :most;

-- name: outlet_page(key)^
-- Returns an outlet, and how much of what it publishes is copied, as of last night.
-- May be null: homepage, retired_at, articles, own_reports, borrowed, borrowed_part, median_lag, main_source, main_source_name.
select
    outlets.outlet, outlets.outlet_name, outlets.homepage, outlets.country, outlets.bloc, outlets.perspective,
    outlets.language, outlets.outlet_kind, outlets.ownership, outlets.press, outlets.retired_at,
    borrowing.articles, borrowing.own_reports, borrowing.borrowed, borrowing.borrowed_part, borrowing.median_lag,
    borrowing.main_source, source.name as main_source_name
from news.outlets
left join news.outlet_borrowing as borrowing on borrowing.outlet = outlets.outlet
left join news.outlet as source on source.key = borrowing.main_source
where outlets.outlet = :key;

-- name: outlet_days(key, topic, since, until)
-- Counts by UTC day what was collected of an outlet, and of this the core articles of a topic and those that are independent.
select
    collected.day, count(*)::int as collected, count(tag.article_id)::int as core,
    (count(tag.article_id) filter (where collected.is_origin))::int as independent
from news.collected
left join news.tag
    on tag.article_id = collected.article_id and tag.topic = :topic and tag.valid_to is null and tag.relevance = 'core'
where collected.outlet = :key and collected.day >= :since and collected.day < :until
group by collected.day;

-- name: outlet_flows(key, since, until)
-- Counts from whom an outlet took articles in a time (`takes`), and who took its articles.
-- May be null: median_lag.
select
    flow.to_outlet = :key as takes, other.key as other_key, other.name as other, sum(flow.copies)::int as copies,
    sum(flow.translations)::int as translations,
    percentile_cont(0.5) within group (order by flow.median_lag) as median_lag
from news.copy_flows as flow
join news.outlet as other on other.key = case when flow.to_outlet = :key then flow.from_outlet else flow.to_outlet end
where :key in (flow.from_outlet, flow.to_outlet) and flow.day >= :since and flow.day < :until
group by takes, other.outlet_id
order by takes, copies desc, other;

-- name: outlet_feeds(key)
-- Returns the feeds of an outlet that are in force, with their health.
select feed.feed_id, feed.name, feed.health, feed.health_since, feed.last_error, feed.last_new_entry_at
from ingest.feed
join news.outlet using (outlet_id)
where outlet.key = :key and feed.retired_at is null
order by lower(feed.name), feed.feed_id;

-- name: entities_to_choose(kind, words, topic, most)
-- Returns the entities that most articles name, of a kind or whose name holds some words.
select entity.key, entity.kind, entity.name, entity.country, count(distinct mention.article_id)::int as articles
from news.entity
join news.mention on mention.entity_id = entity.entity_id and mention.topic = :topic
where (:kind::text is null or entity.kind = :kind)
  and (:words::text is null or entity.name ilike '%%' || :words || '%%')
group by entity.entity_id
order by articles desc, entity.name
limit :most;

-- name: entity_page(key)^
-- Returns an entity.
select entity_id, key, kind, name, country, wikidata, latitude, longitude from news.entity where key = :key;

-- name: entity_days(entity_id, since, until)
-- Counts by UTC day the articles that name an entity, and of these the independent reports.
select filed.day, count(*)::int as articles, (count(*) filter (where story.story_id is not null))::int as independent
from (select distinct article_id, version from news.mention where entity_id = :entity_id) as named
join news.article_search as filed on filed.article_id = named.article_id and filed.version = named.version
left join news.story
    on story.origin_article_id = named.article_id and story.merged_into is null
    and story.origin_kind is distinct from 'agency_not_collected'
where filed.day >= :since and filed.day < :until
group by filed.day;

-- name: newest_naming(entity_id)$
-- Returns when an entity was named last.
select max(filed.reported_at)
from news.mention
join news.article_search as filed on filed.article_id = mention.article_id and filed.version = mention.version
where mention.entity_id = :entity_id;

-- name: named_with(entity_id, since, until, most)
-- Counts with which other entities one is named in the same articles of a time, the most frequent first.
select other.key, other.kind, other.name, other.country, count(distinct near.article_id)::int as articles
from news.mention as near
join news.article_search as filed on filed.article_id = near.article_id and filed.version = near.version
join news.mention as far
    on far.article_id = near.article_id and far.version = near.version and far.entity_id <> near.entity_id
join news.entity as other on other.entity_id = far.entity_id
where near.entity_id = :entity_id and filed.day >= :since and filed.day < :until
group by other.entity_id
order by articles desc, other.name
limit :most;

-- name: named_by(entity_id, since, until)
-- Counts which outlets name an entity in a time, beside all that was collected of them.
select outlet.key, outlet.name, outlet.perspective, named.articles, collected.articles as collected
from (
    select filed.outlet_id, count(distinct mention.article_id)::int as articles
    from news.mention
    join news.article_search as filed on filed.article_id = mention.article_id and filed.version = mention.version
    where mention.entity_id = :entity_id and filed.day >= :since and filed.day < :until
    group by filed.outlet_id
) as named
join news.outlet using (outlet_id)
cross join lateral (
    select count(*)::int as articles from news.article_search as filed
    where filed.outlet_id = named.outlet_id and filed.day >= :since and filed.day < :until
) as collected
order by named.articles desc, lower(outlet.name);

-- name: mentions_of_entity(entity_id, since, until, before_at, before_article, n)
-- Returns the newest n articles of a time that name an entity, each with its first mention in context, from before a place.
-- May be null: role.
select
    filed.article_id, article.story_id, filed.reported_at, version.published_at is not null as is_dated, outlet.name as outlet,
    outlet.key as outlet_key, version.language, version.title, first.role, first.mentions,
    substr(words.text, greatest(first.start_at - 80, 0) + 1, least(first.start_at, 80)) as before,
    substr(words.text, first.start_at + 1, first.end_at - first.start_at) as named,
    substr(words.text, first.end_at + 1, 120) as after
from (select distinct article_id, version from news.mention where entity_id = :entity_id) as named
join news.article_search as filed on filed.article_id = named.article_id and filed.version = named.version
join news.article on article.article_id = filed.article_id
join news.article_version as version on version.article_id = filed.article_id and version.version = filed.version
join news.outlet on outlet.outlet_id = filed.outlet_id
cross join lateral (
    select mention.field, mention.start_at, mention.end_at, mention.role, (count(*) over ())::int as mentions
    from news.mention
    where mention.article_id = filed.article_id and mention.version = filed.version and mention.entity_id = :entity_id
    order by mention.field desc, mention.start_at
    limit 1
) as first
cross join lateral (
    select case first.field when 'title' then version.title else version.text end as text
) as words
where filed.day >= :since and filed.day < :until
  and (filed.reported_at, filed.article_id)
      < (coalesce(:before_at::timestamptz, 'infinity'), coalesce(:before_article::bigint, 9223372036854775807))
order by filed.reported_at desc, filed.article_id desc
limit :n;

-- name: entity_kinds()
-- Returns the kinds of entities there are.
select distinct kind from news.entity;

-- name: brief_numbers(topic, day)^
-- Counts a day (UTC): all that was collected, core articles of a topic, independent reports, and the mean of these over
-- the seven days before. Always one row. Never null: collected, core, independent, usual, outlets.
select
    count(*) filter (where collected.day = :day::date)::int as collected,
    count(tag.article_id) filter (where collected.day = :day::date)::int as core,
    count(tag.article_id) filter (where collected.day = :day::date and collected.is_origin)::int as independent,
    round(count(tag.article_id) filter (where collected.day < :day::date and collected.is_origin) / 7.0, 1)::float8 as usual,
    count(distinct collected.outlet) filter (where collected.day = :day::date and tag.article_id is not null)::int as outlets
from news.collected
left join news.tag
    on tag.article_id = collected.article_id and tag.topic = :topic and tag.valid_to is null and tag.relevance = 'core'
where collected.day between :day::date - 7 and :day::date;

-- name: brief_edits(topic, day, most)
-- Returns core and related articles of a topic that were changed after publication, found on a day.
-- May be null: removed, added.
select
    edits.article_id, edits.story_id, edits.version, outlet.name as outlet, edits.title_before, edits.title_after,
    edits.removed, edits.added
from news.edits
join news.tag on tag.article_id = edits.article_id and tag.topic = :topic and tag.valid_to is null and tag.relevance <> 'none'
join news.outlet on outlet.key = edits.outlet
where edits.day = :day::date and edits.kind = 'edited'
order by edits.changed_share desc nulls last, edits.article_id
limit :most;

-- name: brief_tag_changes(topic, day, most)
-- Returns tags of a topic that another decision took the place of on a day, where relevance or event changed.
select
    tag.article_id, article.story_id, outlet.name as outlet, version.title, version.language, before.relevance as old_relevance,
    before.event as old_event, tag.relevance, tag.event, tag.method
from news.tag
join news.tag as before on before.tag_id = tag.replaces
join news.article on article.article_id = tag.article_id
join news.article_version as version on version.article_id = tag.article_id and version.version = tag.version
join news.outlet on outlet.outlet_id = article.outlet_id
where tag.topic = :topic and tag.valid_to is null
  and tag.valid_from >= (:day::date)::timestamp at time zone 'UTC' and tag.valid_from < (:day::date + 1)::timestamp at time zone 'UTC'
  and (tag.relevance, tag.event) is distinct from (before.relevance, before.event)
order by tag.probability desc, tag.article_id
limit :most;
