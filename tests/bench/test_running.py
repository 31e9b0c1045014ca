"""`python -m bench` and `python -m tests.soak` find what they run by the files."""

import subprocess
import sys

import pytest

from bench.running import runnable
from wirewatch.settings import ROOT


@pytest.mark.parametrize(
    ("package", "name", "summary"),
    [("bench", "polling", "Polls 5,000 loopback feeds"), ("tests.soak", "replay", "Recorded feeds and pages")],
)
def test_only_a_module_with_a_main_is_runnable(package, name, summary):
    known = runnable(package)
    assert known[name].startswith(summary)
    assert not {"documents", "running", "test_replay"} & set(known)


@pytest.mark.parametrize("package", ["bench", "tests.soak"])
def test_an_unknown_name_is_answered_with_the_known_ones(package):
    run = subprocess.run(
        [sys.executable, "-m", package, "no_such_thing"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert "unknown name: no_such_thing; known names: " in run.stderr
