"""A simulated week of the newsroom through every stage, without Airflow: the answers equal the truth."""

from __future__ import annotations

from dataclasses import asdict

from tests.topics.evidence import assert_evidence_holds
from tests.week import played_week, week_settings
from wirewatch.alarms.watching import assert_sound
from wirewatch.local.truth import compare


def test_a_week_of_news(warehouse, cursor, tmp_path):
    with played_week(warehouse, week_settings(tmp_path)) as newsroom:
        truth = [article.as_json() for article in newsroom.truth().values()]
        listed = [asdict(item) for item in newsroom.listed]
    comparison = compare(warehouse, truth, listed)
    assert comparison.holds, "\n".join(comparison.differences)
    assert_sound(warehouse)
    tags, spans = assert_evidence_holds(cursor)
    assert tags >= 150
    assert spans > 10 * tags
