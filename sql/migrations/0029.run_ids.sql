-- Which run an alarm about a DAG is about, so that its message can link to it.

alter table ingest.run add column run_id text, add column failed_run_id text;
comment on column ingest.run.run_id is 'Airflow''s id of the run that began last.';
comment on column ingest.run.failed_run_id is 'Airflow''s id of the run that failed last.';
