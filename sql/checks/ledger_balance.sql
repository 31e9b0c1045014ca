-- Every entry is in one state that its other columns agree with.
-- mend: a row was changed by hand; look at it in ingest.entry and set it back to `new`.
select entry_id, 'state ' || state || ' without what it needs' as finding
from ingest.entry
where (state = 'labelled' and not exists (
        select from news.article
        where article.article_id = entry.article_id and article.story_id is not null
    ))
    or (state = 'fetching' and lease_until < now() - interval '1 day');
