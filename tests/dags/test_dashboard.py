"""The Grafana dashboard asks for metrics that the stages emit, under the names that they get on the way."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re

import wirewatch
from tests.conftest import ROOT

BOARD = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))


def emitted() -> set[str]:
    """The names of every count of every stage, as `dags/scheduling.counts` makes them and Prometheus writes them."""
    names = set()
    for module in pkgutil.walk_packages(wirewatch.__path__, "wirewatch."):
        if module.name.partition(".")[2].partition(".")[0] in ("newsroom", "demo", "cli", "local", "operations"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if dataclasses.is_dataclass(value) and isinstance(value, type) and value.__name__.endswith("Report"):
                stage = value.__name__.removesuffix("Report").lower()
                names |= {f"airflow_wirewatch_{stage}_{field.name}" for field in dataclasses.fields(value)}
    return names


def test_every_query_asks_for_a_metric_that_is_emitted():
    queries = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"airflow_wirewatch_\w+", query)}
    assert len(asked) >= 15
    assert asked <= emitted()


def test_panels_are_explained_and_do_not_overlap():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]
    assert len(set(places)) == len(places)
    assert all(panel["description"] for panel in BOARD["panels"])
