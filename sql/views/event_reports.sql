-- One row per article of an event: its independent reports and their copies.
create view news.event_reports as
select
    member.event_id,
    member.storyline_id,
    article.story_id,
    article.article_id,
    filed.reported_at,
    filed.day,
    outlets.outlet,
    outlets.country,
    outlets.bloc,
    outlets.press,
    filed.language,
    version.title,
    article.article_id = story.origin_article_id as is_origin,
    story.origin_kind,
    story.origin_agency,
    member.reason,
    member.score,
    member.terms,
    article.url,
    version.published_at is not null as is_dated,
    news.is_timed(version.published_at, article.first_seen_at) as is_timed
from news.event_member as member
join news.story on story.story_id = member.story_id
join news.article on article.story_id = member.story_id
join news.article_version as version on version.article_id = article.article_id and version.version = article.version
join news.article_search as filed on filed.article_id = article.article_id
join news.outlets on outlets.outlet_id = filed.outlet_id
where member.valid_to is null and member.event_id is not null;
comment on view news.event_reports is 'One row per article of an event: its independent reports and their copies.';
comment on column news.event_reports.event_id is 'The event, known by the story of its first report.';
comment on column news.event_reports.storyline_id is 'The longer affair that it belongs to, known by its first event.';
comment on column news.event_reports.story_id is 'The story.';
comment on column news.event_reports.article_id is 'The article.';
comment on column news.event_reports.reported_at is 'When it was published, or first seen.';
comment on column news.event_reports.day is 'Day of reported_at, in UTC.';
comment on column news.event_reports.outlet is 'Short name of the outlet.';
comment on column news.event_reports.country is 'Its country.';
comment on column news.event_reports.bloc is 'Its bloc, see news.outlets.';
comment on column news.event_reports.press is 'Whose voice it is, see news.outlets.';
comment on column news.event_reports.language is 'Language of the text.';
comment on column news.event_reports.title is 'Headline.';
comment on column news.event_reports.is_origin is 'Whether it is the origin of its story, not a copy.';
comment on column news.event_reports.origin_kind is 'Whose report its story is: own_report, agency_collected, agency_not_collected or unknown.';
comment on column news.event_reports.origin_agency is 'The news agency whose report its story is.';
comment on column news.event_reports.reason is 'Why its story stands there: opens, same_words, belongs or corrected, see news.event_member.';
comment on column news.event_reports.score is 'Of same_words the log-likelihood above chance, of belongs the logit.';
comment on column news.event_reports.terms is 'What its story shares with the event, the most telling first.';
comment on column news.event_reports.url is 'Address.';
comment on column news.event_reports.is_dated is 'Whether it has a publication date; else reported_at is when a feed first listed it.';
comment on column news.event_reports.is_timed is 'Whether its time of publication tells the time of day.';
grant select on news.event_reports to analyst;
