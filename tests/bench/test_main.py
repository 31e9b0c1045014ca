"""`python -m bench` knows the benchmarks by their files."""

import subprocess
import sys

from bench.__main__ import benchmarks
from wirewatch.settings import ROOT


def test_a_module_with_a_main_is_a_benchmark_and_no_other():
    known = benchmarks()
    assert known["replay"].startswith("Recorded feeds and pages")
    assert "documents" not in known


def test_an_unknown_name_is_answered_with_the_known_ones():
    run = subprocess.run(
        [sys.executable, "-m", "bench", "no_such_thing"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert "no benchmark no_such_thing; there are" in run.stderr
    assert "replay" in run.stderr
