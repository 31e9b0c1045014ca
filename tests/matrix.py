"""Runs tests on every Python and PostgreSQL version found on this machine: `make test-matrix`, or

    python -m tests.matrix [--list] [PYTEST ARGUMENT …]

Pythons are 3.11 to 3.14, on the PATH or from pyenv; each gets a virtual environment of its own, `.venv-3.N`, from the
lock file. PostgreSQL servers are the one of the wheel, those of Debian under /usr/lib/postgresql, and those whose `bin`
directories are in `POSTGRES_BINS`, separated by colons. Each Python runs on the wheel's server, each server with this
Python. Without arguments the tests that use the database run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conftest import ROOT
from wirewatch.local.postgres import wheel_bin

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST_POSTGRES = 15
DATABASE_TESTS = ("tests/warehouse", "tests/feeds", "tests/copies", "tests/newsroom", "tests/test_pipeline.py")


def pythons() -> Iterator[tuple[str, Path]]:
    """Version and virtual environment of each supported Python found; makes the environment where it is new."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield own, Path(sys.prefix)
    for version in PYTHONS:
        if version == own or not (python := _find(version)):
            continue
        venv = ROOT / f".venv-{version}"
        make = ["make", "--silent", f"VENV={venv.name}", f"PYTHON={python}", f"{venv.name}/.ready-dev"]
        if subprocess.run(make, cwd=ROOT, check=False, stdout=sys.stderr).returncode == 0:
            yield version, venv
        else:
            print(f"Python {version}: its environment can't be made")


def _find(version: str) -> str:
    """The interpreter of that version on this machine; empty when there is none."""
    candidates = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for candidate in filter(None, candidates):
        # pyenv puts a command on the PATH for versions that are not switched on: it fails.
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return str(candidate)
    return ""


def servers() -> dict[str, Path]:
    """Version → bin directory of each supported PostgreSQL on this machine."""
    folders = [wheel_bin(), *Path("/usr/lib/postgresql").glob("*/bin")]
    folders += [Path(folder) for folder in os.environ.get("POSTGRES_BINS", "").split(":") if folder]
    found: dict[str, Path] = {}
    for folder in folders:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        version = re.search(r"\d+(?:\.\d+)?", said)
        if version and int(version[0].split(".")[0]) >= OLDEST_POSTGRES:
            found.setdefault(version[0], folder)
    return found


def run(venv: Path, postgres: Path, arguments: Sequence[str]) -> str:
    """pytest's last line, and one for each failed test."""
    command = [venv / "bin" / "python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *arguments]
    environment = {**os.environ, "WIREWATCH_TEST_POSTGRES_BIN": str(postgres)}
    environment.pop("WIREWATCH_TEST_HOME", None)
    said = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout
    lines = said.strip().splitlines()
    failures = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return "\n  ".join([lines[-1], *failures])


def main() -> None:
    """Prints a line for each combination; exits with 1 when one of them fails."""
    known = servers()
    wheel = wheel_bin()
    own = Path(sys.prefix)
    own_version = f"{sys.version_info.major}.{sys.version_info.minor}"
    arguments = sys.argv[1:] or DATABASE_TESTS
    plan = [(version, venv, wheel) for version, venv in pythons()]
    plan += [(own_version, own, folder) for folder in known.values() if folder != wheel]
    versions = {folder: version for version, folder in known.items()}
    failed = False
    for version, venv, folder in plan:
        name = f"Python {version}, PostgreSQL {versions[folder]}"
        if arguments == ["--list"]:
            print(name)
            continue
        print(f"{name}: ", end="", flush=True)
        last = run(venv, folder, arguments)
        failed = failed or "failed" in last or "error" in last
        print(last, flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
