-- name: evidence_sums(now)
-- meaning: The weights of a tag's evidence add up to its score.
-- severity: critical
-- when: night
-- fix: Run the DAG relabel_articles; if the alarm stays, report it: the tagger has a bug.
with sums as (
    select tag.tag_id, tag.topic
    from news.tag
    left join news.evidence using (tag_id)
    where tag.valid_to is null and tag.valid_from <= :now
      and not exists (select from news.article_version as version where version.article_id = tag.article_id and cold)
    group by tag.tag_id
    having abs(tag.score - coalesce(sum(evidence.weight), 0)) > 1e-6
)
select topic as subject, count(*) || ' tags whose evidence is not their score, as tag ' || min(tag_id) as finding
from sums
group by topic;
