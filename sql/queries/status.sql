-- name: status_lag()
-- Returns for each stage how much waits for it now, and since when the first of it has been due. May be null: since.
select 'poll' as stage, count(*) as waiting, min(next_poll_at) as since
from ingest.feed
where retired_at is null and next_poll_at <= now() and (lease_until is null or lease_until <= now())
union all
select 'collect', count(*), min(greatest(state_at, next_try_at))
from ingest.entry
where (state = 'new' and next_try_at <= now()) or (state in ('fetching', 'fetched') and lease_until <= now())
union all
select 'link', count(*), min(first_seen_at) from news.article where linked_at is null
union all
select 'tag', count(*), min(first_seen_at) from news.article where tagged_at is null
union all
select 'close', count(*), min(state_at) from ingest.entry where state = 'extracted';

-- name: status_feeds()
-- Counts the feeds in force by health, and those that feeds.yaml has switched off as paused.
select health, count(*) as feeds from ingest.feed where retired_at is null group by health
union all
select 'paused', count(*)
from ingest.registry, jsonb_array_elements(content) as outlet, jsonb_array_elements(outlet -> 'feeds') as feed
where in_force_until is null and not (feed ->> 'enabled')::boolean
having count(*) > 0
order by feeds desc, health;

-- name: status_drops()
-- Counts the entries first listed within a day that ended without an article, by reason.
select reason, count(*) as entries
from ingest.entry
where state = 'dropped' and first_seen_at > now() - interval '1 day'
group by reason
order by entries desc, reason;

-- name: status_runs()
-- Returns how the runs of each DAG ended last, and since when the one that runs now is late. May be null: late_at.
select
    dag_id,
    succeeded_at,
    failed_at,
    case when late_at <= now() and started_at > greatest(succeeded_at, failed_at, '-infinity') then late_at end as late_at
from ingest.run
order by dag_id;

-- name: status_pauses()
-- Lists the stages that a fault on our side pauses.
select stage, since, reason from ingest.pause order by stage;

-- name: status_totals()^
-- Counts what there is, by the statistics of the database, and how large it is. Always one row.
-- May be null: first_feed_at.
select
    (select min(added_at) from ingest.feed) as first_feed_at,
    (select count(*) from ingest.feed where retired_at is null and last_success_at is not null) as feeds_read,
    (select count(*) from ingest.feed where retired_at is null) as feeds_in_force,
    (select count(*) from ingest.entry where first_seen_at > now() - interval '1 day') as entries_1d,
    (select count(*) from news.article where first_seen_at > now() - interval '1 day') as articles_1d,
    pg_database_size(current_database()) as bytes,
    now() as at;

-- name: server_facts()^
-- Returns what the doctor checks: version, encoding, our role and its rights. Always one row. May be null: roles.
select
    current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding,
    current_user as role,
    (select rolsuper from pg_roles where rolname = current_user) as superuser,
    (select array_agg(rolname::text order by rolname) from pg_roles where rolname in ('pipeline', 'analyst', 'editor')) as roles,
    coalesce((select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'pipeline'), false) as pipeline_too_mighty,
    clock_timestamp() as at;

-- name: last_run_ended()$
-- Returns when a run of any DAG ended last, well or not.
select max(greatest(succeeded_at, failed_at)) from ingest.run;

-- name: status_in_force()
-- Lists the registry of feeds and the topics' rules that are in force, with their versions, and since when.
select 'feeds' as name, digest as version, in_force_from as since from ingest.registry where in_force_until is null
union all
select topic, version, in_force_from from news.topic_rules where in_force_until is null;
