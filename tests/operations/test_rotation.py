"""Rotation of a local stack's secrets: old ones are refused, new ones work, connections can still be read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import psycopg2
import pytest

from tests.conftest import free_port
from wirewatch.local import airflow, stack
from wirewatch.local.processes import airflow_command
from wirewatch.operations.rotation import rotate
from wirewatch.settings import Settings
from wirewatch.warehouse.migrations import migrate

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "home", port=free_port(), postgres_port=free_port())
    yield settings
    stack.find(settings).postgres.stop()


def in_airflow(settings: Settings, *arguments: str) -> str:
    environment = stack.find(settings).environment
    done = subprocess.run(airflow_command(*arguments), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_secret_is_new_and_nothing_is_lost(settings):
    said: list[str] = []
    before = stack.up_database(settings, said.append)
    migrate(before.owner_dsn)
    airflow.migrate_metadata(before.home, before.environment)
    hook = json.dumps({"conn_type": "http", "host": "http://127.0.0.1:9", "password": "hidden"})
    in_airflow(settings, "connections", "add", "wirewatch_webhook", "--conn-json", hook)
    files = {file.name: file.read_text() for file in (before.home.path / "secrets").iterdir()}
    old = {"owner": before.owner_dsn, "analyst": before.analyst_dsn, "airflow": before.environment}

    rotate(settings, said.append)

    after = stack.find(settings)
    for file in (after.home.path / "secrets").iterdir():
        assert file.read_text() != files[file.name], file.name
        assert file.stat().st_mode & 0o777 == 0o600
    for dsn in (old["owner"], old["analyst"], old["airflow"]["AIRFLOW_CONN_WAREHOUSE"]):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(dsn)
    for dsn in (after.owner_dsn, after.analyst_dsn, after.environment["AIRFLOW_CONN_WAREHOUSE"]):
        psycopg2.connect(dsn).close()
    assert "," not in after.home.secret("fernet_key")
    assert "hidden" in in_airflow(settings, "connections", "get", "wirewatch_webhook", "-o", "json")
    logins = json.loads((after.home.airflow / "passwords.json").read_text())
    assert logins == {user: after.home.password(user) for user in ("admin", "editor", "viewer")}
