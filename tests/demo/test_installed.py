"""Wirewatch away from its checkout: from an installed wheel, and from the folders that the image holds.

With `WIREWATCH_DEMO_TEST=1` both run the whole demo as well, about four minutes each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]

_PREPARE = """
import sys
from wirewatch.feeds.polling import sync_feeds_file
from wirewatch.settings import ROOT, Settings
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

migrate(sys.argv[1])
with Warehouse(sys.argv[1]) as warehouse:
    sync_feeds_file(warehouse, Settings.load())
    sync_topic_files(warehouse, Settings.load())
    with warehouse.transaction() as rows:
        print(ROOT, len(rows.check("ledger_balance", now=rows.database_time())))
"""

_DAGS = """
from airflow.dag_processing.dagbag import BundleDagBag
from wirewatch.settings import ROOT
bag = BundleDagBag(str(ROOT / "dags"), bundle_path=ROOT / "dags", bundle_name="dags-folder")
print(sorted(bag.dags), bag.import_errors)
"""


def _build_wheel(folder: Path) -> Path:
    build = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--no-build-isolation", "--offline"]
    subprocess.run([*build, "--python", sys.executable, "--out-dir", folder, ROOT], check=True)
    return next(folder.glob("wirewatch-*.whl"))


def _wheel(folder: Path) -> tuple[list[str], dict[str, str]]:
    """An empty venv with the wheel; its dependencies are those of this environment."""
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    wheel = _build_wheel(folder / "dist")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--offline", "--python", python]
    subprocess.run([*install, wheel], check=True)
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.check_output(where, text=True).strip())
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return [str(venv / "bin" / "wirewatch")], {}


def _image(folder: Path) -> tuple[list[str], dict[str, str]]:
    """What the Dockerfile copies, with the command as it writes it."""
    for name in ("dags", "plugins", "sql"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return [sys.executable, "-m", "wirewatch.cli"], {"PYTHONPATH": str(folder / "plugins")}


@pytest.fixture(scope="module", params=[_wheel, _image], ids=["wheel", "image"])
def installed(request, tmp_path_factory) -> Run:
    """Runs `wirewatch …`, or a Python program, of an installation outside the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    command, environment = request.param(folder)
    python = Path(command[0]).with_name("python") if len(command) == 1 else Path(command[0])
    environment |= {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "WIREWATCH_HOME": str(folder / "state"),
        "WIREWATCH_PORT": str(free_port()),
        "WIREWATCH_POSTGRES_PORT": str(free_port()),
    }

    def run(*arguments: str, program: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
        start = [str(python), "-c", program] if program else command
        done = subprocess.run(
            [*start, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
        return done

    return run


def test_filters_read_the_shipped_topic(installed: Run):
    line = {"id": 1, "title": "US Navy destroyer transits Taiwan Strait", "text": "China's military followed it."}
    answer = json.loads(installed("tag", "--jsonl", stdin=json.dumps(line) + "\n").stdout)
    assert (answer["topic"], answer["relevance"]) == ("us_china_military", "core")


def test_the_warehouse_is_made_from_the_shipped_sql(installed: Run, empty_database: str):
    root, broken_ledgers = installed(empty_database, program=_PREPARE).stdout.split()[-2:]
    assert (root == str(ROOT), broken_ledgers) == (False, "0")


def test_airflow_loads_the_dags(installed: Run):
    said = installed(program=_DAGS).stdout.splitlines()[-1]
    assert "'poll_feeds'" in said
    assert said.endswith("{}")


@pytest.mark.skipif(not os.environ.get("WIREWATCH_DEMO_TEST"), reason="takes minutes; WIREWATCH_DEMO_TEST=1 runs it")
@pytest.mark.timeout(900)
def test_the_demo_ends_with_the_right_answers(installed: Run):
    installed("demo")
