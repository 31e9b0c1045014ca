"""What an operator does by hand with every DAG: clear its runs in the UI, and try it with `airflow dags test`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import ROOT
from tests.dags.test_dags import DAGS

pytestmark = pytest.mark.timeout(600)

_CLEAR = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "dags")!r})
from pathlib import Path
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.api_fastapi.app import create_app, get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.models.dagrun import DagRun
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from fastapi.testclient import TestClient
from sqlalchemy import update

initdb()
DagBundlesManager().sync_bundles_to_db()
folder = Path({str(ROOT / "dags")!r})
bag = DagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="dags-folder")
sync_bag_to_db(bag, "dags-folder", None)
answers = {{}}
with TestClient(create_app(apps="core"), base_url="http://localhost") as client:
    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="admin", role="admin"))
    client.headers["Authorization"] = f"Bearer {{token}}"
    for dag in sorted(bag.dags):
        for state in ("failed", "running", "success"):
            made = client.post(f"/api/v2/dags/{{dag}}/dagRuns", json={{"logical_date": None, "conf": {{}}}})
            run = made.json()["dag_run_id"]
            with create_session() as session:
                session.execute(update(DagRun).where(DagRun.run_id == run).values(state=state))
            for clear in ("clear", "again"):
                done = client.post(f"/api/v2/dags/{{dag}}/dagRuns/{{run}}/clear", json={{"dry_run": False}})
                answers[f"{{dag}} {{state}} {{clear}}"] = done.status_code
print(json.dumps(answers))
"""

_TEST = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "dags")!r})
from airflow.utils.db import initdb
from airflow.cli import cli_parser
initdb()
ends = {{}}
for dag in {sorted(DAGS)!r}:
    arguments = cli_parser.get_parser().parse_args(["dags", "test", dag])
    try:
        arguments.func(arguments)
        ends[dag] = "ended well"
    except (Exception, SystemExit) as error:
        ends[dag] = repr(error)
print(json.dumps(ends))
"""


@pytest.fixture
def warehouse_of_dags(database: str, tmp_path, monkeypatch) -> None:
    """A warehouse, and a registry of one feed that can't be reached, for the tasks of every DAG."""
    (tmp_path / "feeds.yaml").write_text(
        "outlets:\n"
        "- {key: nowhere, name: Nowhere, homepage: http://nowhere.invalid/, country: US, language: en,\n"
        "   kind: newspaper, ownership: private, perspective: us,\n"
        "   feeds: [{url: http://nowhere.invalid/rss, name: all}]}\n"
    )
    for name, value in {
        "AIRFLOW_CONN_WAREHOUSE": database.replace("postgresql:", "postgres:"),
        "WIREWATCH_FEEDS": str(tmp_path / "feeds.yaml"),
        "WIREWATCH_ARCHIVE": str(tmp_path / "archive"),
        "WIREWATCH_MIN_FREE_MB": "0",
    }.items():
        monkeypatch.setenv(name, value)


def test_runs_of_every_dag_can_be_cleared(run_python: Callable[[str], str]) -> None:
    answers = json.loads(run_python(_CLEAR).splitlines()[-1])
    assert len(answers) == len(DAGS) * 6
    assert {what: code for what, code in answers.items() if code != 200} == {}


def test_every_dag_passes_dags_test(run_python: Callable[[str], str], warehouse_of_dags: None, cursor) -> None:
    ends = json.loads(run_python(_TEST).splitlines()[-1])
    assert ends == dict.fromkeys(DAGS, "ended well")
    cursor.execute("select dag_id from ingest.run where succeeded_at >= started_at and late_at > started_at")
    assert {dag_id for (dag_id,) in cursor.fetchall()} == DAGS
