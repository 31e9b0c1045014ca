-- name: read_one_snapshot()!
-- Makes this transaction see one state of the database, however long it takes, and write nothing.
set transaction isolation level repeatable read, read only;

-- name: export_snapshot()$
-- Names the state that this transaction sees, so that pg_dump can see the same. Always one row.
select pg_export_snapshot();

-- name: table_digest_statements()
-- Gives, for every table of ours, the statement that counts its rows and adds up their hashes, in any order.
select
    nspname || '.' || relname as name,
    format(
        'select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as digest from only %%I.%%I as t',
        nspname, relname
    ) as statement
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where nspname in ('ingest', 'news') and relkind = 'r'
order by name;

-- name: relations_of_ours()$
-- Counts the tables and views of ours: 0 in a database that was never migrated.
select count(*) from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where nspname in ('ingest', 'news') and relkind in ('r', 'p', 'v', 'm');

-- name: latest_migration()$
-- Returns the name of the newest migration that was applied.
select version_num from public.schema_migration;
