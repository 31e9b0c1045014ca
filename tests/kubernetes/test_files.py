"""The files of docs/kubernetes: valid manifests, known settings, no secrets; with helm and the chart also rendered.

Rendering needs the official chart and helm, which are not part of the project:

    helm pull apache-airflow/airflow --version 1.22.0 --untar
    AIRFLOW_CHART=airflow HELM=helm python -m pytest tests/kubernetes
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from tests.conftest import ROOT
from wirewatch import __version__
from wirewatch.settings import Settings

FOLDER = ROOT / "docs" / "kubernetes"
KUBERNETES = "1.33"
MANIFESTS = ("warehouse-migrations.yaml", "network-policy.yaml")
VARIANTS = {"pods": ["values.yaml"], "celery": ["values.yaml", "values-celery.yaml"]}
_SECRET_KEYS = re.compile(r"password|passwd|token|secretname|secret$|connection$", re.IGNORECASE)


def documents(text: str) -> list[dict]:
    return [document for document in yaml.safe_load_all(text) if document]


def values() -> dict:
    return yaml.safe_load((FOLDER / "values.yaml").read_text())


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value, path)
    else:
        yield path, tree


def check(manifests: list[dict]) -> list[str]:
    """What the schemas of Kubernetes say against manifests; kinds of others (KEDA's) have none there."""
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="needs the package kubernetes-validate")
    wrong = []
    for manifest in manifests:
        try:
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            assert manifest["kind"] == "ScaledObject", manifest["kind"]
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{manifest['kind']} {manifest['metadata'].get('name')}: {error.message}")
    return wrong


@pytest.fixture(scope="module", params=sorted(VARIANTS))
def rendered(request) -> list[dict]:
    """What the official chart makes of our values; helm checks them against the chart's own schema."""
    chart, helm = os.environ.get("AIRFLOW_CHART"), shutil.which(os.environ.get("HELM", "helm"))
    if chart is None or helm is None:
        pytest.skip("needs helm, and the official chart in AIRFLOW_CHART")
    files = [argument for name in VARIANTS[request.param] for argument in ("-f", str(FOLDER / name))]
    done = subprocess.run([helm, "template", "wirewatch", chart, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


@pytest.mark.parametrize("name", [*MANIFESTS, "values.yaml", "values-celery.yaml"])
def test_files_are_yaml_without_repeated_keys(name):
    from ruamel.yaml import YAML

    list(YAML(typ="safe").load_all((FOLDER / name).read_text()))


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests_follow_the_schemas(name):
    assert check(documents((FOLDER / name).read_text())) == []


def test_every_setting_exists_and_the_image_is_this_version():
    names = {entry["name"] for entry in values()["env"]}
    known = {f"WIREWATCH_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in names if name.startswith("WIREWATCH_")} <= known
    assert values()["defaultAirflowTag"] == __version__
    (job,) = documents((FOLDER / "warehouse-migrations.yaml").read_text())
    assert job["spec"]["template"]["spec"]["containers"][0]["image"].endswith(f":{__version__}")
    locked = re.search(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert values()["airflowVersion"] == locked[1]


def test_no_secret_is_a_value():
    for name in ("values.yaml", "values-celery.yaml"):
        for path, value in leaves(yaml.safe_load((FOLDER / name).read_text())):
            if _SECRET_KEYS.search(path) and isinstance(value, str):
                assert value.startswith("wirewatch-"), f"{name}{path} is no name of a Secret"


def test_every_secret_is_made_in_the_readme():
    named = set()
    for name in ("values.yaml", "values-celery.yaml", "warehouse-migrations.yaml"):
        text = (FOLDER / name).read_text()
        named |= set(re.findall(r"[sS]ecret\w*[nN]ame: (wirewatch-[\w-]+)", text))
        named |= set(re.findall(r"secretKeyRef: \{name: (wirewatch-[\w-]+)", text))
    readme = (FOLDER / "README.md").read_text()
    assert {name for name in named if f"secret generic {name}" not in readme} == set()


def test_the_chart_renders_valid_manifests(rendered):
    assert check(rendered) == []
    assert {"Deployment", "ConfigMap", "NetworkPolicy", "Job"} <= {manifest["kind"] for manifest in rendered}


def test_the_pod_of_a_task_is_valid_and_has_what_it_needs(rendered):
    (config,) = (m for m in rendered if m["kind"] == "ConfigMap" and "airflow.cfg" in m["data"])
    if "pod_template_file.yaml" not in config["data"]:
        assert any(m["kind"] == "ScaledObject" for m in rendered), "neither pods nor KEDA"
        return
    (pod,) = documents(config["data"]["pod_template_file.yaml"])
    assert check([pod]) == []
    container = pod["spec"]["containers"][0]
    variables = {entry["name"] for entry in container["env"]}
    assert {
        "AIRFLOW_CONN_WAREHOUSE",
        "AIRFLOW_CONN_WAREHOUSE_OWNER",
        "WIREWATCH_ARCHIVE",
        "AIRFLOW_CONFIG",
    } <= variables
    assert container["image"].endswith(f":{__version__}")
    assert "FabAuthManager" in config["data"]["airflow.cfg"]
    assert "remote_logging = True" in config["data"]["airflow.cfg"]


def test_the_owner_s_connection_is_with_tasks_alone(rendered):
    holders = {
        manifest["metadata"]["labels"]["component"]
        for manifest in rendered
        if manifest["kind"] in ("Deployment", "StatefulSet")
        and "AIRFLOW_CONN_WAREHOUSE_OWNER" in yaml.safe_dump(manifest)
    }
    assert holders <= {"worker"}


def test_nothing_runs_as_root(rendered):
    for manifest in rendered:
        if manifest["kind"] not in ("Deployment", "StatefulSet", "Job"):
            continue
        pod = manifest["spec"]["template"]["spec"]
        for container in pod["containers"]:
            user = container.get("securityContext", {}).get(
                "runAsUser", pod.get("securityContext", {}).get("runAsUser")
            )
            assert user not in (0, None), (manifest["kind"], manifest["metadata"]["name"], container["name"])
