# Wirewatch on the official Airflow image. Nothing is downloaded at run time.
ARG BASE_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${BASE_IMAGE}

# The lock holds every package with its hashes, Airflow's own among them.
COPY --chown=airflow:0 requirements.txt pyproject.toml README.md /opt/wirewatch/
RUN pip install --no-cache-dir --require-hashes -r /opt/wirewatch/requirements.txt

COPY --chown=airflow:0 dags /opt/wirewatch/dags
COPY --chown=airflow:0 plugins /opt/wirewatch/plugins
COPY --chown=airflow:0 sql /opt/wirewatch/sql

ENV AIRFLOW__CORE__DAGS_FOLDER=/opt/wirewatch/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/wirewatch/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    PYTHONPATH=/opt/wirewatch/plugins \
    WIREWATCH_HOME=/opt/wirewatch/state
RUN python -m compileall -q /opt/wirewatch/dags /opt/wirewatch/plugins && mkdir /opt/wirewatch/state

WORKDIR /opt/wirewatch
