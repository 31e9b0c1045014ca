-- 1. Who broke this story, and who only copied it?
-- broke_it is the agency where the report is an agency's, also one whose own text was not collected.
select origin.first_reporter as broke_it, report.outlet, report.copy_kind, report.lag_to_origin, report.url
from news.reports as report join news.story_origin as origin using (story_id)
where report.reported_at >= '2026-03-02' and report.reported_at < '2026-03-09'
order by report.story_id, report.lag_to_origin nulls first, report.outlet;

-- 2. What share of each outlet's reports on the topic is copied, and from whom?
select tagged.outlet, count(*) as core, count(source.of_outlet) as copied,
    round(count(source.of_outlet)::numeric / count(*), 2) as share, mode() within group (order by source.of_outlet) as most_from
from news.tagged left join news.copies as source on source.article_id = tagged.article_id and source.is_source
where tagged.topic = 'us_china_military' and tagged.relevance = 'core' and tagged.day between '2026-03-02' and '2026-03-08'
group by tagged.outlet order by copied desc, tagged.outlet;

-- 3. How did coverage of encounters (ships, aircraft, balloons) evolve, week by week?
select period, reports, independent_reports, outlets, collected, share
from news.attention(null, '2026-03-02', '2026-03-09', by => 'week', relevance => 'core', event => 'encounter_transit');

-- 4. How much attention did one phrase get each day, as a share of all that was collected?
select period as day, reports, independent_reports, collected, share
from news.attention('"Taiwan Strait" or 台湾海峡', '2026-03-02', '2026-03-09');

-- 5. PRC state media against US independent outlets: how many independent reports each, on which event types?
select event, count(*) filter (where press in ('state', 'official') and country = 'CN') as prc_state,
    count(*) filter (where press = 'independent' and country = 'US') as us_independent
from news.tagged
where topic = 'us_china_military' and relevance = 'core' and is_origin and day between '2026-03-02' and '2026-03-08'
group by event order by event;

-- 6. What changed in an article after it was published?
select outlet, edited_at, title_before, title_after, removed, added
from news.edits
where kind = 'edited'
order by outlet, edited_at;

-- 7. Which ships and weapons were named, when, with whom, by which country?
select one.name, one.kind, one.country, articles.day, one.with_name, one.with_country, count(*) as articles
from news.mentioned_together as one join news.articles using (article_id)
where one.kind in ('vessel', 'weapon') and one.with_kind in ('actor', 'unit') and articles.day between '2026-03-02' and '2026-03-08'
group by 1, 2, 3, 4, 5, 6 order by articles desc, 1, 4, 5;

-- 8. Where did it happen? Places that core articles name, with coordinates.
select mentions.name, mentions.latitude, mentions.longitude, count(distinct mentions.article_id) as articles
from news.mentions join news.tagged using (article_id, topic)
where mentions.latitude is not null and tagged.relevance = 'core' and tagged.day between '2026-03-02' and '2026-03-08'
group by 1, 2, 3 order by articles desc, 1;

-- 9. What did we believe at a moment? Here: now; any earlier moment gives what was believed then.
select relevance, event, method, count(*) as articles
from news.tags_as_of(now())
where topic = 'us_china_military' and reported_at >= '2026-03-02' and reported_at < '2026-03-09'
group by relevance, event, method order by articles desc, relevance, event;

-- 10. Which articles were nearly tagged?
select round(related_probability::numeric, 2) as related_probability, outlet, title
from news.tags_as_of(now())
where topic = 'us_china_military' and relevance = 'none' and related_probability >= 0.1
order by related_probability desc, title;

-- 11. Where are the gaps in what we collected, per outlet and day, also where nothing was polled?
select outlets.outlet, at::date as day, coalesce(coverage.polls, 0) as polls, coalesce(coverage.articles, 0) as articles
from news.outlets cross join generate_series(current_date - 6, current_date, interval '1 day') as at
left join news.coverage on coverage.outlet = outlets.outlet and coverage.day = at::date
where coalesce(coverage.polls, 0) = coalesce(coverage.failed_polls, 0) or coverage.overflows > 0 or coverage.completeness < 1
order by outlets.outlet, at;

-- 12. How many independent reports a week, copies removed?
select period as week, independent_reports, reports - independent_reports as copies, collected
from news.attention(null, '2026-03-02', '2026-03-09', by => 'week', relevance => 'core');

-- 13. Who reprints whom, and how late?
select from_outlet, to_outlet, sum(copies) as copies, percentile_cont(0.5) within group (order by median_lag) as median_lag
from news.copy_flows
where day between '2026-03-02' and '2026-03-08'
group by from_outlet, to_outlet order by copies desc, from_outlet, to_outlet;

-- 14. What did officials say, and who quoted them? Whom articles cite, and in which words; speakers by office.
select citation.outlet, citation.cited, citation.kind, citation.words, citation.article_id
from news.citations as citation
where citation.day between '2026-03-02' and '2026-03-08'
order by citation.cited, citation.outlet, citation.words;

-- 15. How did the blocs tell the same event, and who was silent?
select coverage.bloc, coverage.outlet, coverage.silent, coverage.reports, coverage.independent, coverage.lag, coverage.titles
from news.event_coverage as coverage
where event_id = (select event_id from news.events order by reports desc, event_id limit 1)
order by coverage.bloc, coverage.silent, coverage.lag nulls last, coverage.outlet;
