"""Airflow on one machine: its environment, its components, and its REST API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wirewatch.errors import WirewatchError
from wirewatch.local.files import write_secret
from wirewatch.local.processes import Component, airflow_command
from wirewatch.local.state import Home
from wirewatch.settings import ROOT

ADMIN = "admin"
LOGINS = {ADMIN: "admin", "editor": "user", "viewer": "viewer"}
"""Who may log in, with the role in Airflow: an editor may trigger DAGs and review tags, a viewer only look."""
PASSED_ON = ("AIRFLOW_CONN_WIREWATCH_", "AIRFLOW__METRICS__", "AIRFLOW__TRACES__")
"""What an operator may set of Airflow: where alarms and metrics go."""
PARALLELISM = 4
"""Tasks at a time: they wait for the network for most of their time."""
HEARTBEATS = {"scheduler": "scheduler", "dag-processor": "dag_processor"}


class AirflowError(WirewatchError):
    """Airflow did not do what it was asked; the message names the log."""


def environment(home: Home, *, ui_port: int, metadata_dsn: str, warehouse_dsn: str, owner_dsn: str) -> dict[str, str]:
    """The environment of every Airflow process of a local stack."""
    passwords = home.airflow / "passwords.json"
    known = json.dumps({user: home.password(user) for user in LOGINS})
    if not passwords.exists() or passwords.read_text() != known:
        write_secret(passwords, known)
    address = f"http://127.0.0.1:{ui_port}"
    inherited = {
        name: value
        for name, value in os.environ.items()
        # Without compiled bytecode every process compiles Airflow again; other AIRFLOW_ settings are another stack's.
        if name not in ("PYTHONDONTWRITEBYTECODE",)
        and (name.startswith(PASSED_ON) or not name.startswith(("AIRFLOW_", "_AIRFLOW")))
    }
    return {
        **inherited,
        "WIREWATCH_HOME": str(home.path),
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLELISM),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": home.secret("fernet_key", size=32),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in LOGINS.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_dsn.replace("postgresql://", "postgresql+psycopg2://"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(ui_port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__SECRET_KEY": home.secret("api_secret_key", size=64),
        "AIRFLOW__API_AUTH__JWT_SECRET": home.secret("jwt_secret", size=64),
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        # The scheduler's health server and log server listen on every interface: both stay off.
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        # How soon a task that was killed is noticed, in seconds: its run would hold up the next one meanwhile.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_WAREHOUSE": warehouse_dsn,
        "AIRFLOW_CONN_WAREHOUSE_OWNER": owner_dsn,
        "SPT_NOENV": "1",  # keeps setproctitle from overwriting the environment by which our processes are known
        "NO_COLOR": "1",
    }


def components(home: Home, env: dict[str, str], *, watches: Sequence[str] = ()) -> list[Component]:
    """Airflow's processes, and those of `watches` that watch them.

    Nothing here defers or watches assets, so there is no triggerer.
    """
    commands = {
        "api-server": airflow_command("api-server"),
        "dag-processor": airflow_command("dag-processor"),
        "scheduler": airflow_command("scheduler", "--skip-serve-logs"),
        **{name: [sys.executable, "-m", "wirewatch.local.watching", name] for name in watches},
    }
    return [Component(name, home.path, command, env) for name, command in commands.items()]


def api_server(home: Home) -> Component:
    """The API server, to ask whether it runs."""
    return components(home, {})[0]


def migrate_metadata(home: Home, env: dict[str, str]) -> None:
    """Brings Airflow's own database to its schema; skipped when this version did it before."""
    import importlib.metadata

    version = importlib.metadata.version("apache-airflow")
    stamp = home.airflow / "migrated"
    if stamp.exists() and stamp.read_text() == version:
        return
    log = home.logs / "airflow-migrate.log"
    with log.open("w") as stream:
        done = subprocess.run(
            airflow_command("db", "migrate"), env=env, check=False, stdout=stream, stderr=subprocess.STDOUT
        )
    if done.returncode != 0:
        raise AirflowError(f"`airflow db migrate` failed; read {log}")
    stamp.write_text(version)


def run_command(env: dict[str, str], arguments: list[str]) -> int:
    """Runs one `airflow` command in the stack's environment; returns its exit status."""
    return subprocess.run([sys.executable, "-m", "airflow", *arguments], env=env, check=False).returncode


@dataclass(slots=True)
class Api:
    """Airflow's REST API, as the local mode and the demo need it."""

    address: str
    password: str
    user: str = ADMIN
    timeout_s: float = 30
    _token: str | None = None

    def answers(self) -> bool:
        """Whether the API server answers."""
        try:
            return bool(self._request("GET", "/api/v2/version", token=None))
        except (OSError, AirflowError):
            return False

    def heartbeats(self) -> dict[str, datetime]:
        """When the scheduler and the dag-processor last said that they live.

        Raises OSError, AirflowError when nobody answers.
        """
        health = self._request("GET", "/api/v2/monitor/health", token=None)
        beats = {name: health[part].get(f"latest_{part}_heartbeat") for name, part in HEARTBEATS.items()}
        return {name: datetime.fromisoformat(beat) for name, beat in beats.items() if beat}

    def queued_since(self) -> datetime | None:
        """Since when the first of the tasks waits that were handed to the executor and have not begun."""
        tasks = self.get("/dags/~/dagRuns/~/taskInstances?state=queued&limit=100")["task_instances"]
        return min((datetime.fromisoformat(task["queued_when"]) for task in tasks if task["queued_when"]), default=None)

    def last_task_began(self) -> datetime | None:
        """When the latest task began."""
        tasks = self.get("/dags/~/dagRuns/~/taskInstances?order_by=-start_date&limit=1&state=running&state=success")
        began = [task["start_date"] for task in tasks["task_instances"] if task["start_date"]]
        return datetime.fromisoformat(began[0]) if began else None

    def paused(self) -> list[str]:
        """The DAGs that are paused."""
        return [dag["dag_id"] for dag in self.get("/dags?paused=true&tags=wirewatch&limit=100")["dags"]]

    def get(self, path: str) -> dict[str, Any]:
        """GET below /api/v2."""
        return self._request("GET", f"/api/v2{path}", token=self.token())

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST below /api/v2."""
        return self._request("POST", f"/api/v2{path}", body, token=self.token())

    def import_errors(self) -> list[str]:
        """Why DAG files could not be read, one text a file."""
        return [f"{e['filename']}: {e['stack_trace']}" for e in self.get("/importErrors")["import_errors"]]

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Starts a run; returns its id."""
        run_id: str = self.post(f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf or {}})["dag_run_id"]
        return run_id

    def token(self) -> str:
        """What the user is known by after logging in."""
        if self._token is None:
            body = {"username": self.user, "password": self.password}
            self._token = self._request("POST", "/auth/token", body, token=None)["access_token"]
        return self._token

    def _request(self, method: str, path: str, body: object = None, *, token: str | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        # Our own http address.
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)  # noqa: S310 # nosec B310
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:  # noqa: S310 # nosec B310
                said: dict[str, Any] = json.loads(answer.read())
                return said
        except urllib.error.HTTPError as error:
            raise AirflowError(f"Airflow answered {method} {path} with {error.code}: {error.read()[:500]!r}") from None


def wait_until(condition: Callable[[], object], what: str, *, timeout_s: float, log: Path) -> None:
    """Waits until `condition()` is true.

    Raises AirflowError, naming `what` and the log to read, after `timeout_s` seconds.
    """
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            raise AirflowError(f"{what} after {timeout_s:.0f} s; read {log}")
        time.sleep(0.25)
