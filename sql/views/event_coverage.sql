-- One row per event and outlet that published anything on the event's days: how it reported the event, or that it was silent.
create view news.event_coverage as
with spans as (
    select
        event_id,
        -- When an undated article was seen says nothing of when the event was news.
        coalesce(min(day) filter (where is_dated), min(day)) as first_day,
        coalesce(max(day) filter (where is_dated), max(day)) as last_day,
        min(reported_at) filter (where is_timed) as first_timed_at
    from news.event_reports
    group by event_id
)
select
    spans.event_id,
    outlets.outlet,
    outlets.country,
    outlets.bloc,
    outlets.press,
    coalesce(own.reports, 0) as reports,
    coalesce(own.independent, 0) as independent,
    own.reports is null as silent,
    own.first_reported_at,
    own.first_timed_at - spans.first_timed_at as lag,
    own.titles,
    published.collected
from spans
cross join lateral (
    select outlet_id, sum(articles)::int as collected
    from (
        select filed.outlet_id, count(*) as articles
        from news.article_search as filed
        where filed.day between spans.first_day and spans.last_day
        group by filed.outlet_id
        union all
        -- Who told it without a date, and published nothing else on these days.
        select told.outlet_id, 0
        from news.event_reports as report
        join news.outlet as told on told.key = report.outlet
        where report.event_id = spans.event_id
    ) as each_outlet
    group by outlet_id
) as published
join news.outlets on outlets.outlet_id = published.outlet_id
left join lateral (
    select
        count(*)::int as reports,
        (count(*) filter (where report.is_origin))::int as independent,
        min(report.reported_at) as first_reported_at,
        min(report.reported_at) filter (where report.is_timed) as first_timed_at,
        array_agg(report.title order by report.reported_at, report.article_id) as titles
    from news.event_reports as report
    where report.event_id = spans.event_id and report.outlet = outlets.outlet
    having count(*) > 0
) as own on true;
comment on view news.event_coverage is 'One row per event and outlet that published anything on the event''s days: how it reported the event, or that it was silent. Ask for one event.';
comment on column news.event_coverage.event_id is 'The event.';
comment on column news.event_coverage.outlet is 'Short name of the outlet.';
comment on column news.event_coverage.country is 'Its country.';
comment on column news.event_coverage.bloc is 'Its bloc, see news.outlets.';
comment on column news.event_coverage.press is 'Whose voice it is, see news.outlets.';
comment on column news.event_coverage.reports is 'Its articles on the event.';
comment on column news.event_coverage.independent is 'Of these, no copies.';
comment on column news.event_coverage.silent is 'It published other articles on these days and none on the event.';
comment on column news.event_coverage.first_reported_at is 'When it first reported the event.';
comment on column news.event_coverage.lag is 'How much later than the first of all, between reports whose time of day is known; null where none of its own has one.';
comment on column news.event_coverage.titles is 'Its headlines on the event, in order of time.';
comment on column news.event_coverage.collected is 'All that was collected of it on these days.';
grant select on news.event_coverage to analyst;
