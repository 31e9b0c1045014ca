"""What a compose stack needs before anything else runs: roles, databases, schemas, and the logins to the UI.

    environment ─▶ roles and databases on both servers ─▶ Airflow's schema ─▶ the warehouse's ─▶ the UI's passwords file

`airflow-init` does it at each start; every step is harmless when it was done before, and brings changed passwords of
`.env` into force.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from wirewatch.errors import ConfigurationError
from wirewatch.local.airflow import AirflowError
from wirewatch.local.files import write_secret
from wirewatch.local.processes import airflow_command
from wirewatch.local.stack import Say
from wirewatch.warehouse.bootstrap import make_databases
from wirewatch.warehouse.migrations import migrate


class _Environment(BaseSettings):
    """What docker-compose.yml hands to airflow-init; URIs are of the servers' superusers."""

    model_config = SettingsConfigDict(env_prefix="PREPARE_", frozen=True, extra="ignore")

    metadata_dsn: str
    warehouse_dsn: str
    airflow_password: str
    wirewatch_password: str
    pipeline_password: str
    analyst_password: str
    editor_password: str
    ui_passwords: dict[str, str]
    """Login → password, as JSON."""


def prepare(say: Say) -> None:
    """Brings both databases and the logins into being, as the environment says.

    Raises ConfigurationError, WarehouseUnavailable, WarehouseError, AirflowError.
    """
    given = _environment()
    make_databases(given.metadata_dsn, {"airflow": given.airflow_password})
    make_databases(
        given.warehouse_dsn,
        {
            "wirewatch": given.wirewatch_password,
            "pipeline": given.pipeline_password,
            "analyst": given.analyst_password,
            "editor": given.editor_password,
        },
    )
    if subprocess.run(airflow_command("db", "migrate"), check=False).returncode:
        raise AirflowError("`airflow db migrate` failed; its own message is above")
    applied = migrate(os.environ["AIRFLOW_CONN_WAREHOUSE_OWNER"])
    passwords = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    write_secret(passwords, json.dumps(given.ui_passwords))
    say(f"ready: both databases are of this version, {len(applied)} migrations of the warehouse were new")


def _environment() -> _Environment:
    try:
        return _Environment()
    except (ValidationError, SettingsError) as error:
        problems = error.errors() if isinstance(error, ValidationError) else [{"loc": ["ui_passwords"]}]
        wrong = ", ".join("PREPARE_" + str(problem["loc"][0]).upper() for problem in problems)
        raise ConfigurationError(
            f"not set, or not as it should be: {wrong}; this is run by airflow-init of docker-compose.yml"
        ) from None
