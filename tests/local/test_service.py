"""The systemd unit: its words, and its environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from wirewatch.local.service import environment_file, unit


def test_the_environment_holds_our_settings_quoted():
    given = {
        "WIREWATCH_SHARDS": "7",
        "AIRFLOW_CONN_WIREWATCH_SMTP": '{"a": "b\\\\c"}',
        "PATH": "/bin",
        "WIREWATCH_HOME": "/x",
    }
    assert environment_file(given) == (
        'AIRFLOW_CONN_WIREWATCH_SMTP="{\\"a\\": \\"b\\\\\\\\c\\"}"\nWIREWATCH_SHARDS="7"\n'
    )


def test_the_unit_starts_and_stops_the_stack_of_its_home():
    text = unit(Path("/srv/50% news"), system=True)
    assert 'Environment="WIREWATCH_HOME=/srv/50%% news"' in text
    assert "ExecStart=" in text
    assert "Restart=always" in text
    assert "multi-user.target" in text
    assert "default.target" in unit(Path("/srv"), system=False)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path):
    file = tmp_path / "wirewatch.service"
    file.write_text(unit(tmp_path, system=True))
    done = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert str(file) not in done.stderr, done.stderr
