-- name: evidence_spans(now)
-- meaning: Evidence of the last two days matches the stored text: each span selects its words.
-- severity: critical
-- when: night
-- fix: Run the DAG relabel_articles; if the alarm stays, report it: the tagger or the storage of texts has a bug.
select
    tag.topic as subject,
    count(*) || ' rows of evidence that are not in the text, as of tag ' || min(tag.tag_id) as finding
from news.tag
join news.evidence_row using (tag_id)
join news.article_version using (article_id, version)
where tag.valid_from > :now::timestamptz - interval '2 days'
  and evidence_row.field <> 'model'
  and not article_version.cold
  and evidence_row.term <> substr(
    case evidence_row.field when 'title' then article_version.title else article_version.text end,
    evidence_row.start_at + 1, evidence_row.end_at - evidence_row.start_at
  )
group by tag.topic;
