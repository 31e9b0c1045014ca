-- name: missing_fields(now)
-- meaning: The articles of an outlet have title, language and authors as they used to: not 30 points fewer in the last week than in the month before.
-- severity: warning
-- when: night
-- fix: The site's pages probably changed. Compare one with its row in news.article_version, and report the site with the page.
with given as (
    select
        article.outlet_id,
        article.first_seen_at > :now::timestamptz - interval '7 days' as recent,
        field.name,
        field.missing
    from news.article
    join news.article_version as present using (article_id, version)
    cross join lateral (
        values ('title', present.title = ''), ('language', present.language is null), ('authors', present.authors = '{}')
    ) as field (name, missing)
    where article.first_seen_at > :now::timestamptz - interval '35 days'
), shares as (
    select
        outlet_id, name,
        count(*) filter (where recent) as articles,
        count(*) filter (where not recent) as earlier_articles,
        avg(missing::int) filter (where recent) as missing,
        avg(missing::int) filter (where not recent) as usual
    from given
    group by outlet_id, name
)
select
    outlet.key || ': ' || shares.name as subject,
    round(100 * shares.missing) || ' %% of ' || shares.articles || ' articles of the last week have no ' || shares.name
        || '; it was ' || round(100 * shares.usual) || ' %%' as finding
from shares
join news.outlet using (outlet_id)
where shares.articles >= 10 and shares.earlier_articles >= 20 and shares.missing > shares.usual + 0.3;
