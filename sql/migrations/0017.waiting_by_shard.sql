-- What waits is found by shard: a task reads its own part of the queue, however long the rest is.

create index entry_waiting_of_shard on ingest.entry (shard, next_try_at) where state in ('new', 'fetching', 'fetched');

create function ingest.shards_of(part int, parts int) returns int[]
language sql immutable parallel safe as $$
    select array(select generate_series(part, 5039, parts))
$$;
comment on function ingest.shards_of(int, int) is 'The values of `shard` that a task takes which is number `part` (from 0) of `parts`.';
