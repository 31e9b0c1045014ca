-- name: close_labelled_entries(now)!
-- Marks as labelled the extracted entries whose article's present version was linked and tagged.
update ingest.entry
set state = 'labelled', state_at = :now
from news.article
where entry.state = 'extracted'
  and article.article_id = entry.article_id
  and article.linked_at is not null
  and article.tagged_at is not null;
