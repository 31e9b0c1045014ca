-- One row per day (UTC), outlet and cited publisher: how often the one cites the other without copying it.
create view news.citation_flows as
select
    day,
    outlet,
    bloc,
    cited,
    count(distinct article_id)::int as articles,
    count(*)::int as citations,
    (count(*) filter (where kind = 'statement'))::int as statements,
    (count(*) filter (where kind = 'document'))::int as documents
from news.citations
group by day, outlet, bloc, cited;
comment on view news.citation_flows is 'One row per day (UTC), outlet and cited publisher: how often the one cites the other without copying it.';
comment on column news.citation_flows.day is 'Day on which it was reported, in UTC.';
comment on column news.citation_flows.outlet is 'Short name of the outlet that cites.';
comment on column news.citation_flows.bloc is 'Its bloc, see news.outlets.';
comment on column news.citation_flows.cited is 'The outlet or news agency that is cited.';
comment on column news.citation_flows.articles is 'Articles that cite it.';
comment on column news.citation_flows.citations is 'Citations in them.';
comment on column news.citation_flows.statements is 'Of these, what somebody told it.';
comment on column news.citation_flows.documents is 'Of these, what it had seen.';
grant select on news.citation_flows to analyst;
