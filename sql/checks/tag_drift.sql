-- name: tag_drift(now)
-- meaning: A topic's share of the articles is stable: between half and twice that of the four weeks before, or within 4 standard errors.
-- severity: warning
-- when: night
-- fix: Read some of the week's tagged articles. If the news changed, nothing is wrong and the alarm closes with time; if the rules did, look at what the latest version of the topic file changed.
with weeks as (
    select
        tag.topic,
        article.first_seen_at > :now::timestamptz - interval '7 days' as recent,
        count(*)::float as articles,
        (count(*) filter (where tag.relevance = 'core'))::float as core
    from news.tag
    join news.article using (article_id)
    where tag.valid_to is null and article.first_seen_at > :now::timestamptz - interval '35 days'
    group by 1, 2
), shares as (
    select
        recent.topic, recent.articles, recent.core / recent.articles as share, earlier.core / earlier.articles as usual
    from weeks as recent
    join weeks as earlier on earlier.topic = recent.topic and recent.recent and not earlier.recent
    where recent.articles >= 200 and earlier.articles >= 800
)
select
    topic as subject,
    'core are ' || round((100 * share)::numeric, 1) || ' %% of ' || articles || ' articles of the last week; usual are '
        || round((100 * usual)::numeric, 1) || ' %%' as finding
from shares
where (share > 2 * usual or share < usual / 2)
  and abs(share - usual) > 4 * sqrt(greatest(usual * (1 - usual), 1.0 / articles) / articles);
