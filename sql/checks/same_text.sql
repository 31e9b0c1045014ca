-- name: same_text(now)
-- meaning: The latest five articles of a host do not all have the same text.
-- severity: warning
-- when: cycle
-- fix: The site probably answers every URL with the same page (a consent page, a login, an error page with status 200). Report the site with one of the pages.
with latest as (
    select
        substring(article.url from '^https?://([^/?#]+)') as host, article.url, present.text_digest,
        row_number() over (partition by substring(article.url from '^https?://([^/?#]+)') order by article.article_id desc) as nth
    from news.article
    join news.article_version as present using (article_id, version)
    where article.first_seen_at > :now::timestamptz - interval '7 days'
)
select
    host as subject,
    'the latest five articles have the same words, as ' || min(url) as finding,
    (select count(distinct host) from latest) as of
from latest
where nth <= 5
group by host
having count(*) = 5 and count(distinct text_digest) = 1;
