"""The bill of materials names every locked package."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import ROOT


def test_every_locked_package_is_named_with_its_hashes(tmp_path):
    lock = (ROOT / "requirements.txt").read_text()
    written = tmp_path / "sbom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", ROOT / "requirements.txt", "--validate"]
    subprocess.run([*command, "--sv", "1.6", "-o", written], check=True, capture_output=True)
    bill = json.loads(written.read_text())
    assert len(bill["components"]) == sum("==" in line and not line.startswith(" ") for line in lock.splitlines())
    hashes = [
        digest
        for component in bill["components"]
        for reference in component["externalReferences"]
        for digest in reference["hashes"]
    ]
    assert len(hashes) == lock.count("--hash=sha256:")
    assert "pkg:pypi/apache-airflow@3.3.2" in {component["purl"] for component in bill["components"]}
