-- name: wait_for_locks(most)^
-- Sets the lock timeout of this transaction. Always one row.
select set_config('lock_timeout', :most, true);

-- name: drop_polls(before, dry_run)
-- Drops the months of polls that ended before a time, summed up by feed and day; a dry run only says which.
select part, polls, bytes from ingest.drop_polls(:before, :dry_run);

-- name: count_old_revisions(before)$
-- Counts revisions of entries older than a time. Always one row.
select count(*)
from ingest.entry_revision as revision
where seen_until < :before
  and (article_id is null or exists (select from ingest.entry where entry.article_id = revision.article_id));

-- name: drop_old_revisions(before)!
-- Deletes revisions of entries older than a time; not those that alone connect a feed with
-- an article.
delete from ingest.entry_revision as revision
where seen_until < :before
  and (article_id is null or exists (select from ingest.entry where entry.article_id = revision.article_id));
