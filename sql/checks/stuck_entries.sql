-- No entry waits for more than two days beyond its time.
-- mend: look whether collect_articles and label_articles run, and at the last line of their logs.
select entry_id, 'in state ' || state || ' since ' || state_at as finding
from ingest.entry
where state in ('new', 'fetching', 'fetched', 'extracted')
    and greatest(next_try_at, state_at) < now() - interval '2 days';
