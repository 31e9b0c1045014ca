-- name: close_labelled_entries(now)!
-- Marks as labelled the extracted entries whose article's current version was linked and tagged.
update ingest.entry
set state = 'labelled', state_at = :now
from news.article
where entry.state = 'extracted'
  and article.article_id = entry.article_id
  and article.linked_at is not null
  and article.tagged_at is not null;

-- name: expire_claims()!
-- Ends all claims, when no worker is running: their work can be claimed again.
with feeds as (
    update ingest.feed set lease_until = now() where lease_until > now()
), hosts as (
    update ingest.host set busy_until = now() where busy_until > now()
)
update ingest.entry set lease_until = now() where lease_until > now();
