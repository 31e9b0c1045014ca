-- name: late_runs(now)
-- meaning: No run takes longer than its DAG allows.
-- severity: warning
-- when: cycle
-- fix: Look at the DAG's running task in the Airflow UI, and at the ledger for waiting entries. If every run is late, there is more work than workers: see WIREWATCH_SHARDS.
select
    dag_id as subject,
    'runs since ' || to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, last good end '
        || coalesce(to_char(succeeded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never') as finding
from ingest.run
where late_at <= :now and started_at > greatest(succeeded_at, failed_at, '-infinity');
