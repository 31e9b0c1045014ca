-- name: tag_history(now)
-- meaning: A tag takes the place of one tag of the same article and topic, which ended before it began; one that repeats another decides as it did.
-- severity: critical
-- when: night
-- fix: Something else than label_articles and relabel_articles wrote to news.tag; find it, and restore the rows from a backup.
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
    or (tag.evidence_of is not null
        and (before.relevance, before.event, before.score, before.version)
            is distinct from (tag.relevance, tag.event, tag.score, tag.version))
  )
group by tag.topic;
