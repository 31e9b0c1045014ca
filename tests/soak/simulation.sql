-- name: table_sizes
-- Bytes of every table of ours with its indexes and what stands out of line, partitions counted with their table.
select
    coalesce(parent.relname, part.relname) as name,
    sum(pg_table_size(part.oid))::bigint as table_bytes,
    sum(pg_indexes_size(part.oid))::bigint as index_bytes,
    sum(coalesce(stat.n_live_tup, 0))::bigint as live_rows,
    sum(coalesce(stat.n_dead_tup, 0))::bigint as dead_rows,
    sum(coalesce(stat.autovacuum_count, 0))::bigint as vacuums
from pg_class as part
join pg_namespace on pg_namespace.oid = part.relnamespace
left join pg_inherits on inhrelid = part.oid
left join pg_class as parent on parent.oid = inhparent
left join pg_stat_all_tables as stat on stat.relid = part.oid
where nspname in ('ingest', 'news') and part.relkind in ('r', 'm')
group by 1
order by 1;

-- name: poll_partitions
-- The monthly parts of the history of polls, by name.
select inhrelid::regclass::text as name from pg_inherits where inhparent = 'ingest.poll'::regclass order by 1;

-- name: day_counts
-- What there is now, and how the day's polls went.
select
    (select count(*) from ingest.entry) as entries,
    (select count(*) from news.article) as articles,
    (select count(*) from news.article_version) as versions,
    (select count(*) from ingest.page) as pages,
    (select count(*) from ingest.poll) as polls,
    (select count(*) from news.copy where valid_to is null) as copies,
    (select count(*) from news.article where vanished_at is not null) as vanished,
    (select count(*) from ingest.entry where state not in ('labelled', 'dropped')) as open_entries,
    (select count(*) from ingest.alarm where closed_at is null) as open_alarms,
    pg_database_size(current_database()) as bytes,
    (select coalesce(sum(size), 0)::bigint from pg_ls_waldir()) as wal_bytes;

-- name: alarms
-- The alarms that there were, by check: how many subjects, how many are open at the end, for how many hours in all.
select
    check_name as name,
    severity::text as severity,
    count(*) as alarms,
    count(*) filter (where closed_at is null) as open,
    (extract(epoch from sum(coalesce(closed_at, clock_timestamp()) - opened_at)) / 3600)::float8 as hours,
    min(finding) as example
from ingest.alarm
group by check_name, severity
order by alarms desc, check_name;
