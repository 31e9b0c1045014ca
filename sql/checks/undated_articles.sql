-- name: undated_articles(now)
-- meaning: The articles of an outlet have dates as they used to: not half of the last week's without one, and not 30 points more than in the month before.
-- severity: warning
-- when: night
-- fix: Look at `dates` of some of its versions in news.article_version: which dates the page has, and why they were rejected. Report the site with a page.
with shares as (
    select
        article.outlet_id,
        count(*) filter (where recent) as articles,
        avg((present.published_at is null)::int) filter (where recent) as undated,
        avg((present.published_at is null)::int) filter (where not recent) as usual
    from news.article
    join news.article_version as present using (article_id, version)
    cross join lateral (select article.first_seen_at > :now::timestamptz - interval '7 days' as recent) as time
    where article.first_seen_at > :now::timestamptz - interval '35 days'
    group by article.outlet_id
)
select
    outlet.key as subject,
    round(100 * shares.undated) || ' %% of ' || shares.articles || ' articles of the last week have no date'
        || coalesce('; it was ' || round(100 * shares.usual) || ' %%', '') as finding,
    count(*) over () as of
from shares
join news.outlet using (outlet_id)
where shares.articles >= 10 and shares.undated > 0.5 and shares.undated > coalesce(shares.usual, 0) + 0.3;
