"""A simulated week of the newsroom through every stage, without Airflow: the answers equal the truth."""

from __future__ import annotations

from dataclasses import asdict

from tests.week import played_week, week_settings
from wirewatch.alarms.watching import assert_sound
from wirewatch.local.truth import compare


def test_a_week_of_news(warehouse, tmp_path):
    with played_week(warehouse, week_settings(tmp_path)) as newsroom:
        truth = [article.as_json() for article in newsroom.truth().values()]
        listed = [asdict(item) for item in newsroom.listed]
    comparison = compare(warehouse, truth, listed)
    assert comparison.holds, "\n".join(comparison.differences)
    assert_sound(warehouse)
