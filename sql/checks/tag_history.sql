-- name: tag_history(now)
-- meaning: The tag history is consistent: a tag replaces one tag of the same article and topic, which ended before it began; a tag that shares the evidence of another has the same decision.
-- severity: critical
-- when: night
-- fix: Something other than label_articles and relabel_articles wrote to news.tag; find it, and restore the rows from a backup.
select
    tag.topic as subject,
    count(*) || ' tags that do not follow from the ones before, as tag ' || min(tag.tag_id) as finding
from news.tag
join news.tag as before on before.tag_id = tag.replaces
where tag.valid_from <= :now
  and (
    before.valid_to is null
    or before.valid_to > tag.valid_from
    or (before.article_id, before.topic) <> (tag.article_id, tag.topic)
    or (tag.evidence_of is not null and tag.method = 'rules' and before.method = 'rules'
        and (before.relevance, before.event, before.score, before.version)
            is distinct from (tag.relevance, tag.event, tag.score, tag.version))
  )
group by tag.topic;
