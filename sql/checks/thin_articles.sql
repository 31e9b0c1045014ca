-- name: thin_articles(now)
-- meaning: The texts of a host are as long as they used to be: the median of the last week is at least a quarter of the month before.
-- severity: warning
-- when: night
-- fix: The site may show only the beginning of its articles now (a paywall), or was redesigned. Compare one of its pages with the stored text, and report the site with the page.
with lengths as (
    select
        substring(article.url from '^https?://([^/?#]+)') as host,
        article.first_seen_at > :now::timestamptz - interval '7 days' as recent,
        length(present.text) as characters
    from news.article
    join news.article_version as present using (article_id, version)
    where article.first_seen_at > :now::timestamptz - interval '35 days'
), medians as (
    select
        host,
        count(*) filter (where recent) as recent_articles,
        count(*) filter (where not recent) as earlier_articles,
        percentile_cont(0.5) within group (order by characters) filter (where recent) as recent_median,
        percentile_cont(0.5) within group (order by characters) filter (where not recent) as earlier_median
    from lengths
    group by host
)
select
    host as subject,
    'half of its articles have fewer than ' || round(recent_median) || ' characters; it was ' || round(earlier_median) as finding,
    count(*) over () as of
from medians
where recent_articles >= 5 and earlier_articles >= 20 and recent_median < earlier_median / 4;
