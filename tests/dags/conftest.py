"""An Airflow of the tests' own: its metadata in the tests' Postgres, no scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.conftest import ROOT
from wirewatch.local.postgres import Postgres


@pytest.fixture(scope="session")
def airflow_environment(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an Airflow process on a fresh metadata database."""
    home = tmp_path_factory.mktemp("airflow")
    name = f"airflow_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = psycopg2.connect(postgres.dsn("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name}")
    connection.close()
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.dsn(name).replace("postgresql:", "postgresql+psycopg2:"),
        "WIREWATCH_HOME": str(home),
    }


@pytest.fixture(scope="session")
def dag_bag(airflow_environment: dict[str, str]) -> Iterator[object]:
    """All DAGs, read as Airflow reads them."""
    patch = pytest.MonkeyPatch()
    for key, value in airflow_environment.items():
        patch.setenv(key, value)
    patch.syspath_prepend(str(ROOT / "dags"))
    from airflow.dag_processing.dagbag import DagBag

    yield DagBag(dag_folder=str(ROOT / "dags"), bundle_path=Path(ROOT / "dags"), bundle_name="dags-folder")
    patch.undo()


@pytest.fixture
def run_python(airflow_environment: dict[str, str]):
    """Runs a piece of Python in an Airflow process of its own; returns its output."""

    def run(code: str) -> str:
        environment = {**os.environ, **airflow_environment}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
