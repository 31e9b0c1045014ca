"""What airflow-init of the compose stack does; the stack itself is tested in tests/compose."""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg2
import pytest

from wirewatch.errors import ConfigurationError, WarehouseUnavailable
from wirewatch.local import containers
from wirewatch.warehouse.bootstrap import make_databases


def test_what_is_not_set_is_named_and_nothing_else():
    with pytest.raises(ConfigurationError, match="PREPARE_METADATA_DSN, PREPARE_WAREHOUSE_DSN") as raised:
        containers.prepare(print)
    assert "UI_PASSWORDS" in str(raised.value)


def test_the_command_ends_in_a_message():
    done = subprocess.run(
        [sys.executable, "-m", "wirewatch.cli", "prepare"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "airflow-init" in done.stderr


def test_a_server_that_does_not_answer_is_said():
    with pytest.raises(WarehouseUnavailable, match="superuser"):
        make_databases("postgresql://postgres@127.0.0.1:9/postgres", {"wirewatch": "x"})


def test_a_server_gets_only_the_database_whose_owner_is_named(postgres):
    def databases() -> set[str]:
        with psycopg2.connect(postgres.dsn("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("select datname from pg_database")
            return {name for (name,) in cursor.fetchall()}

    make_databases(postgres.dsn("postgres"), {"airflow": json.dumps("a password with 'quotes'")})
    assert "airflow" in databases()
    assert "warehouse" not in databases()
