-- name: make_revisits_due(urls)!
-- Makes articles due to be looked at again: for weeks that are played, whose time is not the present.
update news.article set revisit_at = now() where revisit_at > now() and url = any (:urls);

-- name: waiting_soon()$
-- Counts the entries and articles whose visit is due within a minute: a host was busy when its turn came.
select
    (select count(*)::int from ingest.entry where state in ('new', 'fetching', 'fetched') and next_try_at <= now() + interval '1 minute')
    + (select count(*)::int from news.article where revisit_at <= now() + interval '1 minute');
