"""What can be said of the compose files without an engine."""

from __future__ import annotations

import re
import subprocess

import pytest
from ruamel.yaml import YAML

from tests.compose.stack import BASE_IMAGES, STAND_INS, compose_command, run
from tests.conftest import ROOT
from wirewatch.settings import Settings

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SERVICES = YAML(typ="safe").load(COMPOSE)["services"]


@pytest.fixture
def env_file(tmp_path):
    file = tmp_path / "stack.env"
    run("make", "--silent", "secrets", f"ENV_FILE={file}", cwd=ROOT)
    return file


def values(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_secrets_are_long_and_all_different(env_file):
    made = values(env_file.read_text())
    empty = [name for name, value in values(EXAMPLE).items() if not value]
    assert len(empty) >= 10
    assert all(len(made[name]) >= 44 for name in empty)
    assert len({made[name] for name in empty}) == len(empty)
    assert env_file.stat().st_mode & 0o077 == 0


def test_secrets_are_never_overwritten(env_file):
    before = env_file.read_text()
    assert "stays as it is" in run("make", "--silent", "secrets", f"ENV_FILE={env_file}", cwd=ROOT)
    assert env_file.read_text() == before
    assert not list(env_file.parent.glob("*.more"))


def test_secrets_that_a_new_version_needs_are_added(env_file):
    before = values(env_file.read_text())
    old = [line for line in env_file.read_text().splitlines() if not line.startswith("PIPELINE_PASSWORD=")]
    env_file.write_text("\n".join(old) + "\n")
    run("make", "--silent", "secrets", f"ENV_FILE={env_file}", cwd=ROOT)
    after = values(env_file.read_text())
    assert len(after["PIPELINE_PASSWORD"]) >= 44
    assert after["PIPELINE_PASSWORD"] != before["PIPELINE_PASSWORD"]
    assert {**after, "PIPELINE_PASSWORD": ""} == {**before, "PIPELINE_PASSWORD": ""}
    assert env_file.stat().st_mode & 0o077 == 0


LOCAL = {"home", "feeds", "topics", "postgres_bin", "port", "postgres_port", "heartbeat_url"}
"""Settings of the local mode, or of files whose place is the image's."""


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - LOCAL))
def test_every_setting_reaches_the_workers(name):
    variable = f"WIREWATCH_{name.upper()}"
    for service in ("airflow-worker", "airflow-scheduler"):
        assert SERVICES[service]["environment"][variable].startswith("${" + variable + ":"), service


@pytest.mark.parametrize("name", [name for name in SERVICES if name.startswith("airflow-")])
def test_files_are_edited_without_a_new_image(name):
    assert "${WIREWATCH_DAGS:-./dags}:/opt/wirewatch/dags:ro" in SERVICES[name]["volumes"]


def test_no_secret_has_a_default():
    used = set(re.findall(r"\$\{([A-Z_]+)(?::\?|\})", COMPOSE))
    secret = {name for name in re.findall(r"\$\{([A-Z_]+)", COMPOSE) if re.search("PASSWORD|SECRET|KEY", name)}
    assert secret
    assert secret <= used
    assert {name for name, value in values(EXAMPLE).items() if not value} == secret


@pytest.mark.skipif(not compose_command(), reason="needs docker compose, without an engine")
def test_compose_accepts_made_secrets_and_refuses_the_example(env_file):
    run(*compose_command(), "--env-file", str(env_file), "config", "--quiet", cwd=ROOT)
    refused = subprocess.run(
        [*compose_command(), "--env-file", ".env.example", "config", "--quiet"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode != 0
    assert "make secrets" in refused.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_no_more_than_it_must(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service["mem_limit"]
    assert service["pids_limit"]
    if name != "airflow-init":
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


def test_only_the_ui_is_published_and_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"airflow-apiserver": ["${WIREWATCH_BIND:-127.0.0.1}:${WIREWATCH_PORT:-8080}:8080"]}


def test_databases_and_broker_have_no_way_out():
    assert YAML(typ="safe").load(COMPOSE)["networks"]["inside"] == {"internal": True}
    for name in ("metadata", "warehouse", "redis", "airflow-scheduler", "airflow-dag-processor", "airflow-init"):
        assert SERVICES[name]["networks"] == ["inside"], name


def test_stand_ins_bear_the_names_of_the_images_in_use():
    files = COMPOSE + (ROOT / "Dockerfile").read_text()
    assert all(image in files for image in BASE_IMAGES)
    assert " ".join(BASE_IMAGES) in STAND_INS.read_text()


def test_the_image_holds_the_versions_that_are_tested():
    def pins(name: str) -> set[tuple[str, str]]:
        return set(re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    image = pins("requirements-image.txt")
    assert "celery" in dict(image)
    assert image <= pins("requirements-dev.txt")


def test_the_owners_password_is_where_the_owners_work_is_done():
    having = {name for name, service in SERVICES.items() if "WAREHOUSE_PASSWORD" in str(service.get("environment"))}
    assert having == {"airflow-init", "airflow-worker"}


def test_the_superusers_passwords_are_with_their_servers_and_the_service_that_makes_roles():
    for secret, server in (("METADATA_ADMIN_PASSWORD", "metadata"), ("WAREHOUSE_ADMIN_PASSWORD", "warehouse")):
        having = {name for name, service in SERVICES.items() if secret in str(service.get("environment"))}
        assert having == {server, "airflow-init"}
