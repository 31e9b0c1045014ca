-- 1. How much was collected each day, and how much of it is about the topic?
select day, sum(collected) as collected, sum(core) as core, sum(core_stories) as independent, sum(related) as related
from news.daily_outlets
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by day
order by day;

-- 2. Which kinds of event filled the week, in articles and in independent reports?
select event, sum(core) as articles, sum(core_stories) as independent
from news.daily_events
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by event
order by articles desc, event;

-- 3. How large a part of its news does each bloc give the topic?
select bloc, sum(collected) as collected, sum(core) as core, round(sum(core)::numeric / sum(collected), 2) as share
from news.daily_blocs
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by bloc
order by share desc, bloc;

-- 4. Which countries' outlets report it most?
select country, sum(core) as core, sum(collected) as collected
from news.daily_countries
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by country
order by core desc, country
limit 8;

-- 5. Whose perspective grew over the week?
select
    perspective,
    sum(core) filter (where day <= '2026-03-04') as to_wednesday,
    sum(core) filter (where day >= '2026-03-05') as from_thursday
from news.daily_perspectives
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by perspective
order by from_thursday desc nulls last, perspective;

-- 6. On which days was there more than was to be expected?
select day, event, core_stories, expected_stories, burst
from news.timeline
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08' and burst >= 1
order by burst desc, day, event;

-- 7. How did one kind of event develop, quiet days included?
select day, core, core_stories, collected
from news.timeline
where topic = 'us_china_military' and event = 'exercise_deployment' and day between '2026-03-02' and '2026-03-08'
order by day;

-- 8. Who appears with whom?
select actor_name, other_name, sum(core) as articles, sum(core_stories) as independent
from news.actor_pairs
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by actor_name, other_name
order by articles desc, independent desc, actor_name, other_name
limit 8;

-- 9. With whom does one actor appear? Each pair stands once, so both sides are asked.
select case when actor = 'pla' then other_name else actor_name end as with_whom, sum(core) as articles
from news.actor_pairs
where 'pla' in (actor, other_actor) and day between '2026-03-02' and '2026-03-08'
group by with_whom
order by articles desc, with_whom
limit 6;

-- 10. Who had the stories first, and who was followed?
select outlet, sum(core_stories) as first, sum(copied_stories) as copied, sum(copies) as copies, min(shortest_lag) as fastest
from news.first_reporters
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by outlet
order by copies desc, first desc, outlet
limit 8;

-- 11. Who reprints the wire, and how much later?
select to_outlet, sum(copies) as reprints, min(median_lag) as fastest_day, max(median_lag) as slowest_day
from news.copy_flows
where from_outlet = 'meridian_wire' and translations = 0 and day between '2026-03-02' and '2026-03-08'
group by to_outlet
order by reprints desc, to_outlet;

-- 12. In what ways are articles copied?
select coalesce(copy_kind, 'own report') as kind, count(*) as articles, round(avg(borrowed_share)::numeric, 1) as borrowed
from news.reports
where reported_at >= '2026-03-02' and reported_at < '2026-03-09'
group by kind
order by articles desc, kind;

-- 13. Which stories crossed a language?
select title, origin_outlet, languages, reports
from news.stories
where cardinality(languages) > 1 and origin_reported_at >= '2026-03-02' and origin_reported_at < '2026-03-09'
order by reports desc, title
limit 6;

-- 14. What do state media make of it, and what the independent press?
select
    event,
    sum(state) as state,
    round(sum(state)::numeric / sum(state_collected), 2) as state_share,
    sum(independent) as independent,
    round(sum(independent)::numeric / sum(independent_collected), 2) as independent_share
from news.state_and_independent
where topic = 'us_china_military' and day between '2026-03-02' and '2026-03-08'
group by event
order by independent desc, event;

-- 15. How do their headlines differ on one kind of event?
select tagged.press, tagged.outlet, articles.title
from news.tagged
join news.articles using (article_id)
where tagged.event = 'arms_sale_aid' and tagged.is_origin and tagged.perspective in ('us', 'prc')
  and tagged.day between '2026-03-02' and '2026-03-08'
order by tagged.press, tagged.outlet, articles.title;

-- 16. What became of the entries of the outlets that are not complete?
select outlet, sum(entries) as entries, sum(articles) as articles, sum(dropped) as dropped, min(main_reason) as reason
from news.coverage
group by outlet
having sum(dropped) > 0
order by outlet;

-- 17. What did editors change after publication?
select outlet, title_before, title_after, round(changed_share::numeric, 2) as changed, length(added) as characters_added
from news.edits
where kind = 'edited'
order by outlet, title_after;

-- 18. Where does a phrase stand in the core articles? The marks of what was found become brackets here.
select outlet, title, translate(snippet, e'\ue000\ue001', '[]') as snippet
from news.search('"incidents at sea" or hotline', since => '2026-03-02', until => '2026-03-09', relevance => 'core', most => 3);

-- 19. And in Chinese, simplified or traditional?
select outlet, title, translate(snippet, e'\ue000\ue001', '[]') as snippet
from news.search('臺灣海峽', since => '2026-03-02', until => '2026-03-09');

-- 20. Which stories were carried most, and why are they about the topic?
select stories.title, stories.outlet, stories.event, stories.reports, reasons.terms
from news.tagged_stories as stories
join news.us_china_military as origin on origin.article_id = stories.origin_article_id
cross join lateral (
    select string_agg(reason ->> 'term', ', ') as terms
    from (
        select reason
        from jsonb_array_elements(origin.evidence) with ordinality as found (reason, n)
        where reason ->> 'field' <> 'model'
        order by n
        limit 3
    ) as strongest
) as reasons
where stories.relevance = 'core' and stories.day between '2026-03-02' and '2026-03-08'
order by stories.reports desc, stories.title
limit 6;
