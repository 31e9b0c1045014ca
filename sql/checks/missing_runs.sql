-- name: missing_runs(now)
-- meaning: Every scheduled DAG had a successful run within the last 50 hours.
-- severity: critical
-- when: cycle
-- fix: Check in the Airflow UI whether the DAG is paused.
select
    dag_id as subject,
    'last good end ' || to_char(succeeded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' as finding,
    (select count(*) from ingest.run as other) as of
from ingest.run
where dag_id <> 'relabel_articles' and succeeded_at < :now::timestamptz - interval '50 hours';
