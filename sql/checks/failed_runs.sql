-- name: failed_runs(now)
-- meaning: The last run of every DAG succeeded.
-- severity: critical
-- when: cycle
-- fix: Open the DAG's red task in the Airflow UI and read the last line of its log. The next run processes what is left.
select
    dag_id as subject,
    'failed at ' || to_char(failed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC, last good end '
        || coalesce(to_char(succeeded_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'never') as finding
from ingest.run
where failed_at > coalesce(succeeded_at, '-infinity') and failed_at <= :now;
