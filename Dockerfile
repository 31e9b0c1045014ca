# Wirewatch on the official Airflow image. Nothing is downloaded at run time.
ARG BASE_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${BASE_IMAGE}

USER root
RUN install -d -o airflow -g 0 -m 0775 /opt/wirewatch
WORKDIR /opt/wirewatch

# A separate environment from a lock file with the hashes of all packages, including Airflow: packages of the base image
# are not used. The lock file is complete, so pip resolves nothing.
USER airflow
COPY requirements-image.txt ./
RUN python -m venv venv \
    && PIP_USER=0 venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-image.txt \
    && venv/bin/pip check
ENV PATH=/opt/wirewatch/venv/bin:${PATH}

# The code belongs to root: the user that runs it can't change it.
USER root
COPY dags dags
COPY plugins plugins
COPY sql sql
RUN python -m compileall -q dags plugins \
    && touch airflow.cfg \
    && printf '#!/bin/sh\nexec python -m wirewatch.cli "$@"\n' >venv/bin/wirewatch \
    && chmod a+rx venv/bin/wirewatch && mkdir bin \
    && printf '%s\n' '#!/bin/sh' '# The command of the same name, with each file of /run/secrets as an environment variable.' \
        'for file in /run/secrets/*; do [ ! -f "$file" ] || export "${file##*/}=$(cat "$file")"; done' \
        'exec "/opt/wirewatch/venv/bin/${0##*/}" "$@"' >bin/airflow \
    && chmod a+rx bin/airflow && cp bin/airflow bin/wirewatch \
    && install -d -o airflow -g 0 -m 0770 archive logs state

# Airflow can write to its home only; it is configured by environment variables only.
ENV PATH=/opt/wirewatch/bin:${PATH} \
    AIRFLOW_HOME=/tmp/airflow \
    AIRFLOW_CONFIG=/opt/wirewatch/airflow.cfg \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/wirewatch/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/wirewatch/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=/opt/wirewatch/logs \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    PYTHONPATH=/opt/wirewatch/plugins \
    PYTHONDONTWRITEBYTECODE=1 \
    WIREWATCH_HOME=/opt/wirewatch/state \
    WIREWATCH_ARCHIVE=/opt/wirewatch/archive
USER airflow
