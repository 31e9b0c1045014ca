-- name: articles
-- The dated headlines of a month that credit an agency.
select day, outlet, title, wire from news.articles where day >= :since and day < :until and wire = 'Reuters';

-- name: collected
-- Articles and independent reports of a month by language.
select language, count(*) as articles, count(*) filter (where is_origin) as reports
from news.collected
where day >= :since and day < :until
group by language;

-- name: tagged
-- Core articles of a month by bloc and event.
select bloc, event, count(*) from news.tagged where relevance = 'core' and day >= :since and day < :until group by bloc, event;

-- name: us_china_military
-- The core articles of a month, with their evidence.
select day, outlet, title, event, evidence
from news.us_china_military
where relevance = 'core' and day >= :since and day < :until;

-- name: tagged_stories
-- The core stories of a month that most articles carried.
select day, title, outlet, event, reports
from news.tagged_stories
where relevance = 'core' and day >= :since and day < :until
order by reports desc
limit 50;

-- name: stories
-- The stories of a month that at least three outlets carried.
select story_id, title, origin_outlet, reports, outlets
from news.stories
where origin_reported_at >= :since and origin_reported_at < :until and cardinality(outlets) >= 3;

-- name: story_origin
-- Why the origins of a month are taken for the first.
select origin_reason, count(*) from news.story_origin where reported_at >= :since and reported_at < :until group by origin_reason;

-- name: independent_reports
-- Independent reports of a month by outlet.
select outlet, count(*) from news.independent_reports where reported_at >= :since and reported_at < :until group by outlet;

-- name: reports
-- How much of a month's articles is borrowed, by outlet.
select outlet, count(*), avg(borrowed_share), percentile_cont(0.5) within group (order by lag)
from news.reports
where reported_at >= :since and reported_at < :until
group by outlet;

-- name: copies
-- Links found in a month by kind.
select kind, count(*), avg(score) from news.copies where found_at >= :since and found_at < :until group by kind;

-- name: outlet_borrowing
-- Whom each outlet borrows from: the view counts everything that was ever collected.
select * from news.outlet_borrowing;

-- name: daily_outlets
-- Core articles of a month by outlet, against all collected.
select outlet, sum(core) as core, sum(collected) as collected
from news.daily_outlets
where day >= :since and day < :until
group by outlet;

-- name: daily_countries
-- Core articles of a month by day and country.
select day, country, core, collected, core_share from news.daily_countries where day >= :since and day < :until;

-- name: daily_blocs
-- Core articles of a month by day and bloc.
select day, bloc, core, collected, core_share from news.daily_blocs where day >= :since and day < :until;

-- name: daily_perspectives
-- Core articles of a month by day and perspective.
select day, perspective, core, collected, core_share from news.daily_perspectives where day >= :since and day < :until;

-- name: daily_events
-- Core articles of a month by day and event type.
select day, event, core, core_stories, collected from news.daily_events where day >= :since and day < :until;

-- name: timeline
-- Bursts of a month.
select day, event, core_stories, expected_stories, burst
from news.timeline
where burst >= 2 and day >= :since and day < :until;

-- name: actor_pairs
-- Who appeared with whom most in a month.
select actor_name, other_name, sum(core) as core
from news.actor_pairs
where day >= :since and day < :until
group by actor_name, other_name
order by core desc
limit 20;

-- name: first_reporters
-- Who had the core stories of a month first.
select outlet, sum(core_stories) as first, sum(copies) as copies
from news.first_reporters
where day >= :since and day < :until
group by outlet
order by first desc;

-- name: copy_flows
-- Who copied whom most in a month.
select from_outlet, to_outlet, sum(copies) as copies
from news.copy_flows
where day >= :since and day < :until
group by from_outlet, to_outlet
order by copies desc
limit 20;

-- name: state_and_independent
-- State media against the independent press in a month, by event type.
select event, sum(state) as state, sum(independent) as independent
from news.state_and_independent
where day >= :since and day < :until
group by event;

-- name: coverage
-- Which outlets were covered least in a month.
select outlet, sum(polls), sum(failed_polls), sum(entries), sum(articles), min(completeness)
from news.coverage
where day >= :since and day < :until
group by outlet;

-- name: edits
-- Edits of a month by outlet.
select outlet, count(*), avg(changed_share), count(*) filter (where title_changed)
from news.edits
where day >= :since and day < :until
group by outlet;

