#!/bin/sh
# write-secrets.sh ENV_FILE: writes the passwords and keys of ENV_FILE into the files that docker-compose.yml gives to its
# services. The folder is for its owner only; the files in it can be read by the services' users, who have other ids.
set -eu
umask 077
env_file=$1

value() {
    found=$(sed -n "s/^$1=//p" "$env_file" | tail -n 1)
    [ -n "$found" ] || { echo "$env_file: $1 is empty or missing; run make secrets" >&2; exit 1; }
    printf '%s' "$found"
}

put() { # in place, since a container knows the file and not its name
    printf '%s' "$2" >"$folder/$1"
    chmod 0644 "$folder/$1"
}

folder=$(value WIREWATCH_SECRETS)
metadata=$(value METADATA_PASSWORD)
warehouse=$(value WAREHOUSE_PASSWORD)
pipeline=$(value PIPELINE_PASSWORD)
metadata_admin=$(value METADATA_ADMIN_PASSWORD)
warehouse_admin=$(value WAREHOUSE_ADMIN_PASSWORD)
redis=$(value REDIS_PASSWORD)
analyst=$(value ANALYST_PASSWORD)
editor=$(value EDITOR_PASSWORD)
fernet=$(value FERNET_KEY)
api=$(value API_SECRET_KEY)
jwt=$(value JWT_SECRET)
ui=$(value UI_PASSWORD)
ui_editor=$(value UI_EDITOR_PASSWORD)
ui_viewer=$(value UI_VIEWER_PASSWORD)

mkdir -p "$folder"
chmod 0700 "$folder"
put METADATA_ADMIN_PASSWORD "$metadata_admin"
put WAREHOUSE_ADMIN_PASSWORD "$warehouse_admin"
put REDIS_PASSWORD "$redis"
put AIRFLOW__CORE__FERNET_KEY "$fernet"
put AIRFLOW__API__SECRET_KEY "$api"
put AIRFLOW__API_AUTH__JWT_SECRET "$jwt"
put AIRFLOW__DATABASE__SQL_ALCHEMY_CONN "postgresql+psycopg2://airflow:$metadata@metadata/airflow"
put AIRFLOW__CELERY__RESULT_BACKEND "db+postgresql://airflow:$metadata@metadata/airflow"
put AIRFLOW__CELERY__BROKER_URL "redis://:$redis@redis:6379/0"
put AIRFLOW_CONN_WAREHOUSE "postgresql://pipeline:$pipeline@warehouse/warehouse"
put AIRFLOW_CONN_WAREHOUSE_OWNER "postgresql://wirewatch:$warehouse@warehouse/warehouse"
put PREPARE_METADATA_DSN "postgresql://postgres:$metadata_admin@metadata/postgres"
put PREPARE_WAREHOUSE_DSN "postgresql://postgres:$warehouse_admin@warehouse/postgres"
put PREPARE_AIRFLOW_PASSWORD "$metadata"
put PREPARE_WIREWATCH_PASSWORD "$warehouse"
put PREPARE_PIPELINE_PASSWORD "$pipeline"
put PREPARE_ANALYST_PASSWORD "$analyst"
put PREPARE_EDITOR_PASSWORD "$editor"
put PREPARE_UI_PASSWORDS "{\"admin\": \"$ui\", \"editor\": \"$ui_editor\", \"viewer\": \"$ui_viewer\"}"
