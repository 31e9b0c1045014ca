-- One row per event: who reported it, who first, and when most did.
create view news.events as
select
    reports.event_id,
    first.storyline_id,
    first.title,
    first.reported_at as first_reported_at,
    first.outlet as first_outlet,
    first.bloc as first_bloc,
    reports.last_reported_at,
    reports.independent_reports,
    reports.copies,
    reports.reports,
    reports.outlets,
    reports.languages,
    reports.blocs,
    reports.first_by_bloc,
    peak.hour as peak_hour,
    peak.reports as peak_reports
from (
    select
        event_id,
        coalesce(max(reported_at) filter (where is_dated), max(reported_at)) as last_reported_at,
        (count(distinct story_id) filter (where origin_kind is distinct from 'agency_not_collected')
            + count(distinct origin_agency) filter (where origin_kind = 'agency_not_collected'))::int as independent_reports,
        (count(*) filter (where not is_origin))::int as copies,
        count(*)::int as reports,
        array_agg(distinct outlet order by outlet) as outlets,
        array_agg(distinct language order by language) filter (where language is not null) as languages,
        array_agg(distinct bloc order by bloc) as blocs,
        (
            select jsonb_object_agg(earliest.bloc, jsonb_build_object('at', earliest.reported_at, 'outlet', earliest.outlet))
            from (
                select distinct on (other.bloc) other.bloc, other.reported_at, other.outlet
                from news.event_reports as other
                where other.event_id = event_reports.event_id
                order by other.bloc, other.reported_at, other.article_id
            ) as earliest
        ) as first_by_bloc
    from news.event_reports
    group by event_id
) as reports
cross join lateral (
    select one.title, one.reported_at, one.outlet, one.bloc, one.storyline_id
    from news.event_reports as one
    where one.event_id = reports.event_id
    order by one.reported_at, one.is_origin desc, one.article_id
    limit 1
) as first
cross join lateral (
    select date_trunc('hour', one.reported_at) as hour, count(*)::int as reports
    from news.event_reports as one
    where one.event_id = reports.event_id
    group by date_trunc('hour', one.reported_at)
    order by count(*) desc, date_trunc('hour', one.reported_at)
    limit 1
) as peak;
comment on view news.events is 'One row per event: who reported it, who first, and when most did.';
comment on column news.events.event_id is 'The event, known by the story of its first report.';
comment on column news.events.storyline_id is 'The longer affair that it belongs to, known by its first event.';
comment on column news.events.title is 'Headline of the first report.';
comment on column news.events.first_reported_at is 'When it was first reported.';
comment on column news.events.first_outlet is 'By whom.';
comment on column news.events.first_bloc is 'Of which bloc, see news.outlets.';
comment on column news.events.last_reported_at is 'When its last dated article was reported.';
comment on column news.events.independent_reports is 'Stories that tell of it; those of one agency whose own text was not collected count once.';
comment on column news.events.copies is 'Articles that copy others of it.';
comment on column news.events.reports is 'All its articles.';
comment on column news.events.outlets is 'Which outlets reported it.';
comment on column news.events.languages is 'In which languages.';
comment on column news.events.blocs is 'Of which blocs.';
comment on column news.events.first_by_bloc is 'For each bloc when, and which of its outlets, reported it first: {bloc: {at, outlet}}.';
comment on column news.events.peak_hour is 'Hour (UTC) in which most of its articles were reported.';
comment on column news.events.peak_reports is 'How many.';
grant select on news.events to analyst;
