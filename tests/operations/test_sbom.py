"""The bill of materials names every locked package."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wirewatch.errors import WirewatchError
from wirewatch.operations.sbom import bill_of_materials


def test_every_locked_package_is_named_with_its_hashes():
    lock = (ROOT / "requirements.txt").read_text()
    bill = bill_of_materials(lock)
    assert len(bill["components"]) == sum("==" in line and not line.startswith(" ") for line in lock.splitlines())
    assert sum(len(component["hashes"]) for component in bill["components"]) == lock.count("--hash=sha256:")
    (airflow,) = [c for c in bill["components"] if c["name"] == "apache-airflow"]
    assert airflow["purl"] == "pkg:pypi/apache-airflow@3.3.2"
    assert airflow["licenses"] == [{"license": {"name": "Apache-2.0"}}]
    licensed = sum("licenses" in component for component in bill["components"])
    assert licensed > 0.8 * len(bill["components"])


def test_a_lock_without_hashes_is_refused():
    with pytest.raises(WirewatchError, match="no hashes for lxml"):
        bill_of_materials("lxml==6.0.0\n")
