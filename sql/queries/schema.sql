-- name: lock_migrations(key)^
-- Waits until no other migrator works; the lock ends with its transaction, however that ends.
select pg_advisory_xact_lock(:key);

-- name: set_database_defaults()!
-- Makes the settings of our sessions the database's own defaults, for connections through a pooler, which does not pass
-- settings on. Only the database's owner may; elsewhere an administrator does (docs/operations.md).
do $$
begin
    execute format('alter database %%I set timezone = ''UTC''', current_database());
    execute format('alter database %%I set random_page_cost = 1.1', current_database());
exception when insufficient_privilege then
    raise warning 'not the owner of database %%: its defaults stay as they are', current_database();
end
$$;

-- name: adopt_migrations()!
-- Makes the table in which alembic notes how far the migrations got; what yoyo had noted, which ran the same files for
-- versions before 0.2.0, is taken over.
do $$
begin
    if to_regclass('public.schema_migration') is null then
        create table public.schema_migration (
            version_num text not null constraint schema_migration_pkc primary key
        );
        if to_regclass('public._yoyo_migration') is not null then
            insert into public.schema_migration
            select max(migration_id) from public._yoyo_migration having max(migration_id) is not null;
        end if;
    end if;
end
$$;

-- name: limit_locks(milliseconds)^
-- Sets the lock timeout of this transaction. Always one row.
select set_config('lock_timeout', :milliseconds, true);

-- name: views_digest()$
-- Returns the digest of the view files in this database.
select digest from ingest.schema_state where part = 'views';

-- name: view_drop_statements()
-- Returns the statements that drop every view of ours.
select 'drop ' || case relkind when 'm' then 'materialized view' else 'view' end
    || ' if exists ' || quote_ident(nspname) || '.' || quote_ident(relname) || ' cascade' as statement
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where nspname in ('news', 'ingest') and relkind in ('v', 'm');

-- name: save_views_digest(digest)!
-- Stores the digest of the view files in this database.
insert into ingest.schema_state (part, digest) values ('views', :digest)
on conflict (part) do update set digest = excluded.digest, changed_at = now();

-- name: make_poll_partitions(from_day, until_day)$
-- Makes the missing monthly partitions of the poll history between two days; returns how many it made. Always one row.
select ingest.make_poll_partitions(:from_day, :until_day);

-- name: file_words(n)!
-- Indexes for search up to n articles that were stored before the search existed.
update news.article_search as filed
set words = news.search_words(version.title, version.text, version.language)
from news.article_version as version
where filed.article_id in (
        select article_id
        from news.article_search
        where words is null
        order by article_id
        limit :n
        for update skip locked
    )
  and version.article_id = filed.article_id
  and version.version = filed.version;

-- name: refresh_timeline()$
-- Counts the days of the timeline again on which something changed; returns how many. Always one row.
select ingest.refresh_timeline();

-- name: refresh_outlet_borrowing()!
-- Refreshes the borrowing of outlets; it can be read meanwhile.
refresh materialized view concurrently ingest.outlet_borrowing_data;
