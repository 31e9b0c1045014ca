-- name: broken_extraction(now)
-- meaning: Extraction still works for every host that had articles before: not all of the last five pages ended without a text.
-- severity: warning
-- when: cycle
-- fix: The site was probably redesigned. Report the site with one of the pages. Once extraction is fixed, `wirewatch reextract --since DAY` extracts the stored pages again.
with settled as (
    select
        entry.host, entry.reason, entry.url, entry.state_at,
        row_number() over (partition by entry.host order by entry.state_at desc) as nth
    from ingest.entry
    where entry.first_seen_at > :now::timestamptz - interval '7 days'
      and entry.host is not null
      and ((entry.state in ('extracted', 'labelled') and entry.page_id is not null)
        or entry.reason in ('no_text', 'not_article', 'extraction_failed'))
), failing as (
    select host, min(state_at) as since, (array_agg(reason order by nth))[1] as reason, (array_agg(url order by nth))[1] as url
    from settled
    where nth <= 5
    group by host
    having count(*) = 5 and bool_and(reason is not null)
)
select
    failing.host as subject,
    'the last five pages gave no article (' || failing.reason || '), as ' || failing.url || '; the host gave '
        || earlier.articles || ' in the 28 days before' as finding,
    (select count(distinct host) from settled) as of
from failing
cross join lateral (
    select count(*) as articles
    from (
        select from news.article
        where substring(article.url from '^https?://([^/?#]+)') = failing.host
          and article.first_seen_at between failing.since - interval '28 days' and failing.since
        limit 1000
    ) as given
) as earlier
where earlier.articles >= 5;
