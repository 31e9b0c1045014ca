"""Who is a reader and who an editor, by Airflow's own auth manager."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from wirewatch.settings import ROOT

_ASK = """
import json
from airflow.api_fastapi.app import create_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import HTTPException
create_auth_manager()
from wirewatch.newsroom.access import reader
found = {}
for role in (None, "VIEWER", "USER", "OP", "ADMIN"):
    try:
        found[str(role)] = reader(SimpleAuthManagerUser(username="somebody", role=role)).may_edit
    except HTTPException as error:
        found[str(role)] = error.status_code
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def rights(tmp_path_factory) -> dict[str, bool | int]:
    environment = {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    done = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_roles(rights):
    assert rights == {"None": 403, "VIEWER": False, "USER": True, "OP": True, "ADMIN": True}
