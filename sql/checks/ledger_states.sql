-- name: ledger_states(now)
-- meaning: The state of every entry is consistent with its other columns.
-- severity: critical
-- when: night
-- fix: A row was changed by hand. Look at the entry in ingest.entry and set it back to `new`.
select
    'state ' || state as subject,
    count(*) || ' entries are not what their state says, as entry ' || min(entry_id) as finding
from ingest.entry
where (state = 'labelled' and not exists (
        select from news.article
        where article.article_id = entry.article_id and article.story_id is not null
    ))
    or (state = 'fetching' and lease_until < :now::timestamptz - interval '1 day')
group by state;
