-- name: orphan_rows(now)
-- meaning: There are no orphaned rows: every article has an entry (or had one that its feed moved to another URL), every linked article a fingerprint, every open story an article.
-- severity: critical
-- when: night
-- fix: Rows were deleted by hand; restore them from a backup, or report it.
select
    'articles without an entry' as subject,
    count(*) || ' articles, as ' || min(article_id) as finding
from news.article
where first_seen_at <= :now
  and not exists (select from ingest.entry where entry.article_id = article.article_id)
  and not exists (select from ingest.entry_revision as before where before.article_id = article.article_id)
having count(*) > 0
union all
select
    'linked articles without a fingerprint',
    count(*) || ' articles, as ' || min(article_id)
from news.article
where linked_at is not null
  and not exists (select from news.fingerprint where fingerprint.article_id = article.article_id)
  and not exists (select from news.article_version as version where version.article_id = article.article_id and cold)
having count(*) > 0
union all
select
    'stories without an article',
    count(*) || ' stories, as ' || min(story_id)
from news.story
where merged_into is null
  and not exists (select from news.article where article.story_id = story.story_id)
having count(*) > 0;
