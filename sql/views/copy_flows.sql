-- One row per day (UTC) and pair of outlets of which one took articles from the other: how many, and how much later.
create view news.copy_flows as
select
    borrower.day,
    lender_outlet.outlet as from_outlet,
    lender_outlet.bloc as from_bloc,
    borrower_outlet.outlet as to_outlet,
    borrower_outlet.bloc as to_bloc,
    count(*)::int as copies,
    (count(*) filter (where copy.kind = 'translation'))::int as translations,
    percentile_cont(0.5) within group (order by borrower.reported_at - lender.reported_at)
        filter (where borrower.is_timed and lender.is_timed and borrower.reported_at >= lender.reported_at) as median_lag
from news.copy
join news.articles as borrower on borrower.article_id = copy.article_id
join news.articles as lender on lender.article_id = copy.of_article_id
join news.outlets as borrower_outlet on borrower_outlet.outlet = borrower.outlet
join news.outlets as lender_outlet on lender_outlet.outlet = lender.outlet
where copy.valid_to is null and copy.is_source and borrower.outlet <> lender.outlet
group by borrower.day, lender_outlet.outlet, lender_outlet.bloc, borrower_outlet.outlet, borrower_outlet.bloc;
comment on view news.copy_flows is 'One row per day (UTC) and pair of outlets of which one copied articles of the other: how many, and how much later.';
comment on column news.copy_flows.day is 'Day on which the copies were reported, in UTC.';
comment on column news.copy_flows.from_outlet is 'Outlet that was copied.';
comment on column news.copy_flows.from_bloc is 'Its bloc, see news.outlets.';
comment on column news.copy_flows.to_outlet is 'Outlet that copied.';
comment on column news.copy_flows.to_bloc is 'Its bloc.';
comment on column news.copy_flows.copies is 'Articles that most likely were taken from the other outlet.';
comment on column news.copy_flows.translations is 'Of these, translations.';
comment on column news.copy_flows.median_lag is 'Median time from the original to the copy, where both times are known; null where none are.';
grant select on news.copy_flows to analyst;
