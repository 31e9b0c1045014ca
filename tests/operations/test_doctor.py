"""The doctor finds what is set up wrongly, and says what to do."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wirewatch.errors import WirewatchError
from wirewatch.operations.doctor import Diagnosis, Grade, examine


def no_stack(settings):
    raise WirewatchError("nothing was set up under here; run `make up`")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WIREWATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WIREWATCH_MIN_FREE_MB", "0")
    monkeypatch.setenv("WIREWATCH_CONTACT", "desk@newsroom.test")
    return tmp_path


@pytest.fixture
def look(database):
    def run(dsn: str | None = None, **environment: str) -> list[Diagnosis]:
        given = {"AIRFLOW_CONN_WIREWATCH_SMTP": "smtp://x", **environment}
        return list(examine(no_stack, database if dsn is None else dsn, given))

    return run


def wrong(found: list[Diagnosis]) -> list[Diagnosis]:
    return [diagnosis for diagnosis in found if diagnosis.grade is not Grade.GOOD]


def test_a_good_setup_has_no_findings(home, look):
    found = look()
    assert wrong(found) == []
    assert len(found) >= 8


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("WIREWATCH_SHARDS", "many", "WIREWATCH_SHARDS='many'"),
        ("WIREWATCH_FEEDS", "/nowhere/feeds.yaml", "/nowhere/feeds.yaml"),
        ("WIREWATCH_TOPICS", "/nowhere/topics", "/nowhere/topics"),
        ("WIREWATCH_ARCHIVE", "/proc/nowhere", "can't be written"),
        ("WIREWATCH_ARCHIVE", "nosuchscheme://x", "nosuchscheme"),
        ("WIREWATCH_MIN_FREE_MB", "1000000000", "MB free at"),
    ],
)
def test_a_wrong_setting_is_an_error(home, look, monkeypatch, name, value, what):
    monkeypatch.setenv(name, value)
    errors = [diagnosis for diagnosis in look() if diagnosis.grade is Grade.ERROR]
    assert any(what in diagnosis.what for diagnosis in errors), errors
    assert all(diagnosis.fix for diagnosis in errors)


@pytest.mark.parametrize(
    ("variable", "environment", "what"),
    [
        ("WIREWATCH_CONTACT", {}, "is not yours"),
        (None, {"PYTHONDONTWRITEBYTECODE": "1"}, "compiles Airflow anew"),
        (None, {"AIRFLOW__CORE__EXECUTOR": "x"}, "AIRFLOW__CORE__EXECUTOR"),
    ],
)
def test_what_could_be_better_is_a_warning(home, look, monkeypatch, variable, environment, what):
    if variable:
        monkeypatch.delenv(variable)
    (found,) = wrong(look(**environment))
    assert found.grade is Grade.WARNING
    assert what in found.what
    assert found.fix


def test_a_broken_feeds_file_is_quoted_with_its_lines(home, look, monkeypatch):
    broken = home / "feeds.yaml"
    broken.write_text("outlets:\n- key: Bad Key\n")
    monkeypatch.setenv("WIREWATCH_FEEDS", str(broken))
    (found,) = wrong(look())
    assert f"{broken}:2:" in found.what


def test_no_stack_and_no_warehouse(home, look):
    assert "nothing was set up" in wrong(look(dsn=""))[0].what
    (found,) = wrong(look(dsn="postgresql://nobody@127.0.0.1:1/x"))
    assert "no connection" in found.what


def test_an_old_schema_and_none_at_all(home, look, empty_database):
    from wirewatch.warehouse.migrations import migrate

    (found,) = wrong(look(dsn=empty_database))
    assert "never migrated" in found.what
    migrate(empty_database, until="0004.tags")
    assert any("0004.tags" in diagnosis.what for diagnosis in wrong(look(dsn=empty_database)))


def test_a_pipeline_role_that_may_too_much(home, look, cursor):
    cursor.execute("alter role pipeline createrole")
    try:
        (found,) = wrong(look())
        assert "pipeline may create roles" in found.what
    finally:
        cursor.execute("alter role pipeline nocreaterole")


def test_the_lock_is_read(home):
    from wirewatch.operations.doctor import _locked_version

    assert _locked_version("apache-airflow") == "3.3.2"
    assert (ROOT / "requirements.txt").exists()
