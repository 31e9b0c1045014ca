-- name: paused_stages(now)
-- meaning: No stage is paused by a fault on our side.
-- severity: critical
-- when: cycle
-- fix: Do what the finding says: make the archive writable again (its disk, its owner and permissions, or the object storage and its credentials), or bring the network back. Nothing is lost and no attempt is counted; the stage resumes by itself.
select
    stage as subject,
    reason || ' (since ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC)' as finding
from ingest.pause
where since <= :now::timestamptz;
