-- One row per event and number or place that some of its independent reports hold in headline or lead and others do not: who differs.
create view news.event_differences as
with held as (
    select member.event_id, reading.story_id, term.term
    from news.event_member as member
    join news.event_reading as reading on reading.story_id = member.story_id
    cross join lateral unnest(reading.terms) as term (term)
    where member.valid_to is null and member.event_id is not null
      and (term.term ~ '^[0-9]' or term.term like 'place %')
), sizes as (
    select event_id, count(*)::int as stories
    from news.event_member
    where valid_to is null and event_id is not null
    group by event_id
)
select
    held.event_id,
    case when held.term like 'place %' then 'place' else 'number' end as kind,
    replace(held.term, 'place ', '') as term,
    count(*)::int as stories,
    sizes.stories as of_stories,
    array_agg(distinct outlet.key order by outlet.key) as outlets
from held
join sizes using (event_id)
join news.story using (story_id)
join news.article on article.article_id = story.origin_article_id
join news.outlet using (outlet_id)
group by held.event_id, held.term, sizes.stories
having count(*) < sizes.stories;
comment on view news.event_differences is 'One row per event and number or place that some of its independent reports hold in headline or lead and others do not: who differs.';
comment on column news.event_differences.event_id is 'The event.';
comment on column news.event_differences.kind is 'number or place.';
comment on column news.event_differences.term is 'The number as written, or the place as the gazetteer knows it.';
comment on column news.event_differences.stories is 'Independent reports that hold it.';
comment on column news.event_differences.of_stories is 'Of so many.';
comment on column news.event_differences.outlets is 'Whose they are.';
grant select on news.event_differences to analyst;
