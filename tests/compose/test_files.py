"""What can be said of the compose files without an engine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.compose.stack import BASE_IMAGES, STAND_INS, compose_command, run
from tests.conftest import ROOT
from wirewatch.settings import Settings

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SECRET = re.compile("PASSWORD|SECRET$|KEY$")
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
    empty = [name for name, value in values(EXAMPLE).items() if not value and name != "WIREWATCH_SECRETS"]
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


def folder_of_secrets(env_file: Path) -> Path:
    return Path(values(env_file.read_text())["WIREWATCH_SECRETS"])


def test_no_secret_has_a_default_or_is_in_an_environment(env_file):
    secret = {name: value for name, value in values(env_file.read_text()).items() if SECRET.search(name)}
    assert len(secret) >= 14
    assert set(secret) == {name for name in values(EXAMPLE) if SECRET.search(name) and not values(EXAMPLE)[name]}
    assert not set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)) & set(secret)


def test_every_secret_of_a_service_is_a_file_that_make_secrets_writes(env_file):
    declared = YAML(typ="safe").load(COMPOSE)["secrets"]
    assert {secret["file"] for secret in declared.values()} == {
        f"${{WIREWATCH_SECRETS:?run make secrets}}/{name}" for name in declared
    }
    written = {file.name: file.read_text() for file in folder_of_secrets(env_file).iterdir()}
    assert set(written) == set(declared)
    assert set(declared) == {name for service in SERVICES.values() for name in service["secrets"]}
    assert all(len(text) >= 44 and "\n" not in text for text in written.values())


def test_only_the_owner_can_enter_the_folder_of_secrets(env_file):
    folder = folder_of_secrets(env_file)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}  # the services' users have other ids


def test_a_changed_password_reaches_its_files(env_file):
    env_file.write_text(re.sub("(?m)^REDIS_PASSWORD=.*$", "REDIS_PASSWORD=mine", env_file.read_text()))
    run("containers/write-secrets.sh", str(env_file), cwd=ROOT)
    files = {file.name for file in folder_of_secrets(env_file).iterdir() if "mine" in file.read_text()}
    assert files == {"REDIS_PASSWORD", "AIRFLOW__CELERY__BROKER_URL"}


def test_an_empty_password_is_named(env_file):
    env_file.write_text(re.sub("(?m)^REDIS_PASSWORD=.*$", "REDIS_PASSWORD=", env_file.read_text()))
    refused = subprocess.run(
        ["containers/write-secrets.sh", str(env_file)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "REDIS_PASSWORD is empty or missing; run make secrets" in refused.stderr


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


@pytest.mark.parametrize(
    ("secret", "services"),
    [
        ("AIRFLOW_CONN_WAREHOUSE_OWNER", {"airflow-init", "airflow-worker"}),
        ("AIRFLOW_CONN_WAREHOUSE", {"airflow-apiserver", "airflow-dag-processor", "airflow-worker"}),
        ("AIRFLOW__API__SECRET_KEY", {"airflow-apiserver"}),
        ("AIRFLOW__API_AUTH__JWT_SECRET", {"airflow-apiserver", "airflow-scheduler"}),
        (
            "AIRFLOW__CORE__FERNET_KEY",
            {"airflow-init", "airflow-apiserver", "airflow-scheduler", "airflow-dag-processor"},
        ),
        ("METADATA_ADMIN_PASSWORD", {"metadata"}),
        ("WAREHOUSE_ADMIN_PASSWORD", {"warehouse"}),
        ("PREPARE_METADATA_DSN", {"airflow-init"}),
        ("PREPARE_WAREHOUSE_DSN", {"airflow-init"}),
    ],
)
def test_a_secret_is_where_it_is_needed(secret, services):
    assert {name for name, service in SERVICES.items() if secret in service["secrets"]} == services
