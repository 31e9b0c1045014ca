-- Every feed in force was polled within two days of its time.
-- mend: look whether poll_feeds runs, and at the last line of its log.
select feed_id, url || ' was due at ' || next_poll_at as finding
from ingest.feed
where retired_at is null and next_poll_at < now() - interval '2 days';
