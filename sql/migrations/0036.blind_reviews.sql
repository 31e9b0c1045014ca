-- A second review that is given without sight of the first: reviewers' agreement is counted from these. It measures, and
-- decides nothing: the tag stays that of the review that everybody can see.

alter table news.review add column is_blind boolean not null default false;
comment on column news.review.is_blind is 'Given without sight of the tag and of earlier reviews; such a review is never in force.';
grant insert (is_blind) on news.review to editor;

create or replace function news.review_in_force(of_article bigint, of_topic text) returns bigint
language sql stable as $$
    select review.review_id
    from news.review
    where review.article_id = of_article and review.topic = of_topic and review.withdraws is null and not review.is_blind
      and not exists (select from news.review as later where later.withdraws = review.review_id)
    order by review.review_id desc
    limit 1
$$;
