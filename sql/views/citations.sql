-- One row per citation in the present version of an article: whom it cites without copying.
create view news.citations as
select
    citation.article_id,
    filed.day,
    filed.reported_at,
    outlets.outlet,
    outlets.bloc,
    citation.cited,
    citation.kind,
    citation.field,
    citation.span_start,
    citation.span_end,
    substring(
        case citation.field when 'title' then version.title else version.text end,
        citation.span_start + 1, citation.span_end - citation.span_start
    ) as words,
    article.story_id
from news.citation
join news.article on article.article_id = citation.article_id and article.version = citation.version
join news.article_version as version
    on version.article_id = citation.article_id and version.version = citation.version
join news.article_search as filed on filed.article_id = citation.article_id
join news.outlets on outlets.outlet_id = filed.outlet_id
where lower(citation.cited) not in (lower(outlets.outlet_name), lower(replace(outlets.outlet, '_', ' ')));
comment on view news.citations is 'One row per citation in the present version of an article: whom it cites without copying. What an outlet says of itself is left out.';
comment on column news.citations.article_id is 'The article that cites.';
comment on column news.citations.day is 'Day on which it was reported, in UTC.';
comment on column news.citations.reported_at is 'When it was published, or first seen.';
comment on column news.citations.outlet is 'Short name of its outlet.';
comment on column news.citations.bloc is 'Bloc of the outlet, see news.outlets.';
comment on column news.citations.cited is 'The outlet or news agency that is cited.';
comment on column news.citations.kind is 'report: what it reported; statement: what somebody told it; document: what it had seen.';
comment on column news.citations.field is 'title or text.';
comment on column news.citations.span_start is 'First character of the citing words, counted from 0.';
comment on column news.citations.span_end is 'Character after the last.';
comment on column news.citations.words is 'The citing words.';
comment on column news.citations.story_id is 'The story of the article.';
grant select on news.citations to analyst;
