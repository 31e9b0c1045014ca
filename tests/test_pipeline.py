"""A simulated week through every stage, as the role of the pipeline, without Airflow: the answers equal the truth."""

from __future__ import annotations

from dataclasses import asdict

from tests.topics.evidence import assert_evidence_holds
from tests.week import played_week, week_settings
from wirewatch.alarms.checks import When
from wirewatch.alarms.watching import assert_sound, check_data
from wirewatch.demo.comparing import compare
from wirewatch.settings import Settings


def test_a_week_of_news(pipeline, cursor, tmp_path):
    with played_week(pipeline, week_settings(tmp_path)) as newsroom:
        truth = [article.as_json() for article in newsroom.truth().values()]
        listed = [asdict(item) for item in newsroom.listed]
    comparison = compare(pipeline, truth, listed)
    assert comparison.holds, "\n".join(comparison.differences)
    assert_sound(pipeline)
    tags, spans = assert_evidence_holds(cursor)
    assert tags >= 150
    assert spans > 10 * tags
    for when in When:
        check_data(pipeline, Settings(home=tmp_path), when)