-- name: edits_in_full
-- What the latest hundred edits of a month changed.
select outlet, title_after, removed, added
from news.edits
where day >= :since and day < :until
order by edited_at desc
limit 100;

-- name: reviews
-- Reviews of a month that disagree with the tag.
select * from news.reviews where reviewed_at >= :since and reviewed_at < :until and not agrees;

-- name: feed_health
-- Feeds that are not healthy.
select * from news.feed_health where health <> 'healthy';

-- name: ledger
-- What became of every entry.
select * from news.ledger;

-- name: outlets
-- Outlets by bloc.
select bloc, press, count(*) from news.outlets group by bloc, press;

-- name: evidence
-- What spoke most for the core articles of a month.
select rule, count(*) as times, sum(weight) as weight
from news.evidence
join news.tag_history using (tag_id)
where relevance = 'core' and valid_from >= :since and valid_from < :until
group by rule
order by weight desc
limit 20;

-- name: mentions
-- Vessels named in a month.
select name, count(distinct article_id) as articles
from news.mentions
where kind = 'vessel' and reported_at >= :since and reported_at < :until
group by name
order by articles desc;

-- name: mentioned_together
-- People named together in the core articles of a month.
select pair.name, pair.with_name, count(*) as articles
from news.tagged
join news.mentioned_together as pair using (article_id, topic)
where tagged.relevance = 'core' and tagged.day >= :since and tagged.day < :until
  and pair.kind = 'person' and pair.with_kind = 'person' and pair.entity < pair.with_entity
group by pair.name, pair.with_name
order by articles desc
limit 20;

-- name: tag_history
-- Decisions of a month.
select relevance, count(*) from news.tag_history where valid_from >= :since and valid_from < :until group by relevance;

-- name: tag_changes
-- Articles that changed their place in a month.
select change, cause, count(*) from news.tag_changes where changed_at >= :since and changed_at < :until group by change, cause;

-- name: alarms
-- What is wrong now.
select * from news.alarms where closed_at is null;

-- name: topics
-- Topics in force.
select topic, rules_version from news.topics;

-- name: attention
-- How much attention carriers got each day of a month.
select period, reports, independent_reports, collected, share
from news.attention('carrier', cast(:since as date), cast(:until as date), relevance => 'core');

-- name: citations
-- Who cited an agency in a month.
select day, outlet, cited, kind, words from news.citations where day >= :since and day < :until and cited = 'reuters';

-- name: citation_flows
-- Whom the outlets of each bloc cite, in a month.
select bloc, cited, sum(citations) as citations
from news.citation_flows
where day >= :since and day < :until
group by bloc, cited
order by citations desc
limit 50;

-- name: corrections
-- What people corrected.
select * from news.corrections order by said_at desc limit 50;

-- name: event_reports
-- Every article of a month that belongs to an event.
select event_id, outlet, title, reason from news.event_reports where day >= :since and day < :until;

-- name: events
-- The events of a month with most independent reports.
select event_id, title, first_outlet, independent_reports, outlets
from news.events
where first_reported_at >= :since and first_reported_at < :until
order by independent_reports desc
limit 50;

-- name: event_coverage
-- Who was silent on the largest event of a month.
select bloc, count(*) filter (where silent) as silent, count(*) as outlets
from news.event_coverage
where event_id = (
    select event_id
    from news.events
    where first_reported_at >= :since and first_reported_at < :until
    order by independent_reports desc, event_id
    limit 1
)
group by bloc;

-- name: event_differences
-- On which numbers and places the reports of the largest event of a month differ.
select kind, term, stories, of_stories
from news.event_differences
where event_id = (
    select event_id
    from news.events
    where first_reported_at >= :since and first_reported_at < :until
    order by independent_reports desc, event_id
    limit 1
);

-- name: storylines
-- The affairs of a month.
select title, events, stories, days
from news.storylines
where first_reported_at >= :since and first_reported_at < :until
order by stories desc
limit 50;

-- name: deletions
-- The articles that were deleted.
select article_id, reason, deleted_at from news.deletions where deleted_at >= :since and deleted_at < :until;

-- name: cold_months
-- The months whose texts are in files.
select month, articles, bytes from news.cold_months where month >= :since and month < :until;

-- name: reviewer_agreement
-- How far reviewers agree.
select * from news.reviewer_agreement;
