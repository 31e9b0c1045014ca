create view news.corrections as
select
    correction.correction_id,
    correction.kind,
    correction.article_id,
    one.title,
    one.outlet,
    correction.other_article_id,
    other.title as other_title,
    other.outlet as other_outlet,
    correction.said_by,
    correction.said_at,
    correction.note
from news.correction
join news.articles as one on one.article_id = correction.article_id
left join news.articles as other on other.article_id = correction.other_article_id
where correction.withdraws is null
  and not exists (select from news.correction as later where later.withdraws = correction.correction_id);
comment on view news.corrections is 'One row per correction in force: what people said about stories and events.';
comment on column news.corrections.correction_id is 'Identity.';
comment on column news.corrections.kind is 'same_story and not_a_copy: of two articles; origin: the article is the origin of its story; same_event and other_event: of the stories of two articles.';
comment on column news.corrections.article_id is 'The article.';
comment on column news.corrections.title is 'Its headline.';
comment on column news.corrections.outlet is 'Its outlet.';
comment on column news.corrections.other_article_id is 'The other article; null for origin.';
comment on column news.corrections.other_title is 'Its headline.';
comment on column news.corrections.other_outlet is 'Its outlet.';
comment on column news.corrections.said_by is 'Who said so.';
comment on column news.corrections.said_at is 'When.';
comment on column news.corrections.note is 'Why.';
grant select on news.corrections to analyst;
