-- One row per storyline: the events of a longer affair.
create view news.storylines as
select
    report.storyline_id,
    (array_agg(report.title order by report.reported_at, report.article_id))[1] as title,
    min(report.reported_at) as first_reported_at,
    max(report.reported_at) as last_reported_at,
    count(distinct report.event_id)::int as events,
    count(distinct report.story_id)::int as stories,
    count(*)::int as reports,
    count(distinct report.day)::int as days,
    array_agg(distinct report.outlet order by report.outlet) as outlets,
    array_agg(distinct report.bloc order by report.bloc) as blocs
from news.event_reports as report
group by report.storyline_id;
comment on view news.storylines is 'One row per storyline: the events of a longer affair.';
comment on column news.storylines.storyline_id is 'The storyline, known by its first event.';
comment on column news.storylines.title is 'Headline of its first report.';
comment on column news.storylines.first_reported_at is 'When it began to be reported.';
comment on column news.storylines.last_reported_at is 'When it was last reported.';
comment on column news.storylines.events is 'Events of it.';
comment on column news.storylines.stories is 'Stories that tell of them.';
comment on column news.storylines.reports is 'Articles, copies included.';
comment on column news.storylines.days is 'Days (UTC) on which it was reported.';
comment on column news.storylines.outlets is 'Which outlets reported it.';
comment on column news.storylines.blocs is 'Of which blocs.';
grant select on news.storylines to analyst;
