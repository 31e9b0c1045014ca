# Wirewatch on the official Airflow image. Nothing is downloaded at run time.
ARG BASE_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${BASE_IMAGE}

USER root
RUN install -d -o airflow -g 0 -m 0775 /opt/wirewatch
WORKDIR /opt/wirewatch

# An environment of its own, from a lock that holds every package with its hashes, Airflow's own among them: nothing
# that the base image brings can differ from what was tested. It is complete, so nothing is left to resolve.
USER airflow
COPY requirements-image.txt ./
RUN python -m venv venv \
    && PIP_USER=0 venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-image.txt \
    && venv/bin/pip check
ENV PATH=/opt/wirewatch/venv/bin:${PATH}

# The code is root's: the user that runs it can't change it.
USER root
COPY dags dags
COPY plugins plugins
COPY sql sql
RUN python -m compileall -q dags plugins \
    && touch airflow.cfg \
    && printf '#!/bin/sh\nexec python -m wirewatch.cli "$@"\n' >venv/bin/wirewatch \
    && chmod a+rx venv/bin/wirewatch \
    && install -d -o airflow -g 0 -m 0770 archive logs state

# Airflow's home is where it may write; its configuration is the environment alone.
ENV AIRFLOW_HOME=/tmp/airflow \
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
