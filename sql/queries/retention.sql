-- name: wait_for_locks(most)^
-- Lets this transaction wait no longer than that for a lock.
select set_config('lock_timeout', :most, true);

-- name: drop_polls(before, dry_run)
-- Drops the months of polls that ended before a time, summed up by feed and day; a dry run only says which.
select part, polls, bytes from ingest.drop_polls(:before, :dry_run);

-- name: count_old_revisions(before)$
-- Counts what entries said, before their feeds changed them, until a time.
select count(*)
from ingest.entry_revision as revision
where seen_until < :before
  and (article_id is null or exists (select from ingest.entry where entry.article_id = revision.article_id));

-- name: drop_old_revisions(before)!
-- Forgets what entries said, before their feeds changed them, until a time; not where it alone says which feed listed
-- an article.
delete from ingest.entry_revision as revision
where seen_until < :before
  and (article_id is null or exists (select from ingest.entry where entry.article_id = revision.article_id));
