-- Lateness is judged by the runs' own times: when a run began, and when it should have ended.

alter table ingest.run add column started_at timestamptz;
comment on table ingest.run is 'How the runs of each DAG began and ended last, as Airflow''s callbacks tell it.';
comment on column ingest.run.started_at is 'Start of the run that began last.';
comment on column ingest.run.late_at is 'When the run that began last is late, if it has not ended by then.';
