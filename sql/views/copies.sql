create view news.copies as
select
    copy.article_id,
    borrower.outlet,
    copy.kind,
    copy.score,
    copy.is_source,
    copy.of_article_id,
    source.outlet as of_outlet,
    case when borrower.is_timed and source.is_timed and borrower.reported_at >= source.reported_at
        then borrower.reported_at - source.reported_at end as lag,
    borrower.title,
    source.title as of_title,
    borrower.story_id,
    copy.method,
    copy.valid_from as found_at
from news.copy
join news.articles as borrower using (article_id)
join news.articles as source on source.article_id = copy.of_article_id
where copy.valid_to is null;
comment on view news.copies is 'One row per link "article copies of_article" in force: who copied whom, how much, and how much later.';
comment on column news.copies.article_id is 'The copy.';
comment on column news.copies.outlet is 'Who copied.';
comment on column news.copies.kind is 'same_url, identical, syndicated, near, update, partial or translation.';
comment on column news.copies.score is 'Share of the copy''s text that is also in the other article, 0 to 1.';
comment on column news.copies.is_source is 'Whether it is the most likely source of the article: at most one link of an article is.';
comment on column news.copies.of_article_id is 'What it copies.';
comment on column news.copies.of_outlet is 'Who was copied.';
comment on column news.copies.lag is 'How much later the copy was reported; null where the times do not tell: an undated article, a date without a time of day, an agency that dated its report late.';
comment on column news.copies.title is 'Headline of the copy.';
comment on column news.copies.of_title is 'Headline of what it copies.';
comment on column news.copies.story_id is 'The story of the copy.';
comment on column news.copies.method is 'Name and version of the method.';
comment on column news.copies.found_at is 'When the link was found.';
grant select on news.copies to analyst;
