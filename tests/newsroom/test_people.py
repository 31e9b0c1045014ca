"""Several people log in through Airflow's FAB auth manager, each with the rights of their role."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytest.importorskip("airflow.providers.fab", reason="needs the extra `people`")

_ASK = """
import json, re
from airflow.utils.db import initdb
initdb()
from airflow.api_fastapi.app import create_app
from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from fastapi.testclient import TestClient

app = create_app(apps="core")
people = {"viewer": "Viewer", "editor": "User", "operator": "Op"}
with get_application_builder() as builder:
    for name, role in people.items():
        made = builder.sm.add_user(
            name, name, "Ruiz", f"{name}@example.org", builder.sm.find_role(role), password=f"a long one of {name}"
        )
        assert made, name
found = {}
with TestClient(app, base_url="http://localhost") as client:
    found["nobody"] = client.get("/newsroom/feeds").status_code
    wrong = client.post("/auth/token", json={"username": "viewer", "password": "a long one of editor"})
    found["wrong password"] = wrong.status_code
    for name in people:
        login = client.post("/auth/token", json={"username": name, "password": f"a long one of {name}"})
        assert login.status_code == 201, login.text
        client.headers["Authorization"] = "Bearer " + login.json()["access_token"]
        page = client.get("/newsroom/tokens").text
        own = re.search('name="token" value="([^"]+)"', page)[1]
        token = own if name == "viewer" else "none"
        form = {"token": token, "article_id": 1, "version": 1, "topic": "t", "relevance": "core"}
        review = client.post("/newsroom/review", data=form)
        found[name] = {
            "page": client.get("/newsroom/feeds").status_code,
            "review": review.text if review.status_code == 403 else review.status_code,
            "dags": client.get("/api/v2/dags").status_code,
            "connections": client.get("/api/v2/connections").status_code,
            "trigger": client.post("/api/v2/dags/nothing/dagRuns", json={"logical_date": None}).status_code,
        }
        del client.headers["Authorization"]
print(json.dumps(found))
"""


@pytest.mark.timeout(600)
def test_two_people_with_other_roles_have_other_rights(database, tmp_path):
    environment = {
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__API__SECRET_KEY": "s" * 64,
        "AIRFLOW__API_AUTH__JWT_SECRET": "t" * 64,
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW_CONN_WAREHOUSE": database.replace("postgresql:", "postgres:"),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    done = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["nobody"], found["wrong password"]) == (401, 401)
    for name in ("viewer", "editor", "operator"):
        assert (found[name]["page"], found[name]["dags"]) == (200, 200), name
    # The Newsroom: a viewer can't change a tag, with the form's own token either; an editor gets as far as the token.
    assert "Only editors" in found["viewer"]["review"]
    assert "expired" in found["editor"]["review"]
    assert "expired" in found["operator"]["review"]
    # Airflow: a viewer triggers nothing; only an operator sees connections.
    assert [found[name]["trigger"] for name in ("viewer", "editor", "operator")] == [403, 404, 404]
    assert [found[name]["connections"] for name in ("viewer", "editor", "operator")] == [403, 403, 200]
