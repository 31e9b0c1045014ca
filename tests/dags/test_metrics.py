"""The stages' counts as metrics, by Airflow's own settings: a loopback StatsD server gets them."""

from __future__ import annotations

import socket

import pytest

from tests.conftest import ROOT

_TASK = f"""
import sys
sys.path.insert(0, {str(ROOT / "dags")!r})
from airflow.sdk.configuration import conf
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics import stats_utils
# As Airflow's task runner begins every task.
stats.initialize(
    factory=stats_utils.get_stats_factory(), export_legacy_names=conf.getboolean("metrics", "legacy_names_on")
)
from scheduling import counts
from wirewatch.feeds.polling import PollReport
print(counts(PollReport(feeds=7, entries_new=41)))
"""


@pytest.fixture
def statsd():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        yield server


def received(server: socket.socket, last: str) -> list[str]:
    packets = [server.recv(4096).decode()]
    while last not in packets[-1]:
        packets.append(server.recv(4096).decode())
    return packets


def test_counts_of_a_stage_are_metrics(airflow_environment, statsd, run_python, monkeypatch):
    settings = {
        "AIRFLOW__METRICS__STATSD_ON": "True",
        "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
        "AIRFLOW__METRICS__STATSD_PORT": str(statsd.getsockname()[1]),
        "AIRFLOW__METRICS__STATSD_PREFIX": "news",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    run_python(_TASK)
    packets = received(statsd, "uncounted")
    assert "news.wirewatch.poll.feeds:7|c" in packets
    assert "news.wirewatch.poll.entries_new:41|c" in packets
