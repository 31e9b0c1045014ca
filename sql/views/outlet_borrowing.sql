create materialized view ingest.outlet_borrowing_data as
select
    borrower.outlet,
    count(*)::int as articles,
    (count(*) filter (where source.article_id is null and agency.story_id is null))::int as own_reports,
    (count(*) filter (where lender.outlet = borrower.outlet))::int as own_updates,
    (count(*) filter (where lent.by_another))::int as borrowed,
    round((count(*) filter (where lent.by_another))::numeric / count(*), 3) as borrowed_part,
    (avg(source.score) filter (where lender.outlet <> borrower.outlet))::real as borrowed_share,
    percentile_cont(0.5) within group (order by borrower.reported_at - lender.reported_at)
        filter (where lender.outlet <> borrower.outlet and borrower.is_timed and lender.is_timed
            and borrower.reported_at >= lender.reported_at) as median_lag,
    mode() within group (order by coalesce(lender.outlet, agency.origin_agency)) filter (where lent.by_another)
        as main_source,
    (count(*) filter (where borrower.wire is not null))::int as credits_wire
from news.articles as borrower
left join news.copy as source
    on source.article_id = borrower.article_id and source.valid_to is null and source.is_source
left join news.articles as lender on lender.article_id = source.of_article_id
left join news.story as agency
    on agency.origin_article_id = borrower.article_id and agency.merged_into is null and source.article_id is null
    and agency.origin_kind = 'agency_not_collected'
cross join lateral (
    select coalesce(lender.outlet <> borrower.outlet, agency.story_id is not null) as by_another
) as lent
where borrower.story_id is not null
group by borrower.outlet;
create unique index outlet_borrowing_key on ingest.outlet_borrowing_data (outlet);
comment on materialized view ingest.outlet_borrowing_data is 'The data of news.outlet_borrowing: information_schema lists views, but not materialized views.';
create view news.outlet_borrowing as
select * from ingest.outlet_borrowing_data;
comment on view news.outlet_borrowing is 'One row per outlet: how many of its articles are its own, and which outlets it copies. Materialised: as of last night.';
comment on column news.outlet_borrowing.outlet is 'Short name of the outlet.';
comment on column news.outlet_borrowing.articles is 'Articles that were compared with others.';
comment on column news.outlet_borrowing.own_reports is 'Of these, articles that are no copies and no first copy of a news agency''s report that was not collected.';
comment on column news.outlet_borrowing.own_updates is 'Copies of its own articles: later versions, or the same text under another URL.';
comment on column news.outlet_borrowing.borrowed is 'Copies of other outlets'' articles, and of reports of news agencies that were not collected.';
comment on column news.outlet_borrowing.borrowed_part is 'borrowed as a part of articles, 0 to 1.';
comment on column news.outlet_borrowing.borrowed_share is 'Mean share of the text of its borrowed articles that is also in their sources.';
comment on column news.outlet_borrowing.median_lag is 'Median time from the original to the copy, where both times are known.';
comment on column news.outlet_borrowing.main_source is 'The outlet, or the news agency that was not collected, from which it copies most.';
comment on column news.outlet_borrowing.credits_wire is 'Articles that credit a news agency.';
grant select on news.outlet_borrowing to analyst;
