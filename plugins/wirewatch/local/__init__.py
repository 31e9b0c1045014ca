"""Wirewatch on one machine: an embedded Postgres and Airflow's components, started and stopped by pid."""
