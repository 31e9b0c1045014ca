-- name: missing_runs(now)
-- meaning: Every DAG with a schedule ended well within the last 50 hours.
-- severity: critical
-- when: cycle
-- fix: Look whether the DAG is paused in the Airflow UI.
select
    dag_id as subject,
    'last good end ' || to_char(succeeded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' as finding,
    (select count(*) from ingest.run as other) as of
from ingest.run
where dag_id <> 'relabel_articles' and succeeded_at < :now::timestamptz - interval '50 hours';
