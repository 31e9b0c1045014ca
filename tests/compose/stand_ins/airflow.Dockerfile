# Stand-in for the official Airflow image: its user (50000:0), its paths, its entry point's contract, no Airflow.
FROM wirewatch-stand-in:base
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv python-is-python3 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 50000 --gid 0 --create-home airflow && mkdir -p /opt/airflow && chown airflow:0 /opt/airflow
COPY airflow-entrypoint.sh /entrypoint
USER airflow
ENV AIRFLOW_HOME=/opt/airflow
WORKDIR /opt/airflow
ENTRYPOINT ["/usr/bin/dumb-init", "--", "/entrypoint"]
