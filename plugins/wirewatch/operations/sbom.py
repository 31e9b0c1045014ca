"""`make sbom`: a bill of materials (CycloneDX 1.5) from the lock file; what is installed adds the licences.

python -m wirewatch.operations.sbom requirements.txt > sbom.json
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any

from wirewatch import __version__
from wirewatch.errors import WirewatchError

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(lock: str) -> dict[str, Any]:
    """The packages of a lock file with their hashes, each the SHA-256 of one of the package's files.

    Raises WirewatchError for a pin without a hash.
    """
    components: list[dict[str, Any]] = []
    for line in lock.splitlines():
        pin = _PIN.match(line)
        if pin:
            components.append(_component(*pin.groups()))
        elif components:
            components[-1]["hashes"] += [{"alg": "SHA-256", "content": found} for found in _HASH.findall(line)]
    bare = [component["name"] for component in components if not component["hashes"]]
    if bare or not components:
        raise WirewatchError(f"the lock file has no hashes for {', '.join(bare) or 'anything'}; run `make lock`")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "wirewatch", "version": __version__}},
        "components": components,
    }


def _component(name: str, version: str) -> dict[str, Any]:
    component = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name.lower()}@{version}",
        "hashes": [],
    }
    licence = _licence(name)
    return {**component, "licenses": [{"license": {"name": licence}}]} if licence else component


def _licence(name: str) -> str | None:
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None  # for another platform
    classifiers = about.get_all("Classifier") or []
    given = about.json.get("license_expression")
    said = str(given) if given else next((c for c in classifiers if c.startswith("License ::")), None)
    return said.rpartition(":: ")[2] if said else None


def main() -> None:
    json.dump(bill_of_materials(Path(sys.argv[1]).read_text()), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
