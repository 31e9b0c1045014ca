-- One row per article, tagged or not, without its words: the denominators. Days are in UTC.
create view news.collected as
select
    filed.article_id,
    article.story_id,
    filed.day,
    filed.reported_at,
    outlets.outlet,
    outlets.country,
    outlets.bloc,
    outlets.perspective,
    outlets.outlet_kind,
    outlets.press,
    filed.language,
    story.story_id is not null and story.origin_kind is distinct from 'agency_not_collected' as is_origin
from news.article_search as filed
join news.article on article.article_id = filed.article_id
join news.outlets on outlets.outlet_id = filed.outlet_id
left join news.story on story.origin_article_id = filed.article_id and story.merged_into is null;
comment on view news.collected is 'One row per article, tagged or not, without its words: the denominators. Days are in UTC.';
comment on column news.collected.article_id is 'The article.';
comment on column news.collected.story_id is 'Its story; null until its copies were looked for.';
comment on column news.collected.day is 'Day of reported_at, in UTC.';
comment on column news.collected.reported_at is 'When it was published, or first seen.';
comment on column news.collected.outlet is 'Short name of the outlet.';
comment on column news.collected.country is 'Country of the outlet.';
comment on column news.collected.bloc is 'Bloc of the outlet, see news.outlets.';
comment on column news.collected.perspective is 'Whose point of view the outlet writes from.';
comment on column news.collected.outlet_kind is 'Kind of the outlet.';
comment on column news.collected.press is 'Whose voice the outlet is, see news.outlets.';
comment on column news.collected.language is 'Language of the text, ISO 639-1.';
comment on column news.collected.is_origin is 'It is the origin of its story, and not the first copy of a news agency''s report that was not collected: true counts independent reports.';
grant select on news.collected to analyst;
