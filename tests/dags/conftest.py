"""An Airflow of the tests' own: its metadata in the tests' Postgres, no scheduler; and who receives its messages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg2
import pytest
from aiosmtpd.controller import Controller

from tests.conftest import ROOT, free_port
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
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=500, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


class Inbox:
    """Mails that a loopback SMTP server got."""

    def __init__(self) -> None:
        self.mails: list = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def inbox(monkeypatch) -> Iterator[Inbox]:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_SMTP", smtp(server.port))
    yield inbox
    server.stop()


def smtp(port: int, **extra: str) -> str:
    addresses = extra or {"to": "desk@example.org, chief@example.org", "from_email": "wirewatch@example.org"}
    plain = {"disable_ssl": True, "disable_tls": True, "retry_limit": 1}
    return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": {**plain, **addresses}})


class Hook:
    """What a loopback webhook got; `status` is what it answers."""

    def __init__(self) -> None:
        self.bodies: list = []
        self.status = 200


@pytest.fixture
def hook() -> Iterator[tuple[Hook, int]]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield hook, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def webhook(hook, monkeypatch) -> Hook:
    received, port = hook
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_WEBHOOK", f"http://127.0.0.1:{port}")
    return received


@pytest.fixture
def slack(hook, monkeypatch) -> Hook:
    received, port = hook
    address = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{port}", "password": "/T0/B0/X"}
    monkeypatch.setenv("AIRFLOW_CONN_WIREWATCH_SLACK", json.dumps(address))
    return received


@pytest.fixture
def channels(dag_bag, monkeypatch):
    """The function of dags/channels.py, read afresh."""
    sys.modules.pop("channels", None)
    from channels import channels

    return channels
